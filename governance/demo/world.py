"""The demo's corpora: who published how many tokens where, and under what licence.

Everything is written the same on every machine, and every number can be checked by hand: docs/demo-world.md does.
A corpus is made of slices, so many documents on so many sites of one stance, and all of its documents have the same
number of tokens: a share of the documents is a share of the tokens.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from governance.demo.people import decoy, planted
from governance.demo.prose import document
from governance.demo.responses import Response, text
from governance.demo.sites import CHANGING, Site, build
from governance.demo.stances import ALLOW_ALL, BY_NAME, Stance, group

TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Slice:
    """Documents on the first `sites` sites of a stance; `kept` of them survive the filter of the derived corpus."""

    stance: str
    sites: int
    documents: int
    kept: int = 0


@dataclass(frozen=True)
class Corpus:
    """A corpus of the demo. `form` says how it is written down (see governance.demo.files)."""

    name: str
    title: str
    summary: str
    form: str
    place: str  # file or folder, below the demo's data folder
    licence: str  # an SPDX expression; empty where nobody states one
    audience: str
    tokens_each: int
    slices: tuple[Slice, ...]
    parent: str = ""
    planted: tuple[tuple[str, int], ...] = ()

    @property
    def documents(self) -> int:
        """Its rows."""
        return sum(slice_.documents for slice_ in self.slices)

    @property
    def tokens(self) -> int:
        r"""Its matches of `\w+`."""
        return self.documents * self.tokens_each


@dataclass(frozen=True)
class Document:
    """One row of a corpus."""

    url: str
    host: str
    text: str
    score: int  # 0 to 99, the filter's mark
    day: int  # days since 1 January 2026


@dataclass(frozen=True)
class Person:
    """Somebody who signs in to the demo."""

    name: str
    role: str
    full_name: str
    task: str


PEOPLE = (
    Person("steward", "steward", "Sanna Steward", "registers corpora, starts runs, fills cards"),
    Person("reader", "reader", "Ravi Reader", "reads what the organisation shares"),
    Person("approver", "approver", "Amal Approver", "decides on what others ask for"),
    Person("admin", "admin", "Ada Admin", "changes policies, people and the agent registry"),
    Person("outsider", "outsider", "Olu Outsider", "has an account and no role: sees what is public"),
)

WEB = Corpus(
    name="harbour/web-2026",
    title="Harbour Web 2026",
    summary="English pages on harbours, kitchens, gardens, railways and the sky, from a hundred sites.",
    form="hub",
    place="harbour-web-2026",
    licence="ODC-By-1.0",
    audience="organisation",
    tokens_each=250,
    slices=(
        Slice("changing", 1, 320, kept=320),
        Slice("gptbot", 2, 16, kept=8),
        Slice("both", 4, 52, kept=20),
        Slice("list", 3, 32, kept=12),
        Slice("wildcard-list", 2, 16, kept=4),
        Slice("full", 2, 36, kept=12),
        Slice("search-only", 1, 24, kept=8),
        Slice("server-error", 2, 20, kept=8),
        Slice("private", 20, 800, kept=300),
        Slice("moved-open", 2, 100, kept=36),
        Slice("soft-404", 2, 60),
        Slice("missing", 24, 980, kept=400),
        Slice("allow-all", 19, 900, kept=400),
        Slice("empty", 4, 200, kept=36),
        Slice("sitemap", 6, 244, kept=36),
        Slice("delay", 4, 120),
        Slice("refused", 2, 80),
    ),
)
FILTERED = Corpus(
    name="harbour/web-2026-filtered",
    title="Harbour Web 2026, filtered",
    summary="The pages of harbour/web-2026 that a quality filter marked 60 or better.",
    form="parquet",
    place="harbour-web-2026-filtered.parquet",
    licence="ODC-By-1.0",
    audience="organisation",
    tokens_each=250,
    slices=tuple(Slice(s.stance, s.sites, s.kept) for s in WEB.slices if s.kept),
    parent=WEB.name,
)
FORUM = Corpus(
    name="commons/forum-answers",
    title="Commons Forum Answers",
    summary="Answers from eight forums; some members left personal data in them.",
    form="jsonl.zst",
    place="commons-forum-answers.jsonl.zst",
    licence="CC-BY-SA-4.0",
    audience="organisation",
    tokens_each=200,
    slices=(Slice("both", 1, 20), Slice("allow-all", 3, 380), Slice("missing", 4, 400)),
    planted=(("email", 20), ("phone", 8), ("card", 4), ("iban", 4), ("ip", 4)),
)
NEWS = Corpus(
    name="meridian/news-2025",
    title="Meridian News 2025",
    summary="Articles of twenty newsrooms, licensed for non-commercial use.",
    form="csv",
    place="meridian-news-2025.csv",
    licence="CC-BY-NC-4.0",
    audience="named",
    tokens_each=500,
    slices=(
        Slice("both", 5, 90),
        Slice("list", 3, 60),
        Slice("gptbot", 1, 10),
        Slice("full", 1, 20),
        Slice("private", 4, 100),
        Slice("allow-all", 4, 90),
        Slice("conflict", 2, 30),
    ),
)
UNLABELLED = Corpus(
    name="drift/unlabelled-crawl",
    title="Unlabelled crawl",
    summary="A crawl that came without a licence.",
    form="jsonl.gz",
    place="drift-unlabelled-crawl.jsonl.gz",
    licence="",
    audience="organisation",
    tokens_each=250,
    slices=(Slice("allow-all", 5, 120), Slice("missing", 5, 80)),
)
ENCYCLOPEDIA = Corpus(
    name="commons/encyclopedia",
    title="Commons Encyclopedia",
    summary="Short entries from five sites that invite everybody.",
    form="jsonl",
    place="commons-encyclopedia.jsonl",
    licence="CC0-1.0",
    audience="public",
    tokens_each=200,
    slices=(Slice("welcome", 3, 300), Slice("missing", 2, 200)),
)
TABLE = Corpus(
    name="survey/domain-table",
    title="Domain survey",
    summary="A table of how many tokens and documents each of 300 domains holds; no texts.",
    form="table",
    place="survey-domain-table.csv",
    licence="CC0-1.0",
    audience="public",
    tokens_each=500,
    slices=(
        Slice("changing", 1, 1200),
        Slice("gptbot", 10, 800),
        Slice("both", 22, 1780),
        Slice("list", 14, 1380),
        Slice("wildcard-list", 6, 400),
        Slice("full", 8, 600),
        Slice("search-only", 6, 240),
        Slice("server-error", 5, 100),
        Slice("too-many", 1, 20),
        Slice("loop", 1, 20),
        Slice("dropped", 2, 60),
        Slice("moved-list", 4, 800),
        Slice("oversize-list", 1, 20),
        Slice("bom", 1, 20),
        Slice("carriage", 1, 20),
        Slice("misspelt", 1, 20),
        Slice("ccbot", 4, 160),
        Slice("answers", 3, 120),
        Slice("private", 60, 4000),
        Slice("partial", 6, 280),
        Slice("patterns", 6, 120),
        Slice("missing", 44, 3360),
        Slice("allow-all", 35, 2460),
        Slice("conflict", 4, 200),
        Slice("welcome", 6, 800),
        Slice("gone", 2, 40),
        Slice("refused", 4, 80),
        Slice("empty", 8, 160),
        Slice("sitemap", 14, 280),
        Slice("delay", 8, 160),
        Slice("soft-404", 6, 120),
        Slice("moved-open", 3, 60),
        Slice("oversize", 1, 60),
        Slice("latin", 2, 60),
    ),
)
CORPORA = (WEB, FILTERED, FORUM, NEWS, UNLABELLED, ENCYCLOPEDIA, TABLE)
BY_NAME_OF_CORPUS = MappingProxyType({corpus.name: corpus for corpus in CORPORA})

CHANGED_ROBOTS = (
    f"{ALLOW_ALL}\n# Decided by the authors' assembly: no training on our pages.\n{group('GPTBot', 'CCBot')}"
)


def changed_robots() -> Response:
    """What robots.txt of the changing site says after it changed its mind."""
    return text(f"# robots.txt of {CHANGING}\n{CHANGED_ROBOTS}")


# --- shares ---------------------------------------------------------------------------------------------------


def split(total: int, parts: int) -> list[int]:
    """Cut a total into falling parts, the k-th in proportion to 1/(k+3) and none empty; they add up exactly."""
    weights = [Fraction(1, k + 3) for k in range(parts)]
    spread = total - parts
    exact = [spread * weight / sum(weights) for weight in weights]
    floors = [int(share) for share in exact]
    by_rest = sorted(range(parts), key=lambda k: (floors[k] - exact[k], k))
    for k in by_rest[: spread - sum(floors)]:
        floors[k] += 1
    return [1 + share for share in floors]


def placement(corpus: Corpus) -> dict[str, int]:
    """Documents of the corpus on each host."""
    found: dict[str, int] = {}
    for slice_ in corpus.slices:
        hosts = [host for host, site in SITES.items() if site.stance.name == slice_.stance][: slice_.sites]
        found |= dict(zip(hosts, split(slice_.documents, slice_.sites), strict=True))
    return found


def refused_share(corpus: Corpus, agent: str, changed: bool = False) -> Fraction:
    """The exact share of the corpus's tokens on sites that refuse `agent`, before or after the change of mind."""
    newly = ("changing",) if changed and agent in ("GPTBot", "CCBot") else ()
    return _share(corpus, lambda stance: stance.refuses_agent(agent) or stance.name in newly)


