"""German."""

_READER = (
    r"(?:sie|ihnen|du|dir|nutzer(?:innen|n)?|kunden?|besuchern?|mitglieder|dritten?|lizenznehmer|jeder"
    r"|jedermann|anwender)"
)
_DATA = (
    r"(?:inhalte[ns]?|daten(?:banken|bank|bestände?)?|informationen|texte[ns]?|bilder[n]?|artikel[n]?"
    r"|beiträge[n]?|werke[n]?|materialien|seiten|angebote[ns]?|produkte[n]?|preise)"
)
_SITE = (
    rf"(?:(?:web|internet)?-?(?:seiten?|sites?|auftritts?)|website[ns]?|dienste?[ns]?|plattform|app"
    rf"|software|portal|service[s]?|{_DATA})"
)

WORDS = {
    "ban": (
        r"\b(?:nicht(?! (?:nur|haftbar|verantwortlich|verpflichtet|beschränkt))|keine[rnms]?|kein|niemals"
        r"|untersag\w*|verboten\w*|verbiete\w*|unzulässig|unterlassen|verbot|weder)\b"
    ),
    "decrees": r"(?:untersag|verbiete|verbot)\w*",
    "lacking": r"\bohne (?:[\w,]+ ){0,6}(?:zustimmung|genehmigung|einwilligung|erlaubnis|einverständnis|lizenz)\b",
    "ban_after": (
        r"\b(?:nicht (?:\w+ )?(?:gestattet|erlaubt|zulässig|zugelassen)|untersagt|verboten|unzulässig"
        r"|dürfen (?:[\w,]+ ){0,6}nicht|darf (?:[\w,]+ ){0,6}nicht|bedarf (?:[\w,]+ ){0,5}(?:zustimmung"
        r"|genehmigung|einwilligung|erlaubnis))\b"
    ),
    "grant": (
        rf"\b(?:dürfen|darfst|können|kannst) (?:{_READER}\b)?(?! (?:[\w,]+ ){{0,3}}nicht)|\b(?:{_READER}"
        rf"|suchmaschinen) (?:dürfen|darf|können)\b(?! (?:[\w,]+ ){{0,3}}(?:nicht|keine))"
        rf"|\b(?<!nicht )(?:gestattet|erlaubt|zulässig)\b|\bwir (?:gestatten|erlauben|gewähren)\b"
    ),
    "grant_after": r"\b(?:ist|sind|wird|werden) (?:ausdrücklich |auch )?(?:gestattet|erlaubt|zulässig|willkommen)\b",
    "unless": r"\b(?:soweit|sofern|wenn|außer|es sei denn|nicht|ohne)\b[^.;]{0,30}$",
    "reader": rf"\b{_READER}\b",
    "ours": r"\b(?:wir|der betreiber|der anbieter)\b",
    "given": r"\b(?:räumen sie|räumst du|gewähren sie|gewährst du|erteilen sie)\b",
    "choice": r"\bob wir\b|\bwidersprechen\b|\bentscheiden\b|\bwählen\b",
    "strict": (
        r"\b(?:verbot\w*|untersagt\w*|unzulässig\w*|nicht (?:erlaubt|gestattet)\w*|einschränkungen"
        r"|pflichten)\b"
    ),
    "only": r"\b(?:nur|ausschließlich|sofern|soweit|solange|wenn|unter der bedingung|vorausgesetzt)\b",
    "provided": r"\b(?:nur|ausschließlich|sofern|soweit|vorausgesetzt)\b",
    "scrape": (
        r"\b(?:web|screen|data)?-? ?scrap(?:ing|en|er|ern|t)\b|\bcrawl(?:en|ing|er|ern|t)\b|\bspider[n]?\b"
        r"|\bdata[- ]?mining\b|\bharvesting\b|\b(?:auszulesen|auslesens?|ausgelesen|abzugreifen|abgreifen)\b"
        r"|\bsystematisch\w* (?:[\w,]+ ){0,4}(?:abruf|auslesen|extra|sammel|herunterlad|kopier)\w*"
    ),
    "robot": r"\broboter[ns]?\b|\bautomatisiert\w* (?:abruf|zugriff|abfrage|auslesen|verfahren|erfassung)\w*",
    "tool": r"\bautomati(?:siert|sch)\w*\b|\bbots?\b|\bskript(?:e|en)?\b|\bprogramme?n?\b",
    "take": (
        r"\b(?:sammel|abruf|abzuruf|herunter|kopier|auslesen|extra|erfass|speicher|vervielfält|durchsuch|index"
        r"|entnehm|entnahme|abfrag|gewinn)\w*"
    ),
    "reach": r"\b(?:zugreif|zuzugreif|zugriff|nutz|verwend|nutzung|besuch|lesen)\w*",
    "elsewhere": r"\b(?:konten|konto|registrier|nachricht|spam|spiel|bestell|kommentar|abstimm|werbung|klick)\w*",
    "fraud": r"\b(?:klicks|impressionen)\b",
    "people": (
        r"\be-?mail-?adressen\b|\b(?:personenbezogene\w*|persönliche\w*) (?:daten|informationen)\b"
        r"|\bkontaktdaten\b"
    ),
    "stock": rf"\b{_DATA}\b",
    "gather": r"\b(?:sammel|erheb|erfass)\w*",
    "holdings": rf"\b{_SITE}\b",
    "engines": r"\b(?:internet)?suchmaschinen\b",
    "train": r"\b(?:training[s]?|trainieren|trainiert|anlernen|anzulernen|\w*trainings?\w*)\b",
    "tune": r"\bfine-?tuning\b",
    "make": r"\b(?:entwickl|verbesser|erstell|aufbau)\w*",
    "ai": (
        r"\bkünstliche[rnsm]? intelligenz\b|\bki\b|\bki-\w+|\bmaschinelle[ns]? lernen[s]?\b|\b(?:sprach"
        r"|grund)modelle?n?\b|\blarge language models?\b|\bllms?\b|\bgenerative[rn]?\b|\bneuronale\w* netz\w*"
        r"|\bmachine learning\b"
    ),
    "model": r"\bmodelle?n?\b|\balgorithmen\b",
    "own_models": r"\b(?:unsere[rn]?) (?:[\w-]+ ){0,2}(?:modelle?n?|ki|algorithmen)\b",
    "output": r"\b(?:ausgaben?|outputs?|ergebnisse[n]? des dienstes|generierte\w*)\b",
    "yours": r"\b(?:ihre[rn]?|deine[rn]?|kunden)-? ?(?:daten|inhalte[n]?|eingaben)\b|\bkundendaten\b",
    "actor": rf"\b{_READER}\b",
    "reserve": r"\b2019/790\b|\btext-? und data[- ]mining\b|\btdm\b|\b44b urhg\b",
    "reserved": r"\bvorbehalt\w*|\bbehalten\b",
    "private": (
        r"\bnicht-? ?(?:kommerzielle\w*|gewerbliche\w*)\b|\b(?:private[nmrs]?"
        r"|persönliche[nmrs]?)\b (?:und [\w-]+ )?(?:gebrauch|zwecken?|nutzung|verwendung)\b"
    ),
    "solely": r"\b(?:nur|ausschließlich|lediglich|allein|nicht-? ?kommerzielle\w*|nicht-? ?gewerbliche\w*)\b",
    "business": (
        r"\b(?:kommerziell|gewerblich)\w* (?:[\w-]+ ){0,2}(?:nutz|zweck|verwend|verwert|gebrauch|einsatz)\w*"
        r"|\bgewerblich(?:e)? (?:zu )?(?:nutzen|verwenden|verwerten)\b"
    ),
    "licence": r"\b(?:dürfen|darf|nur|ausschließlich|gestattet|erlaubt|zulässig|bestimmt|lizenz|recht|zwecken?)\b",
    "brand": r"\b(?:marken?|logos?|warenzeichen)\b",
    "pass_on": (
        r"\b(?:verbreit|weiterverbreit|weiterverkauf|weiterzuverkauf|weitergabe|weiterzugeb|veröffentlich"
        r"|vervielfält|kopier|verkauf(?!er)|unterlizen|reproduz|wiedergabe|vermiet|weiterveräußer)\w*"
    ),
    "whole": (
        rf"\b(?:die|der|das|den|dieser?|diese|unsere[rns]?|alle|sämtliche[n]?|von"
        rf"|des)\b(?: [\w'&.,/-]+){{0,6}}? {_SITE}\b|\b{_SITE}\b"
    ),
    "bad": r"\b(?:rechtswidrig|beleidig|pornograf|pornograph|viren|jugendgefährdend|strafbar|passw)\w*",
    "compete": r"\b(?:konkurr|wettbewerb)\w*",
    "rival": r"\b(?:produkt|dienst|angebot|entwickl|aufbau|erstell|betreib|zweck|nutz)\w*",
}
