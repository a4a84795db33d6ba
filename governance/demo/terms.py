"""Terms of service for the demo's sites: our own words, one text per class of what they permit.

`{name}` is the site's name. The classes are those of Longpre et al., *Consent in Crisis* (2024), shortened.
"""

from types import MappingProxyType

OPENING = """These terms apply to everybody who visits {name}. By using the site you agree to them. We last
changed them on 2 March 2026. If a part of them does not hold, the rest stays in force."""

CLOSING = """We make no promise that the site is free of errors or always within reach. The law of the place
where {name} has its seat applies. Questions about these terms reach us at legal@{host}."""

CLAUSES = MappingProxyType(
    {
        "unrestricted": """You may read, copy and share everything on {name} for any purpose, and you may adapt
it. Automated reading is welcome, and so is the training of models on our pages. You need not ask us first.""",
        "conditional": """You may copy and share our pages when you name {name} as the source and link to the
page you took. Programs may read the site as long as they keep to the speed that our robots.txt asks for.""",
        "non-commercial": """You may copy our pages for yourself, for teaching and for research. Any commercial
use of what you find on {name}, also in part, needs a licence from us.""",
        "no-scraping": """You must not use any robot, spider, scraper or other automated means to read or collect
content from {name}. General search engines may index our public pages; everybody else has to ask first.""",
        "no-ai": """You must not use any content of {name} to train, develop or improve machine learning or
artificial intelligence systems, large language models among them. This reservation is also a reservation of rights
under Article 4(3) of Directive (EU) 2019/790.""",
        "no-scraping-no-ai": """Collecting content from {name} by automated means is prohibited without our
written consent. It is likewise prohibited to use our content, however obtained, for the training of artificial
intelligence models or for building data sets made for that purpose.""",
    }
)


def terms_text(kind: str, host: str) -> str | None:
    """The paragraphs of a site's terms page; None for a site that has none (`kind` "none")."""
    if kind == "none":
        return None
    name = host.removeprefix("www.")
    return "\n\n".join(part.format(name=name, host=host) for part in (OPENING, CLAUSES[kind], CLOSING))
