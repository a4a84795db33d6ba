"""The demo's web: three hundred sites under names that are reserved for examples (RFC 2606, RFC 6761)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from governance.demo.prose import SUBJECTS, document
from governance.demo.responses import NOT_FOUND, Response, moved, page, text
from governance.demo.stances import BY_NAME, STANCES, Stance, group
from governance.demo.terms import terms_text

CHANGING = "tidewater-atlas.example"
FIRST = (
    "amber birch copper dune ember fern granite hazel indigo juniper kelp linden maple northern ochre pebble quartz "
    "rowan slate thistle"
)
LAST = (
    "almanac archive bulletin chronicle courier digest forum gazette herald journal ledger library notes review "
    "workshop"
)


@dataclass(frozen=True)
class Site:
    """One host: what it answers for each path; every other path is a page of prose."""

    host: str
    stance: Stance
    subject: str
    number: int  # among the sites of its stance, from 0
    pages: Mapping[str, Response] = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()  # sent with every page, robots.txt excepted

    @property
    def refuses_beside(self) -> bool:
        """Whether it refuses AI training to everybody in a signal, though not in robots.txt."""
        return (self.stance.name, self.number) in CONTRADICTING

    def answer(self, path: str) -> Response:
        """The answer to a GET of `path` (a query is ignored)."""
        path = path.partition("?")[0]
        known = self.pages.get(path)
        if path == "/robots.txt":
            return known or NOT_FOUND
        if known is None and ("." in path.rpartition("/")[2] or path.startswith("/.well-known/")):
            return NOT_FOUND
        answer = known or page(self.host, f"<article><p>{document(self.host + path, 60, self.subject)}</p></article>")
        return replace(answer, headers=answer.headers + self.headers)


def hosts() -> Iterator[str]:
    """Host names without end of repetition: each first word meets each last word once; every fifth ends in .test."""
    first, last = FIRST.split(), LAST.split()
    for index in range(len(first) * len(last)):
        row, column = divmod(index, len(first))
        name = f"{first[column]}-{last[(row + column) % len(last)]}.{'test' if index % 5 == 4 else 'example'}"
        yield f"www.{name}" if index % 7 == 3 else name


def build() -> dict[str, Site]:
    """All sites by host, in the order of the stances."""
    names = hosts()
    chosen = [
        (CHANGING if stance.name == "changing" else next(names), stance, number)
        for stance in STANCES
        for number in range(stance.sites)
    ]
    first = {stance.name: host for host, stance, number in reversed(chosen)}
    return {host: _site(host, stance, number, first) for host, stance, number in chosen}


def _site(host: str, stance: Stance, number: int, first: Mapping[str, str]) -> Site:
    subject = list(SUBJECTS)[sum(map(ord, host)) % len(SUBJECTS)]
    terms = terms_text(stance.terms[number % len(stance.terms)], host)
    pages = {"/": _home(host, subject, bool(terms)), "/robots.txt": _robots(host, stance, number, first)}
    if terms:
        paragraphs = "\n".join(f"<p>{part}</p>" for part in terms.split("\n\n"))
        pages["/terms"] = page(f"Terms of use of {host}", f"<h1>Terms of use</h1>\n{paragraphs}")
    signal = SIGNALS.get((stance.name, number))
    site = Site(host, stance, subject, number, MappingProxyType(pages))
    return signal(site) if signal else site


def _home(host: str, subject: str, has_terms: bool) -> Response:
    footer = '<footer><a href="/terms">Terms of use</a></footer>' if has_terms else "<footer>Thank you</footer>"
    return page(host, f"<h1>{host}</h1>\n<main><p>{document(host, 80, subject)}</p></main>\n{footer}")


def _robots(host: str, stance: Stance, number: int, first: Mapping[str, str]) -> Response:
    target = {"moved-list": "list", "moved-open": "allow-all"}.get(stance.name)
    return moved(f"//{first[target]}/robots.txt") if target else stance.answer(host, number)


# --- signals beside robots.txt --------------------------------------------------------------------------------
# Only sites whose robots.txt says the same carry them, so that no share changes when they are read; those of the stance
# "conflict" are the exception that their name says.

Signal = Callable[[Site], Site]


def _with_page(path: str, content: Callable[[Site], Response]) -> Signal:
    return lambda site: replace(site, pages=MappingProxyType({**site.pages, path: content(site)}))


def _with_header(name: str, value: str) -> Signal:
    return lambda site: replace(site, headers=(*site.headers, (name, value.format(host=site.host))))


def _with_head(markup: str) -> Signal:
    def change(site: Site) -> Site:
        home = site.pages["/"]
        body = home.body.replace(b"</head>", f"{markup.format(host=site.host)}</head>".encode())
        return replace(site, pages=MappingProxyType({**site.pages, "/": replace(home, body=body)}))

    return change


def _with_robots_line(line: str, first: bool = False) -> Signal:
    """A line more in robots.txt: global at the top, or in the last group at the end."""

    def change(site: Site) -> Site:
        robots = site.pages["/robots.txt"]
        said = f"{line.format(host=site.host)}\n".encode()
        body = said + robots.body if first else robots.body.rstrip(b"\n") + b"\n" + said
        return replace(site, pages=MappingProxyType({**site.pages, "/robots.txt": replace(robots, body=body)}))

    return change


def _all(*signals: Signal) -> Signal:
    def change(site: Site) -> Site:
        for signal in signals:
            site = signal(site)
        return site

    return change


RSL = """<rsl xmlns="https://rslstandard.org/rsl">
  <content url="/"><license><prohibits type="usage">ai-train</prohibits></license></content>
