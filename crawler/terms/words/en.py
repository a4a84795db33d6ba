"""English."""

_READER = (
    r"(?:you|users?|customers?|clients?|members?|licensees?|subscribers?|visitors?|publishers?"
    r"|advertisers?|developers?|buyers?|sellers?|purchasers?|participants?|guests?|players?|recipients?"
    r"|readers?|persons?|anyone|anybody|everyone|everybody|third[- ]parties|end[- ]users?)"
)
_DATA = (
    r"(?:content|contents|materials?|data|information|databases?|text|images?|pictures?|photos?|listings?"
    r"|works?|articles?|pages?|files|profiles?|posts|products?|prices|reviews|results)"
)
_SITE = (
    rf"(?:(?:web)?-? ?sites?|web ?pages?|services?|platforms?|apps?|applications?|software|properties"
    rf"|network|systems?|portal|{_DATA})"
)
_CONSENT = r"(?:consent|permission|authori[sz]ation|approval|agreement|licen[cs]e|authority)"

WORDS = {
    "ban": (
        r"\b(?:cannot|(?:ca|wo|do|must|should|sha|are|is|does)n't|refrain\w*|abstain\w*|(?<!not )prohibit(?:s"
        r"|ed|ing|ions?)?(?! (?:content|items|goods|persons|countries|data)\b)(?! by (?:\w+ ){0,2}law)"
        r"|forbid\w*|(?<!not )forbidden|disallow\w*"
        r"|restricted from|prevented from|never|nor|neither|no (?:part|portion|element|content|person|user|one"
        r"|material|other|use|page|image|information|data|collection|right)\b"
        r"|none of|unauthori[sz]ed|impermissibl\w*|unacceptable|(?:breach|violation) of (?:these|this|our"
        r"|the) [\w ]{0,30}\bto"
        r"|not(?! (?:limited|only|just|liable|be liable|responsible|be responsible|guarantee|warrant"
        r"|necessarily|been|applicable|apply|affect|prohibit\w*|forbidden|restrict\w*|exhaustive|exclusive|yet"
        r"|so|more|less|subject|want|wish|agree|have|need|own|receive|know|like|limit|sold|designed"
        r"|consent))(?<!or not)(?<!if not))\b"
    ),
    "decrees": (
        r"prohibit\w*|forbid\w*|disallow\w*|(?:do(?:es)?n't|not)(?: \w+)? (?:permit|allow|tolerat|authori[sz]"
        r"|accept)\w*"
    ),
    "ban_after": (
        r"\b(?:is|are|be|being|constitutes?|shall be|as)\s+(?:[\w,'-]+\s+){0,5}(?:prohibited|forbidden"
        r"|not\s+(?:\w+\s+)?(?:permitted|allowed|authori[sz]ed|acceptable)|disallowed|unauthori[sz]ed|illegal"
        r"|unlawful|violations?|breach(?:es)?|unacceptable|off[- ]limits)\b(?! (?:from|to)\b)"
        rf"|\b(?:requires?|needs?)\s+(?:[\w,'-]+\s+){{0,6}}{_CONSENT}"
    ),
    "lacking": (
        r"\bwithout (?:[\w/,'-]+ ){0,9}(?:consent|permission|authori[sz]ation|approval|agreement|licen[cs]e"
        r"|authority)\b"
    ),
    "grant": (
        rf"\b(?:{_READER}|engines?|crawlers?|robots|programs|archives?"
        rf"|operators?)(?: and [\w ]{{1,20}})?\s+(?:may|can|are free|(?:is|are) (?:hereby )?(?:granted"
        rf"|permitted|allowed|welcome|entitled|authori[sz]ed))\b(?! not\b)"
        r"|\b(?:we|hereby|conditionally|also|\w+) (?:grants?|granted)\b|\bwe (?:permit|allow)\b|\b(?:is"
        r"|are) (?:also |hereby |expressly )?(?:permitted|allowed|welcome)\b"
    ),
    "grant_after": r"\b(?:is|are) (?:also |hereby |expressly |explicitly )?(?:permitted|allowed|welcome)\b",
    "unless": r"\b(?:unless|except(?! that)|without|not|no|if|where|as|nor|ask|obtain|whether)\b[^.;]{0,30}$",
    "reader": rf"\b{_READER}\b",
    "ours": (
        r"\b(?:we|the company|the operator|the provider|the team)\b(?!'s)|\b(?:instruct|direct|ask"
        r"|request)\w* (?:\w+ ){1,2}"
    ),
    "tells": (
        r"\b(?:(?:do|did)(?: not\b|n't\b)(?! (?:\w+ )?(?:permit\w*|allow\w*|authori[sz]\w*|acceptable"
        r"|tolerat\w*|entitled|licen[cs]ed)))"
    ),
    "being": (
        r"\b(?:is|are|was|were|has|have|am|does)(?: not\b|n't\b)(?! (?:(?:\w+ )?(?:permit\w*|allow\w*"
        r"|authori[sz]\w*|acceptable|tolerat\w*|entitled|licen[cs]ed)|to\b|using|include\b|extend\b|confer\b))"
    ),
    "choice": (
        r"\b(?:how|that|if|when) (?:or not )?(?:we|us|our)\b|\bwhether\b|\b(?:object|option|opt|elect|select"
        r"|choose|instruct|controls)\w*\b"
    ),
    "given": (
        r"\b(?:you|users?|customers?|members?)\b(?: \w+){0,6} (?:grants?|licen[cs]es?|assigns?|give"
        r"|authori[sz]e)\b|\bgrants? (?:to )?(?:us|the company)\b|\bopt(?:ing|ed)?[- ]?out\b|\b(?:acknowledge"
        r"|understand|aware|risk)\w*\b"
    ),
    "strict": (
        r"\b(?:prohibit\w*|forbidden|restrict(?:ed|ions?)|not allowed|must not|may not|can ?not|can't"
        r"|not (?:permitted|authori[sz]ed|acceptable)|don'?ts?|do not|don't|unacceptable|unauthori[sz]ed"
        r"|misuse|abuse|limitations? on use|violations?)\b"
    ),
    "only": (
        r"\b(?:only|solely|provided|subject to|as long as|so long as|if|when|for the (?:sole "
        r"|limited )?purposes?|conditional\w*|revocable|extent|unless|in accordance|complies|comply)\b"
    ),
    "provided": r"\b(?:only|solely|provided that|unless|except)\b",
    "scrape": (
        r"\b(?<!model )(?:(?:web|screen|page|data|content|site)[- ]?)?scrap(?:e[sd]?|ers?|ing)\b"
        r"|\b(?:web)?-?crawl(?:s|ed|ers?|ing)?\b|\bspider(?:s|ed|ing)?\b"
        r"|\bdata-? ?min(?:e|es|ed|ing)\b|\bmin(?:e|es|ing)\b (?:of )?(?:the |any |our )?(?:data|content"
        r"|sites?|services?|text|information)\b"
        r"|\bharvest(?:s|ed|ing|ers?)?\b|\b(?:bulk|mass|systematic"
        r"|large[- ]scale)(?:ally)? (?:or \w+ )?(?:download|extract|collect|retriev|cop(?:y|ied)|quer|acqui"
        r"|gather|reproduc|scrap|aggregat)\w*"
        r"|\b(?:download|extract|collect|retriev|cop[yi]|quer|gather)\w* (?:[\w,'-]+ ){0,5}(?:in bulk"
        r"|systematically|en masse)\b"
        r"|\bdata[- ](?:gathering|extraction|collection|acquisition)(?: (?:and"
        r"|or) (?:\w+ ){0,2}\w+)? (?:tools?|methods?|techniques?|process(?:es)?|software|programs?)\b"
        r"|\boffline readers?\b"
    ),
    "robot": (
        r"\brobots?(?! exclusion)(?!\.txt)\b|\bautomat(?:ed|ic) (?:use|access|retrieval|reading"
        r"|search(?:es)?)\b|\bsearch ?/ ?retrieval\b|\bretrieval applications?\b|\bprograms (?:may|can|must"
        r"|shall)\b"
    ),
    "tool": (
        r"\bautomat(?:ed|ic|ion|e|ing)\b(?! (?:renewal|update|decision|payment|charge|top-?up|termination))"
        r"|\bautomatically (?:[\w,]+ ){0,2}(?:collect|extract|download|cop[yi]|retriev|access|index|gather"
        r"|quer)\w*|\bprogrammatic\w*|\bbots?\b|\b(?:scripts?|macros?)\b(?=[^.;]{0,80}\b(?:access|collect"
        r"|extract|download|copy|retriev|scrap|index|gather|quer))|\bbrowser (?:plug-?ins?|extensions?"
        r"|add-?ons?)\b|\b(?:software|intelligent|ai|autonomous|user) agents?\b|\bmechani[sz]ed\b"
        r"|\bextract(?:s|ing|ion)?(?: of)? (?:[\w,'()-]+ ){0,6}(?:data|contents?|information|databases?"
        r"|substantial)\b"
        r"|\b(?:software|devices?|programs?|tools?|technolog\w+|process(?:es)?"
        r"|mechanisms?) (?:[\w,]+ ){0,3}(?:to|that|which|for) (?:[\w,]+ ){0,5}(?:collect|extract|cop[yi]"
        r"|retriev|download|aggregat)\w*"
    ),
    "take": (
        r"\b(?:collect|retriev|download|monitor|index|quer|gather|extract|obtain|acquir|reproduc|captur"
        r"|intercept|aggregat|compil|exfiltrat|cop[yi]|harvest|scrap|mirror|copying|pull)\w*"
    ),
    "reach": (
        r"\b(?:access\w*|us(?:e|es|ing|ed)|search\w*|view(?:ing)?|visit\w*|navigat\w*|interact\w*|stor(?:e"
        r"|ing)|record\w*|read(?:ing)?|scan\w*|brows\w*|connect\w*|interfac\w*)\b"
    ),
    "elsewhere": (
        r"\b(?:creat\w+ (?:[\w-]+ ){0,4}accounts?|accounts?|regist\w+|sign(?:ing)?[- ]?ups?|messages?"
        r"|messaging|spam\w*|e-?mails?|posts?|posting|comments?|vot(?:e|es|ing)|likes|liking|follow(?:s|ers"
        r"|ing)?|clicks?|clicking|impressions?|"
        r"views|streams?|streaming|play(?:s|ing|er|ers)?|games?|gameplay|cheat\w*|bid\w*|auctions?|purchas\w*"
        r"|tickets?|trad(?:e|es|ing)|orders?|inflat\w*|contests?|entr(?:y|ies)|sweepstakes|calls?|calling"
        r"|usernames?|passwords?|viruses|worms|malware|malicious|harmful|trojans?|unsolicited|harm\w*|earn\w*"
        r"|rewards?|points|credits|artificial(?:ly)? (?:increas|generat|inflat)\w*|mining|denial|overload\w*"
        r"|disrupt\w*)\b"
    ),
    "people": (
        r"\be-?mail(?: and [\w ]{1,20})? addresses?\b|\be-?mails\b|\bcontact (?:information|details|data"
        r"|lists?)\b|\bpersonal(?:ly)?[- ](?:identif\w+ )?(?:information|data|details)\b|\b(?:user|screen"
        r"|account) ?names?\b|\buser ids?\b|\bphone numbers?\b|\b(?:user|member|personal) (?:information|data"
        r"|details)\b"
        r"|\b(?:personal )?(?:information|data|addresses|details) (?:of or )?(?:about|of|on|regarding"
        r"|relating to|from|concerning)(?: any| our| other| the| or about)* (?:\w+ ){0,1}(?:users?|members?"
        r"|others|persons?|individuals?|people|children|minors|customers|third parties|visitors|anyone)\b"
        r"|\b(?:users?|members?|persons?|others)'s? (?:[\w-]+ ){0,3}(?:information|data|details|addresses)\b"
    ),
    "stock": rf"\b{_DATA}\b",
    "heeding": (
        r"\b(?:violat\w*|contrary|disregard\w*|ignor\w*|bypass\w*|circumvent\w*"
        r"|complying)\b[^;]{0,80}\b(?:robots?\.txt|machine-readable|robots? exclusion)|\b(?:impermissible"
        r"|unauthori[sz]ed)(?: or unauthori[sz]ed| or impermissible)? (?:manner|way)s?\b(?!,? such as)"
        r"|\bunless [^;]{0,60}\brobots?\.txt|\bnoai\b|\b(?:tagged|labell?ed) (?:as|with)\b"
        r"|\bfor (?:the )?(?:purposes? of )?(?:publish|sell|resell|distribut|redistribut|recruit|solicit|spam"
        r"|market|advertis|compet|profit)\w*"
    ),
    "fraud": r"\b(?:impressions?|clicks?|artificial(?:ly)?|inflat\w*|playcounts?|views|facial|biometric|cctv)\b",
    "automatic": r"\bautomatically\b",
    "gather": r"\b(?:collect|gather|collat|compil|harvest|mine|obtain)\w*",
    "holdings": rf"\b{_SITE}\b",
    "engines": (
        r"(?<!'s )\bsearch[- ]engines?\b|\bsearch index\w*|\b(?:public|web|internet) archiv\w+|\bindexing\b"
        r"|\bsearchable ind(?:ices|exes)\b|\bopen[- ]access research\b|\barchival\b"
    ),
    "train": (
        r"\b(?:pre-?)?train(?:s|ed|ing)?\b|\bfine-? ?tun\w+|\bdistil\w*|\bdata ?sets?\b|\bteach(?:ing)?\b"
        r"|\bgrounding\b|\bmachine learning (?:purposes?|development|research)\b|\bingest\w*"
    ),
    "tune": r"\bfine-? ?tun\w+|\bdata ?sets?\b|\bdistil\w*",
    "make": (
        r"\b(?:develop\w*|improv\w*|creat\w*|build\w*|enhanc\w*|refin\w*|construct\w*|input\w*|feed(?:s|ing)?"
        r"|test\w*)\b"
    ),
    "ai": (
        r"\bartificial[- ]intelligence\b|\ba\.?i\.?\b(?!'s|-generated|(?: (?:act|policy|products?|services?|features?"
        r"|assistants?|tools?|apps?|content|inc|ltd)\b))|\bgenai\b|\bmachine[- ]learn\w*"
        r"|\b(?:large )?(?:language|multimodal|foundation|diffusion) models?\b|\bllms?\b|\bneural net\w*"
        r"|\bdeep[- ]learn\w*|\bgenerative\b|\bml\b"
    ),
    "own_models": (
        r"\b(?:train|improv|develop|tun)\w* (?:and \w+ |or \w+ )?(?:[\w,-]+ ){0,3}(?:our|its|their"
        r"|\w+'s?) (?:[\w,-]+ ){0,4}(?:models?|ai|artificial|machine|algorithms?|llms?|large|systems)\b"
    ),
    "model": (
        r"\bgeneration (?:products?|tools?)\b|\bmodels?\b(?! (?:number|release|clause|contract|form|law))"
        r"|\balgorithms?\b"
    ),
    "rival_models": (
        r"\b(?:that|which|to|and) (?:\w+ ){0,3}compete\b|\bcompet(?:ing|itive"
        r"|itor's?) (?:[\w-]+ ){0,4}(?:models?|ai|algorithms?|systems?|products?|services?|technolog\w+)\b"
    ),
    "inner": (
        r"\bweights\b|\bparameters\b|\breverse[- ]engineer\w*|\btraining (?:courses?|sessions?|services"
        r"|programs?|videos?|materials)\b"
    ),
    "output": (
        r"\boutputs?\b|\bgenerat(?:ed|e|ions)\b|\bai[- ]generated\b|\bcompletions?\b|\bresults? generated\b"
        r"|\bdistil\w*"
    ),
    "some": (
        r"\bnoai\b|\b(?:tag|tagged|labell?ed|marked|designated|opted)\b|\bunreasonabl\w*|\bprejudic\w*"
        r"|\bcertain (?:content|data)\b|\brights? holders?\b"
    ),
    "yours": (
        r"\b(?:your|customer|user|client|subscriber|member)(?:'?s)?'? (?:\w+ ){0,2}(?:content|data|information"
        r"|inputs?|files|materials|submissions|messages|prompts|conversations|chats|uploads|documents)\b"
        r"|\bpersonal data\b"
    ),
    "actor": (
        rf"\byou\b|\b{_READER} (?:may|shall|will|must|agrees?|can|undertakes?)\b|\bany (?:person|one"
        rf"|third party)\b|\banyone\b"
    ),
    "reserve": r"\b2019/790\b|\btext[- ]and[- ]data[- ]mining\b|\btdm\b",
    "reserved": r"\breserv\w*|\bopt(?:s|ed|ing)?[- ]out\b",
    "private": (
        r"\bnon-? ?commercial\b|\b(?:personal|private|individual|domestic|household|in-home)\b(?! (?:data"
        r"|information|details))(?:,? ?(?:and|or|&|/|,)? ?(?:[\w-]+)){0,3} (?:use|purposes?|usage|enjoyment"
        r"|viewing|reference|entertainment)\b|\b(?:use|used|using|for"
        r"|enjoy\w*) (?:[\w,'-]+ ){0,5}(?:personally|privately)\b"
    ),
    "solely": r"\b(?:only|sole|solely|exclusive\w*|limited|strict\w*|own|intended|restrict\w*|non-? ?commercial)\b",
    "business": (
        r"\bcommercial(?:ly)?(?:[ ,/]+(?:and/or |or |and )?[\w-]+){0,2}[ ,/]+(?:uses?|purposes?|exploit\w*"
        r"|gain|basis|endeavou?rs?|activit(?:y|ies)|advantage|benefit|manner|ventures?|enterprises?|interests?"
        r"|ends|aims?|redistribut\w*|distribut\w*|reproduc\w*|sale|copying|undertakings?)\b"
        r"|\bcommercial(?:ly)? (?:exploit|use|distribut|redistribut|reproduc|sell)\w*|\bcommerciali[sz](?:e"
        r"|ing)\b|\b(?:profit-?(?:making)?|profitable|revenue-?generating)[- ](?:(?:or|and) \w+ )?(?:use"
        r"|purposes?|gain|endeavou?rs?)\b|\bbusiness use\b|\bnon-?personal use\b|\bcommercial services?\b"
        r"|\bfor(?: \w+)?,? ?(?:or )?profit\b"
    ),
    "licence": (
        r"\b(?:licen[cs]e[ds]?|right|grant\w*|permission|may|only|solely|exclusively|intended|limited|provided"
        r"|available|sole|agree|undertake|allowed|permitted|restricted|purposes?|strictly|must)\b"
    ),
    "brand": r"\b(?:trade-? ?marks?|logos?|service marks?|trade names?|brand\w*|trade dress)\b",
    "pass_on": (
        r"\b(?:re-?distribut(?:e[sd]?|ing|ion)|distribut(?:e[sd]?|ing|ion)|re-?sell(?:s|ing)?|resold|resale"
        r"|sell(?:s|ing)?|sold|sub-?licen[cs](?:e[sd]?|ing)|re-?publish(?:es|ed|ing)?|publish(?:es|ed|ing)?"
        r"|reproduc(?:e[sd]?|ing|tion)|cop(?:y|ies|ied|ying)|retransmit\w*|broadcast\w*|mirror(?:s|ed|ing)?"
        r"|rent(?:s|ed|ing)?|leas(?:e[sd]?|ing)|loan(?:s|ed|ing)?|lend(?:ing)?|disseminat\w*|syndicat\w*"
        r"|duplicat\w*|replicat\w*|exploit\w*|re-?post(?:ed|ing)?|re-?us(?:e[sd]?|ing)|redeliver\w*"
        r"|republication|publication)\b"
    ),
    "done": r"\w+ed\b|(?:re)?sold\b",
    "passive": r"\b(?:be|being)\b",
    "copying": r"\bcop(?:y|ies|ied|ying)\b",
    "whole": rf"\b(?:the|this|our|these|any|its|such|all|your use of the|or)(?: [\w'&.,/-]+){{0,8}}? (?:{_SITE})\b",
    "bad": (
        r"\b(?:infring\w*|unlawful|illegal|obscene|defamatory|pornograph\w*|offensive|hate\w*|harass\w*"
        r"|virus\w*|malware|spam\w*|junk|unsolicited|chain letters?|pyramid|counterfeit|stolen|harmful"
        r"|threaten\w*|violen\w*|libel\w*|abusive|misleading|false|objectionable|drugs?|weapons?|gambling"
        r"|fraud\w*|sexual\w*|nud\w+|account|password|your content|your rights|this agreement|these terms"
        r"|obligations|feedback|gift|confidential|personal (?:data|information)|other (?:individual|person"
        r"|people)s?|health|vulnerabilit\w*|watermarks?|bugs?|minors?|child\w*|(?:this|the|any) (?:rights?"
        r"|licen[cs]e) (?:to use|granted)|third[- ]party (?:software|content|services)|circumvent\w*"
        r"|copy protection|(?:prevent|restrict|limit)s? (?:or \w+ )?(?:use|copying|printing)"
        r"|features or functions|laws?)\b"
    ),
    "compete": (
        r"\bcompet(?:e|es|ed|ing|itive|itively|itors?|ition)\b(?! (?:laws?|authorit))|\b(?:develop|build|creat"
        r"|offer|provid)\w* (?:[\w-]+ ){0,6}(?:similar|substitute|rival) (?:[\w-]+ ){0,5}(?:products?"
        r"|services?|websites?|sites?|databases?|applications?|offerings?|platforms?|models?)\b"
    ),
    "rival": (
        r"\b(?:develop\w*|build\w*|creat\w*|offer\w*|product\w*|services?|access\w*|us(?:e|es|ing|ed)"
        r"|purposes?|design\w*|business|operat\w*|market\w*|websites?|establish\w*|benchmark\w*|evaluat\w*"
        r"|analy[sz]\w*)\b"
    ),
}
