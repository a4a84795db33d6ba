"""What the demo's sites say in robots.txt: one table of stances, from which the web and its arithmetic derive.

The counts add up to the whole web (docs/demo-world.md lists them). A stance that refuses an agent refuses it
everywhere (level `all`); one that keeps an agent from some folders only is level `some` and no refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass

from governance.demo.responses import DROPPED, HTML, NOT_FOUND, Response, moved, page, text

EVERYBODY = "everybody"
NAMED = """
GPTBot ClaudeBot Google-Extended CCBot Applebot-Extended meta-externalagent Bytespider Amazonbot
cohere-training-data-crawler Diffbot img2dataset Timpibot
"""
TRAINERS = tuple(NAMED.split())
OVERSIZE = 520 * 1024  # bytes; RFC 9309 section 2.5 lets a parser stop after 500 KiB


@dataclass(frozen=True)
class Stance:
    """How many sites say what. `refuses` names the agents refused everywhere, `spares` those of them that are not.

    An `unreachable` site fails closed (RFC 9309 section 2.3.1.4) and is counted apart from those that refuse in words.
    """

    name: str
    sites: int
    meaning: str
    answer: Callable[[str, int], Response]
    refuses: tuple[str, ...] = ()
    terms: tuple[str, ...] = ("none",)
    spares: tuple[str, ...] = ()
    unreachable: bool = False

    def refuses_agent(self, agent: str) -> bool:
        """Whether every page of such a site is closed to `agent`."""
        return (EVERYBODY in self.refuses and agent not in self.spares) or agent in self.refuses


def group(*agents: str, rules: str = "Disallow: /") -> str:
    """One group of a robots.txt file."""
    return "\n".join([*(f"User-agent: {agent}" for agent in agents), rules, ""])


def said(body: str) -> Callable[[str, int], Response]:
    """The same rules on each site, under a first line with the site's name."""
    return lambda host, _: text(f"# robots.txt of {host}\n{body}")


def same(response: Response) -> Callable[[str, int], Response]:
    """The same bytes on each site."""
    return lambda host, _: response


