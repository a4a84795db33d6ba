"""Spanish."""

_READER = (
    r"(?:usted|ustedes|tú|el usuario|los usuarios|usuarios?|el cliente|clientes?|visitantes?|terceros"
    r"|miembros?|cualquier persona|licenciatario|suscriptores)"
)
_DATA = (
    r"(?:contenidos?|datos|informaci(?:ón|ones)|bases? de datos|textos?|imágenes|imagen|fotos?|artículos?"
    r"|obras?|páginas?|materiales|elementos|productos?|precios)"
)
_SITE = rf"(?:sitios?(?: web)?|web|servicios?|plataformas?|aplicaci(?:ón|ones)|software|portal|{_DATA})"
_CONSENT = r"(?:autorización|consentimiento|permiso|licencia|aprobación)"

WORDS = {
    "ban": (
        r"\b(?:no(?! (?:solo|sólo|obstante|será responsable|se hace responsable))|prohib\w*|queda prohibid\w*"
        r"|abstener\w*|abstendrá\w*|nunca|ningun[oa]?|ningún|ni)\b"
    ),
    "decrees": r"(?:prohib)\w*",
    "lacking": rf"\bsin (?:[\w,]+ ){{0,6}}{_CONSENT}\b",
    "ban_after": (
        rf"\b(?:(?:está|están|queda|quedan)[\w\s,]{{0,30}}prohibid[oa]s?|no (?:está|están|se) (?:permit\w+"
        rf"|autoriza\w+)|no (?:podrá|podrán|puede|pueden|debe|deben)\b|requiere (?:[\w,]+ ){{0,5}}{_CONSENT})"
    ),
    "grant": (
        rf"\b(?<!no )(?:{_READER}|motores de búsqueda|buscadores) (?:puede|pueden|podrá|podrán|está autorizado"
        rf"|están autorizados)\b|\b(?<!no )(?:puede|podrá|puedes) (?:usar|utilizar|copiar|emplear|rastrear"
        rf"|descargar)\b|\b(?:autorizamos|permitimos|concedemos|se permite|está permitid[oa])\b"
    ),
    "grant_after": (
        r"\b(?:está|están|es|son) (?:también |expresamente )?(?:permitid[oa]s?|autorizad[oa]s?"
        r"|bienvenid[oa]s?)\b"
    ),
    "unless": r"\b(?:salvo|excepto|sin|si|donde|no|a menos)\b[^.;]{0,30}$",
    "reader": rf"\b{_READER}\b",
    "ours": r"\b(?:nosotros|el titular|la empresa|la compañía|podemos|utilizamos|usamos)\b",
    "given": r"\b(?:nos concede|nos otorga|usted otorga|usted concede|nos cede)\b",
    "choice": r"\bsi (?:nosotros|podemos|utilizamos)\b|\belegir\b|\boponerse\b",
    "strict": r"\b(?:prohib\w*|no permitid\w*|restricciones|obligaciones)\b",
    "only": r"\b(?:solo|sólo|solamente|únicamente|exclusivamente|siempre que|siempre y cuando|si|cuando)\b",
    "provided": r"\b(?:solo|sólo|solamente|únicamente|exclusivamente|siempre que)\b",
    "scrape": (
        r"\b(?:web|screen|data)?-? ?scrap(?:ing|ear|er|ers)\b|\brastre(?:ar|o|adores|ador)\b|\braspado\b"
        r"|\bcrawl(?:ing|er|ers)\b|\bminería de (?:datos|textos?)\b|\bdata[- ]?mining\b|\b(?:extraer"
        r"|extracción) (?:[\w,]+ ){0,5}(?:datos|contenidos?|información|base)\b"
        r"|\brecopilación (?:[\w,]+ ){0,3}(?:sistemática|masiva|automatizada)\b"
    ),
    "robot": (
        r"\brobots?\b(?!\.txt)|\barañas?\b|\b(?:acceso|recopilación|extracción|lectura"
        r"|recogida) automatizad[oa]s?\b"
    ),
    "tool": r"\bautomatizad[oa]s?\b|\bautomátic[oa]s?\b|\bbots?\b|\bscripts?\b",
    "take": r"\b(?:recopil|recog|recolect|extra|descarg|copi|obten|reprodu|index|captur|monitori|almacen)\w*",
    "reach": r"\b(?:acced|acceso|utiliz|us(?:ar|o)|naveg|visit|leer|lectura)\w*",
    "elsewhere": r"\b(?:cuentas?|registr|mensajes?|spam|jueg|jug|pedid|comentari|vot|clics?|publicidad)\w*",
    "fraud": r"\b(?:clics|impresiones)\b",
    "people": (
        r"\b(?:direcciones de )?correos? electrónicos?\b|\bdatos (?:personales|de contacto"
        r"|de carácter personal)\b|\binformación personal\b"
    ),
    "stock": rf"\b{_DATA}\b",
    "gather": r"\b(?:recopil|recog|recolect|obten)\w*",
    "holdings": rf"\b{_SITE}\b",
    "engines": r"\bmotores? de búsqueda\b|\bbuscadores\b",
    "train": r"\b(?:entren(?:ar|amiento|e|en))\b|\bconjuntos de datos\b",
    "tune": r"\bfine-?tuning\b",
    "make": r"\b(?:desarroll|mejor|cre(?:ar|ación)|constru|aliment)\w*",
    "ai": (
        r"\binteligencias? artificial(?:es)?\b|\bia\b|\baprendizaje (?:automático|profundo)\b"
        r"|\bmodelos? (?:de lenguaje|de lengua|generativos?|fundacional(?:es)?|lingüísticos?)\b|\bllms?\b"
        r"|\bmachine learning\b|\bgenerativa\b"
    ),
    "model": r"\bmodelos?\b|\balgoritmos?\b",
    "own_models": r"\bnuestr[oa]s? (?:[\w]+ ){0,2}(?:modelos?|algoritmos?|ia|inteligencia)\b",
    "output": r"\b(?:generad[oa]s? por|salidas? (?:del|de)|resultados generados|outputs?)\b",
    "yours": r"\b(?:sus|tus|su) (?:datos|contenidos?|información)\b|\bdatos del cliente\b",
    "actor": rf"\b{_READER}\b|\bprohib",
    "reserve": r"\b2019/790\b|\bminería de textos y datos\b|\btdm\b",
    "reserved": r"\breserv\w*",
    "private": (
        r"\bno comercial(?:es)?\b|\b(?:uso|fines|utilización) (?:\w+ )?(?:estrictamente "
        r"|exclusivamente )?(?:privado|personal(?:es)?|particular(?:es)?)\b"
    ),
    "solely": r"\b(?:solo|sólo|solamente|únicamente|exclusiv\w+|estrictamente|no comercial(?:es)?)\b",
    "business": (
        r"\b(?:fines|uso|explotación|propósitos?|actividad) (?:[\w]+ ){0,2}(?:comercial(?:es)?|lucrativ\w+)\b"
        r"|\bcomercialmente\b|\bánimo de lucro\b"
    ),
    "licence": (
        r"\b(?:autoriz\w+|licencia|derecho|puede|podrá|solo|sólo|únicamente|exclusiv\w+|estrictamente"
        r"|destinad\w+|limitad\w+|fines)\b"
    ),
    "brand": r"\b(?:marcas?|logotipos?)\b",
    "pass_on": (
        r"\b(?:redistribu|distribu|difund|difusión|reprodu|copi|vend(?!edor)|revend|reventa|venta|public"
        r"|republic|sublicenci|alquil|transmit|explot)\w*"
    ),
    "whole": (
        rf"\b(?:el|la|los|las|del|de|todo|toda|este|esta|estos"
        rf"|nuestr[oa]s?)\b(?: [\w'&.,/-]+){{0,6}}? {_SITE}\b|\b{_SITE}\b"
    ),
    "bad": r"\b(?:ilícit|ilegal|difamatori|pornográfic|injurios|virus|contraseña|obscen|personales)\w*",
    "compete": r"\bcompet(?:ir|idor|idores|encia|itiv\w+)\b",
    "rival": r"\b(?:producto|servicio|desarroll|cre|constru|explot|sitio|fines|us)\w*",
}
