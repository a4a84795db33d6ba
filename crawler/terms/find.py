"""Finds the terms pages of a site from its home page: links by their words, and the paths where terms often are.

Nothing is fetched here. Candidates are ranked; a link's own words count for more than its path, and a guessed path,
which no link names, for least.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_to_unicode

from crawler.sites import registrable

MAX_LINKS = 5000
MAX_CANDIDATES = 20
# What terms are called, by language; the second of each pair are pages that hold terms only sometimes.
NAMES: dict[str, tuple[str, str]] = {
    "en": (
        "terms of service | terms of use | terms and conditions | terms & conditions | conditions of use "
        "| user agreement | terms | website terms | acceptable use | service agreement | t&cs | tos",
        "legal | legal notice | copyright | content policy | permissions | licensing | license | ai policy | policies",
    ),
    "de": (
        "nutzungsbedingungen | agb | allgemeine geschäftsbedingungen | nutzungsregeln",
        "rechtliches | rechtliche hinweise | impressum",
    ),
    "fr": (
        "conditions d'utilisation | conditions générales | cgu | cgv",
        "mentions légales | informations légales",
    ),
    "es": (
        "términos y condiciones | términos de uso | condiciones de uso | términos de servicio | "
        "condiciones generales | términos",
        "aviso legal | legales",
    ),
    "it": (
        "termini di utilizzo | termini e condizioni | condizioni d'uso | condizioni di utilizzo | "
        "condizioni generali | termini di servizio",
        "note legali",
    ),
    "pt": (
        "termos de uso | termos de serviço | termos e condições | condições de utilização | termos de utilização",
        "aviso legal",
    ),
    "nl": (
        "gebruiksvoorwaarden | algemene voorwaarden | servicevoorwaarden",
        "juridische informatie | disclaimer",
    ),
    "pl": (
        "regulamin | warunki korzystania | warunki użytkowania",
        "nota prawna",
    ),
    "sv": (
        "användarvillkor | allmänna villkor | villkor",
        "juridisk information",
    ),
    "da": (
        "brugsvilkår | vilkår og betingelser | handelsbetingelser",
        "juridisk",
    ),
    "cs": (
        "podmínky použití | obchodní podmínky | podmínky užívání",
        "právní informace",
    ),
    "ru": (
        "пользовательское соглашение | условия использования | правила использования",
        "правовая информация",
    ),
    "tr": (
        "kullanım koşulları | kullanım şartları | hizmet şartları",
        "yasal",
    ),
    "ja": (
        "利用規約 | ご利用条件 | サービス規約",
        "サイトポリシー | 法的情報",
    ),
    "zh": (
        "服务条款 | 使用条款 | 用户协议 | 服務條款 | 使用條款",
        "法律声明 | 法律聲明",
    ),
    "ko": (
        "이용약관 | 서비스 약관",
        "법적 고지",
    ),
}
PATHS = (
    "/terms", "/tos", "/terms-of-service", "/terms-of-use", "/terms-and-conditions", "/legal/terms", "/legal/tos",
    "/legal/terms-of-service", "/legal/terms-of-use", "/about/terms", "/policies/terms", "/legal", "/agb", "/cgu",
    "/nutzungsbedingungen", "/mentions-legales", "/aviso-legal",
)  # fmt: skip
_IN_PATH = re.compile(
    r"(?:^|[/_.-])(?:terms?|tos|conditions?|nutzungsbedingungen|agb|cgu|cgv|terminos|termini|termos|voorwaarden|regulamin"
    r"|user-?agreement|acceptable-?use|aup)(?:$|[/_.-])|termsof|terms-?(?:and|&)-?conditions",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"privacy|cookie|datenschutz|confidentialit|privacidad|accessib|career|jobs|terms-?of-?(?:sale|payment)|glossar"
    r"|midterm|long-?term|short-?term|affiliate|refund|shipping",
    re.IGNORECASE,
)
_STRONG, _WEAK, _PATH, _GUESSED = 1.0, 0.5, 0.6, 0.2
_ALIKE = str.maketrans("’ı", "'i")  # a Turkish capital I, made small, is not the letter that it was
_SPACE = re.compile(r"\s+")
_BLANK = re.compile(r"[\t\r\n]")  # within an address these are left out
_BY_NAME = tuple(
    (name, score, language)
    for language, pair in NAMES.items()
    for names, score in zip(pair, (_STRONG, _WEAK), strict=True)
    for name in names.translate(_ALIKE).split(" | ")
)
_LONGEST_NAME = max(len(name) for name, _, _ in _BY_NAME)


@dataclass(frozen=True)
class Candidate:
    """A page that may hold the terms; `score` from 0 to 1.2, `why` in words."""

    url: str
    score: float
    why: str


def find(home: bytes, url: str, content_type: str = "") -> list[Candidate]:
    """The likely terms pages of the site whose home page at `url` is `home`, the likeliest first."""
    best: dict[str, Candidate] = {}
    for candidate in (*_linked(home, url, content_type), *well_known(url)):
        known = best.get(candidate.url)
        if known is None or candidate.score > known.score:
            best[candidate.url] = candidate
    return sorted(best.values(), key=lambda each: (-each.score, len(each.url), each.url))[:MAX_CANDIDATES]


def well_known(url: str) -> Iterator[Candidate]:
    """Where terms often are, for a site that links to none."""
    parts = urlsplit(url)
    for number, path in enumerate(PATHS):
        yield Candidate(f"{parts.scheme}://{parts.netloc}{path}", _GUESSED - number / 1000, f"the usual path {path}")


def _linked(home: bytes, url: str, content_type: str) -> Iterator[Candidate]:
    _, page = html_to_unicode(content_type or None, home, default_encoding="utf-8")
    tree = LexborHTMLParser(page)
    base = _base(tree, url)
    plain = not _IN_PATH.search(urlsplit(base).path)
    for link in tree.css("a[href]")[:MAX_LINKS]:
        href, words = link.attributes.get("href") or "", _words(link)
        if plain and not _BLANK.search(href) and not _IN_PATH.search(href) and not _named(words)[0]:
            continue  # most links: neither their words nor any path that they lead to speaks of terms
        target = _target(base, href)
        if target:
            yield from _judged(url, target, words, link)


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return _target(url, (node.attributes.get("href") or "") if node else "") or url


def _words(link: LexborNode) -> str:
    label = link.attributes.get("aria-label") or link.attributes.get("title") or ""
    return _SPACE.sub(" ", link.text()[:200] if link.text().strip() else label).strip().lower().translate(_ALIKE)[:120]


def _judged(home: str, target: str, words: str, link: LexborNode) -> Iterator[Candidate]:
    path = urlsplit(target).path
    if _OTHER.search(words) or (_OTHER.search(path) and not words):
        return
    score, why = _named(words)
    if _IN_PATH.search(path):
        score, why = max(score, _PATH), why or f"the path {path[:80]}"
    if not score:
        return
    own = _site(target) == _site(home)
    if not own and score < _STRONG:  # to another site only where the link says that terms are there
        return
    score += 0.1 * _in_footer(link) + 0.1 * (_IN_PATH.search(path) is not None and score >= _STRONG) - 0.3 * (not own)
    yield Candidate(target, round(score, 3), why + ("" if own else f", at {urlsplit(target).hostname}"))


@lru_cache(maxsize=4096)
def _named(words: str) -> tuple[float, str]:
    """How well a link's words name terms; a long text that merely mentions them does not."""
    if len(words) > _LONGEST_NAME + 30:
        return 0.0, ""
    for name, score, language in _BY_NAME:
        if name in words and _says(words, name):
            return score, f"a link says {words[:60]!r} ({language})"
    return 0.0, ""


def _says(words: str, name: str) -> bool:
    if len(words) > len(name) + 30:
        return False
    return not name.isascii() or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None


def _in_footer(link: LexborNode) -> bool:
    node, steps = link.parent, 0
    while node is not None and steps < 40:
        if node.tag == "footer" or "footer" in (node.attributes.get("class") or "") + (node.attributes.get("id") or ""):
            return True
        node, steps = node.parent, steps + 1
    return False


def _target(base: str, href: str) -> str:
    """An absolute http(s) address without fragment and credentials; "" where the link has none."""
    try:
        parts = urlsplit(urljoin(base, href.strip()[:2000]))
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return urlunsplit((parts.scheme, host if port is None else f"{host}:{port}", parts.path or "/", parts.query, ""))


def _site(url: str) -> str:
    """The registrable domain; the host itself where it has none."""
    return registrable(urlsplit(url).hostname or "")