</rsl>
"""
TDM = '[{{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://{host}/terms"}}]\n'
_rsl_file = _with_page("/license.xml", lambda site: replace(text(RSL), type="application/rsl+xml"))
_tdm_file = _with_page(
    "/.well-known/tdmrep.json", lambda site: replace(text(TDM.format(host=site.host)), type="application/json")
)
_ai_txt = _with_page("/ai.txt", lambda site: text(group("*", rules="Disallow: *.jpg\nDisallow: *.png")))
_llms_txt = _with_page("/llms.txt", lambda site: text(f"# {site.host}\n\n> Notes on the {site.subject}.\n"))

SIGNALS: Mapping[tuple[str, int], Signal] = MappingProxyType(
    {
        ("list", 0): _with_robots_line("Content-Usage: train-ai=n"),
        ("list", 1): _with_header("Content-Usage", "train-ai=n"),
        ("list", 2): _with_robots_line("Content-Signal: search=yes, ai-input=no, ai-train=no"),
        ("list", 3): _all(_rsl_file, _with_robots_line("License: https://{host}/license.xml", first=True)),
        ("list", 4): _all(
            _rsl_file,
            _with_head('<link rel="license" type="application/rsl+xml" href="https://{host}/license.xml">'),
        ),
        ("list", 5): _all(
            _rsl_file, _with_header("Link", '<https://{host}/license.xml>; rel="license"; type="application/rsl+xml"')
        ),
        ("both", 0): _tdm_file,
        ("both", 1): _all(_with_header("tdm-reservation", "1"), _with_header("tdm-policy", "https://{host}/terms")),
        ("both", 2): _with_head('<meta name="tdm-reservation" content="1">'),
        ("both", 3): _with_head('<meta name="robots" content="noai, noimageai">'),
        ("both", 4): _with_header("X-Robots-Tag", "GPTBot: noai, noimageai"),
        ("full", 0): _ai_txt,
        ("full", 1): _with_header("X-Robots-Tag", "noai"),
        ("conflict", 0): _tdm_file,
        ("conflict", 1): _with_header("Content-Usage", "train-ai=n"),
        ("conflict", 2): _with_head('<meta name="robots" content="noai">'),
        ("welcome", 0): _llms_txt,
        ("welcome", 1): _with_header("Content-Usage", "train-ai=y"),
    }
)
CONTRADICTING = frozenset(place for place in SIGNALS if place[0] == "conflict")
assert all(name in BY_NAME and number < BY_NAME[name].sites for name, number in SIGNALS)