def _private(host: str, number: int) -> Response:
    folders = ("admin", "search", "basket", "drafts", "login", "preview")
    first, second = folders[number % 6], folders[(number // 6 + 1 + number) % 6]
    rules = f"Disallow: /{first}/" if first == second else f"Disallow: /{first}/\nDisallow: /{second}/"
    return text(f"# robots.txt of {host}\n{group('*', rules=rules)}")


def _sitemap(host: str, _: int) -> Response:
    return text(f"Sitemap: https://{host}/sitemap.xml\n")


def _latin(host: str, _: int) -> Response:
    return Response(f"# robots.txt of {host}\nUser-agent: *\nDisallow: /café/\n".encode("latin-1"))


def _oversize(first: str, last: str) -> Callable[[str, int], Response]:
    filler = "# one of very many remarks that nobody reads\n"
    padding = filler * (OVERSIZE // len(filler) + 1)
    return same(text(first + padding + last))


SOFT_404 = page("Page not found", "<h1>We looked everywhere</h1><p>This page does not exist. Try the search.</p>")
ALLOW_ALL = group("*", rules="Disallow:")
BOTH = group("GPTBot", "CCBot")
WELCOME = group("GPTBot", "CCBot", rules="Allow: /") + "\nUser-agent: *\nContent-Signal: ai-train=yes\nAllow: /\n"
SEARCH_ONLY = group("Googlebot", "Bingbot", rules="Allow: /") + "\n" + group("*")
WILDCARD_FIRST = group("*", rules="Disallow: /private/") + "\n" + group(*TRAINERS)
PATTERNS = group("*", rules="Disallow: /*.pdf$\nDisallow: /*?session=\nAllow: /guide.pdf$")

STRICT = ("no-scraping-no-ai", "no-ai", "no-scraping")
MILD = ("none", "unrestricted", "conditional")

STANCES = (
    Stance("missing", 44, "404 Not Found: no rules", same(NOT_FOUND), terms=MILD),
    Stance("gone", 2, "410 Gone: no rules", same(Response(b"", 410))),
    Stance("refused", 4, "403 Forbidden for robots.txt alone: a 4xx, so no rules", same(Response(b"", 403))),
    Stance("empty", 8, "200 with an empty body: no rules", same(Response())),
    Stance("allow-all", 35, "`User-agent: *` with an empty Disallow", said(ALLOW_ALL), terms=MILD),
    Stance("sitemap", 14, "a Sitemap line and nothing else", _sitemap, terms=MILD),
    Stance("delay", 8, "only a Crawl-delay", said(group("*", rules="Crawl-delay: 5"))),
    Stance("soft-404", 6, "an HTML page under status 200: no rules", same(SOFT_404)),
    Stance("welcome", 6, "invites GPTBot and CCBot, grants ai-train", said(WELCOME), terms=("unrestricted",)),
    Stance("changing", 1, "open to all, until it changes its mind", said(ALLOW_ALL), terms=("conditional",)),
    Stance("conflict", 4, "open in robots.txt, while the terms forbid", said(ALLOW_ALL), terms=("no-ai",)),
    Stance("private", 60, "some folders closed to everybody", _private, terms=(*MILD, "non-commercial")),
    Stance("partial", 6, "members' pages closed to GPTBot", said(group("GPTBot", rules="Disallow: /members/"))),
    Stance("patterns", 6, "patterns with * and $, and an exception", said(PATTERNS)),
    Stance("gptbot", 10, "refuses GPTBot", said(group("GPTBot")), ("GPTBot",), STRICT),
    Stance("both", 22, "refuses GPTBot and CCBot", said(BOTH), ("GPTBot", "CCBot"), STRICT),
    Stance("list", 14, "refuses twelve trainers in one group", said(group(*TRAINERS)), TRAINERS, STRICT),
    Stance("wildcard-list", 6, "a group for `*`, then the list", said(WILDCARD_FIRST), TRAINERS, STRICT),
    Stance("full", 8, "refuses everybody", said(group("*")), (EVERYBODY,), STRICT),
    Stance("search-only", 6, "refuses all but two search engines", said(SEARCH_ONLY), (EVERYBODY,), STRICT,
           ("Googlebot", "Bingbot")),
    Stance("ccbot", 4, "refuses CCBot alone", said(group("CCBot")), ("CCBot",), STRICT),
    Stance("answers", 3, "refuses two answer engines", said(group("PerplexityBot", "OAI-SearchBot")),
           ("PerplexityBot", "OAI-SearchBot"), ("conditional",)),
    Stance("moved-list", 4, "redirects to another host, which refuses the list", same(NOT_FOUND), TRAINERS),
    Stance("moved-open", 3, "redirects to another host, which is open", same(NOT_FOUND)),
    Stance("loop", 1, "redirects to itself for ever: fails closed",
           lambda host, _: moved(f"//{host}/robots.txt", 302), unreachable=True),
    Stance("oversize", 1, "over 500 KiB, its refusal behind the cut", _oversize("", group("*"))),
    Stance("oversize-list", 1, "over 500 KiB, its list at the top", _oversize(group(*TRAINERS), ""), TRAINERS),
    Stance("latin", 2, "bytes that are no UTF-8", _latin),
    Stance("bom", 1, "a byte order mark before the refusal", same(Response(b"\xef\xbb\xbf" + BOTH.encode())),
           ("GPTBot", "CCBot")),
    Stance("carriage", 1, "lines that end in a carriage return", same(Response(BOTH.replace("\n", "\r").encode())),
           ("GPTBot", "CCBot")),
    Stance("misspelt", 1, "`useragent` and `Disalow`", said("useragent: GPTBot\nuseragent: CCBot\nDisalow: /\n"),
           ("GPTBot", "CCBot")),
    Stance("server-error", 5, "500, 502 or 503: fails closed",
           lambda host, number: Response(b"", (500, 502, 503)[number % 3], HTML), unreachable=True),
    Stance("too-many", 1, "429 Too Many Requests: fails closed", same(Response(b"", 429)), unreachable=True),
    Stance("dropped", 2, "closes the connection: fails closed", same(DROPPED), unreachable=True),
)  # fmt: skip
BY_NAME = {stance.name: stance for stance in STANCES}
