"""French."""

_READER = (
    r"(?:vous|l'utilisateur|les utilisateurs|utilisateurs?|le client|clients?|l'internaute|visiteurs?"
    r"|tiers|membres?|quiconque|licencié|abonnés?)"
)
_DATA = (
    r"(?:contenus?|données|informations?|bases? de données|textes?|images?|photos?|articles?|œuvres?"
    r"|oeuvres?|pages?|éléments?|produits?|prix|annonces?)"
)
_SITE = rf"(?:sites?(?: web| internet)?|services?|plateformes?|applications?|logiciels?|portail|{_DATA})"
_CONSENT = r"(?:accord|autorisation|consentement|permission|licence)"

WORDS = {
    "ban": (
        r"\b(?:ne (?:[\w']+ ){0,4}(?:pas|jamais|aucun|aucune)|n'(?:[\w]+ ){0,4}pas|interdi\w*|prohib\w*"
        r"|s'interdi\w*|s'abstenir|s'engage(?:nt)? à ne pas|de ne pas|ne pas|aucune?|défense de)\b"
    ),
    "decrees": r"(?:interdi|prohib)\w*",
    "lacking": rf"\bsans (?:[\w,']+ ){{0,6}}{_CONSENT}\b",
    "ban_after": (
        rf"\b(?:(?:est|sont|demeure|reste)[\w\s,]{{0,30}}(?:interdite?s?|prohibée?s?)|(?:n'est|ne sont"
        rf"|n'est) pas (?:autorisée?s?|permise?s?)|ne (?:peut|peuvent|doit|doivent) (?:\w+ )?(?:pas )?être"
        rf"|nécessite(?:nt)? (?:[\w,']+ ){{0,5}}{_CONSENT})\b"
    ),
    "grant": (
        rf"\b(?:{_READER}|moteurs de recherche) (?:peut|peuvent|pouvez|êtes autorisée?s?"
        rf"|sont autorisée?s?)\b(?! (?:\w+ )?(?:pas|ni))|\bnous (?:autorisons|accordons|permettons)\b"
    ),
    "grant_after": r"\b(?:est|sont) (?:également |expressément )?(?:autorisée?s?|permise?s?|bienvenue?s?)\b",
    "unless": r"\b(?:sauf|sans|si|où|ne|à moins)\b[^.;]{0,30}$",
    "reader": rf"\b{_READER}",
    "ours": r"\b(?:nous|l'éditeur|la société|l'exploitant)\b",
    "given": r"\bvous (?:nous )?(?:accordez|concédez|cédez)\b",
    "choice": r"\bsi nous\b|\bchoisir\b|\brefuser\b|\bvous opposer\b",
    "strict": r"\b(?:interdi\w*|prohib\w*|restrictions?|obligations)\b",
    "only": r"\b(?:uniquement|seulement|exclusivement|à condition|sous réserve|pourvu|si|lorsque|seules?)\b",
    "provided": r"\b(?:uniquement|seulement|exclusivement|à condition|sous réserve)\b",
    "scrape": (
        r"\b(?:web|screen|data)?-? ?scrap(?:ing|er|ers|e)\b|\bcrawl(?:ing|er|ers)\b|\bmoissonn\w+|\baspir(?:er"
        r"|ation|ateurs?)\b|\bfouille (?:de textes|de données)\b|\bdata[- ]?mining\b"
        r"|\bextraction (?:[\w,']+ ){0,3}(?:systématique|automati\w+|substantielle|répétée)"
        r"|\bextraire (?:[\w,']+ ){0,5}(?:données|contenus?|base|informations)\b"
        r"|\bextraction (?:[\w,']+ ){0,5}(?:données|contenus?|base|informations)\b"
    ),
    "robot": (
        r"\brobots?\b(?!\.txt)|\baraignées?\b|\b(?:collecte|accès|consultation|extraction"
        r"|lecture)s? automatisée?s?\b"
    ),
    "tool": r"\bautomati(?:sée?s?|que|ques|quement)\b|\bbots?\b|\bscripts?\b",
    "take": (
        r"\b(?:collect|extrai|extract|téléchar|copi|récupér|reprodui|index|enregistr|aspir|captur|consult"
        r"|moissonn)\w*"
    ),
    "reach": r"\b(?:accéd|accès|utilis|navigu|visit|lire|lecture)\w*",
    "elsewhere": r"\b(?:comptes?|inscri|messages?|spam|jeux?|jouer|joueurs?|commande|comment|vot|clics?|publicit)\w*",
    "fraud": r"\b(?:clics|impressions)\b",
    "people": (
        r"\badresses? (?:e-?mail|électroniques?|de courriel)\b|\bdonnées (?:à caractère personnel"
        r"|personnelles)\b|\bcoordonnées\b|\binformations personnelles\b"
    ),
    "stock": rf"\b{_DATA}\b",
    "gather": r"\b(?:collect|recueill|récupér)\w*",
    "holdings": rf"\b{_SITE}\b",
    "engines": r"\bmoteurs? de recherche\b",
    "train": (
        r"\b(?:entraîn|entrain)\w*|\bapprentissage (?:d'|de |des )(?:[\w']+ ){0,3}(?:modèles?|intelligence|ia"
        r"|algorithmes)|\bjeux de données\b"
    ),
    "tune": r"\bfine-?tuning\b",
    "make": r"\b(?:développ|amélior|cré(?:er|ation)|construi|aliment)\w*",
    "ai": (
        r"\bintelligences? artificielles?\b|\bia\b|\bapprentissage (?:automatique|machine|profond)\b"
        r"|\bmodèles? (?:de langage|de langue|génératifs?|de fondation|linguistiques?)\b|\bllms?\b"
        r"|\bmachine learning\b|\bgénérative\b"
    ),
    "model": r"\bmodèles?\b|\balgorithmes?\b",
    "own_models": (
        r"\bnos (?:[\w']+ ){0,2}(?:modèles?|algorithmes?|ia)\b|\bnotre (?:[\w']+ ){0,2}(?:modèle|ia"
        r"|intelligence)\b"
    ),
    "output": r"\b(?:générée?s? par|sorties? (?:du|des|de)|résultats générés|outputs?)\b",
    "yours": r"\b(?:vos|votre|données clients?) ?(?:données|contenus?|informations)?\b",
    "actor": rf"\b{_READER}|\binterdi",
    "reserve": r"\b2019/790\b|\bfouille de textes et de données\b|\btdm\b|\bl\. ?122-5-3\b",
    "reserved": r"\bréserv\w*|\boppos\w*",
    "private": (
        r"\bnon[- ]commercia\w+|\b(?:usages?|fins?|utilisation|cadre|cercle) (?:\w+ )?(?:strictement "
        r"|exclusivement )?(?:privée?s?|personnel(?:le)?s?|privative)\b"
    ),
    "solely": (
        r"\b(?:uniquement|seulement|exclusivement|strictement|seule?s?|exclusi\w+|non[- ]commercia\w+"
        r"|réservée?s?)\b"
    ),
    "business": (
        r"\b(?:fins?|usages?|utilisation|exploitation|but|activité) (?:[\w']+ ){0,2}(?:commercia\w+"
        r"|lucrati\w+)\b|\bcommercialement\b"
    ),
    "licence": (
        r"\b(?:autoris\w+|licence|droit|peut|pouvez|uniquement|seulement|exclusi\w+|strictement|destinée?s?"
        r"|réservée?s?|limitée?s?|fins?)\b"
    ),
    "brand": r"\b(?:marques?|logos?)\b",
    "pass_on": (
        r"\b(?:redistribu|distribu|diffus|rediffus|reprodu|copi|vend(?!eur)|revend|revente|publi|republi"
        r"|sous-licenci|louer|location|représent|transmet|exploit)\w*"
    ),
    "whole": (
        rf"\b(?:le|la|les|du|des|de|tout|toute|tous|ce|cette|ces|notre|nos)\b(?: [\w'&.,/-]+){{0,6}}? {_SITE}\b"
        rf"|\b{_SITE}\b"
    ),
    "bad": r"\b(?:illicite|diffamatoire|pornograph|injuri|virus|haineu|illéga|mot de passe|obscène|personnelles)\w*",
    "compete": r"\bconcurren\w*",
    "rival": r"\b(?:produit|service|développ|cré|constru|exploit|site|fins|utilis)\w*",
}