def training_share(corpus: Corpus, changed: bool = False) -> Fraction:
    """The exact share on sites that refuse training to any agent that trains or gathers training data.

    In this world those are the sites that refuse GPTBot or CCBot (no other such agent is refused without one of them),
    and those that refuse in a signal what their robots.txt permits.
    """
    newly = ("changing",) if changed else ()
    asked = ("GPTBot", "CCBot")
    in_robots = _share(corpus, lambda s: any(s.refuses_agent(agent) for agent in asked) or s.name in newly)
    beside = sum(documents for host, documents in placement(corpus).items() if SITES[host].refuses_beside)
    return in_robots + Fraction(beside, corpus.documents)


def unreachable_share(corpus: Corpus) -> Fraction:
    """The exact share of the corpus's tokens on sites whose robots.txt cannot be had."""
    return _share(corpus, lambda stance: stance.unreachable)


def _share(corpus: Corpus, counts: Callable[[Stance], bool]) -> Fraction:
    return Fraction(sum(s.documents for s in corpus.slices if counts(BY_NAME[s.stance])), corpus.documents)


SITES: MappingProxyType[str, Site] = MappingProxyType(build())


# --- documents ------------------------------------------------------------------------------------------------


def documents(corpus: Corpus) -> Iterator[Document]:
    """The rows of a corpus in its file's order; a derived corpus repeats rows of its parent."""
    if corpus.parent:
        yield from (row for row in documents(BY_NAME_OF_CORPUS[corpus.parent]) if row.score >= 60)
        return
    rows = [(host, number) for host, count in placement(corpus).items() for number in range(count)]
    dice = random.Random(corpus.name)  # noqa: S311 - a fixed order, not a secret
    dice.shuffle(rows)
    extras = _extras(corpus)
    kept = _kept(corpus)
    for ordinal, (host, number) in enumerate(rows):
        score = dice.randrange(60, 100) if number < kept.get(host, 0) else dice.randrange(5, 60)
        yield _document(corpus, host, number, score, dice.randrange(240), extras.get(ordinal, ""))


def _document(corpus: Corpus, host: str, number: int, score: int, day: int, extra: str) -> Document:
    subject = SITES[host].subject
    url = f"https://{host}/{subject}/{number + 1}"
    prose = document(url, corpus.tokens_each - count_tokens(extra), subject)
    return Document(url, host, f"{prose} {extra}".strip(), score, day)


def count_tokens(words: str) -> int:
    r"""Matches of `\w+`."""
    return len(TOKEN.findall(words))


def _kept(corpus: Corpus) -> dict[str, int]:
    """How many of each host's documents the filter keeps."""
    derived = next((other for other in CORPORA if other.parent == corpus.name), None)
    return placement(derived) if derived else {}


def _extras(corpus: Corpus) -> dict[int, str]:
    """Sentences with planted identifiers at every tenth row, decoys in rows between them."""
    kinds = [kind for kind, count in corpus.planted for _ in range(count)]
    found = {10 * place: planted(kind, place) for place, kind in enumerate(kinds)}
    return found | {10 * place + 5: decoy(place) for place in range(len(kinds))}
