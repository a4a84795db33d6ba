"""A change's evidence on both sides: the two fetches, their lines, headers and statements, and where these differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler import store
from crawler.channels import Signal
from crawler.documents import KINDS, Document
from crawler.domain_terms import newest
from crawler.models import ConsentChange, SignalSet, Snapshot, TermsVersion
from crawler.states import State
from datacards.errors import Unavailable
from governance.comparing import Pair, side_by_side
from governance.sites import MOST_LINES
from governance.sites import WORDS as OF_ROBOTS

WORDS = {
    State.OK: "It was fetched.",
    State.REDIRECTED: "It was fetched after a redirect.",
    State.OVERSIZE: "It is larger than what is read of it; its beginning counts.",
    State.SOFT_404: "A page of HTML came instead, so it is not there.",
    State.EMPTY: "It is empty.",
    State.UNAVAILABLE: "It is not there (4xx).",
    State.UNREACHABLE: "It could not be reached.",
    State.FORBIDDEN: "It was not asked for, because robots.txt forbids that.",
}
TECHNICAL = frozenset({"etag", "last-modified", "server", "retry-after", "cf-mitigated", "x-amzn-waf-action"})
MOST_STATEMENTS = 100


@dataclass(frozen=True)
class Side:
    """One fetch as people read it; `problem` where its bytes are out of reach."""

    snapshot: Snapshot
    words: str
    lines: Sequence[str] = ()
    problem: str = ""


@dataclass(frozen=True)
class Statement:
    """A machine-readable statement that only one of the sides makes."""

    signal: Signal
    added: bool


@dataclass(frozen=True)
class Comparison:
    """Both sides, and what differs between them."""

    document: str
    before: Side
    after: Side
    pairs: Sequence[Pair]
    headers: Sequence[Pair]
    statements: Sequence[Statement]
    more_statements: int


def compare(change: ConsentChange) -> Comparison:
    """Read the evidence of a change; `before` and `after` come with their content and signals."""
    document = Document(change.channel)
    before, after = _sides(document, change.before, change.after)
    statements = _statements(change.before.signals, change.after.signals)
    differs = before.snapshot.content_id != after.snapshot.content_id
    return Comparison(
        KINDS[document].title, before, after, side_by_side(before.lines, after.lines) if differs else [],
        _headers(change.before, change.after), statements[:MOST_STATEMENTS],
        max(0, len(statements) - MOST_STATEMENTS),
    )  # fmt: skip


def _sides(document: Document, before: Snapshot, after: Snapshot) -> tuple[Side, Side]:
    if document == Document.TERMS:
        texts = _texts(before, after)
        first, second = (_side(document, each, texts.get(each.content_id or "", ())) for each in (before, after))
        return first, second
    return _read(document, before), _read(document, after)


def _read(document: Document, snapshot: Snapshot) -> Side:
    """A page's markup changes with every visit, so of the home page only what it states is compared."""
    if snapshot.content is None or document == Document.HOME:
        return _side(document, snapshot)
    try:
        body = store.configured().read(snapshot.content.warc_file, snapshot.content.warc_offset).body
    except Unavailable as error:
        return _side(document, snapshot, problem=str(error))
    return _side(document, snapshot, [line.decode("utf-8", "replace") for line in body.splitlines()[:MOST_LINES]])


def _side(document: Document, snapshot: Snapshot, lines: Sequence[str] = (), problem: str = "") -> Side:
    table = WORDS if document != Document.ROBOTS else WORDS | OF_ROBOTS
    return Side(snapshot, table[State(snapshot.state)], lines, problem)


def _texts(*snapshots: Snapshot) -> dict[str, list[str]]:
    """Content → the lines of the text that was read in it."""
    wanted = [snapshot.content_id for snapshot in snapshots if snapshot.content_id]
    rows = newest(TermsVersion.objects.filter(content__in=wanted)).values_list("content_id", "text")
    found: dict[str, list[str]] = {}
    for content, text in rows:
        found.setdefault(content, [line for line in text.splitlines() if line.strip()][:MOST_LINES])
    return found


def _headers(before: Snapshot, after: Snapshot) -> list[Pair]:
    """The headers that say something of consent, where they differ."""
    a, b = ({n: v for n, v in each.headers.items() if n not in TECHNICAL} for each in (before, after))
    names = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    return [Pair(_header(name, a), _header(name, b), False) for name in names]


def _header(name: str, headers: dict[str, str]) -> str | None:
    return f"{name}: {headers[name]}" if name in headers else None


def _statements(before: SignalSet | None, after: SignalSet | None) -> list[Statement]:
    """Statements of one side alone; where a statement stands and in which words is no difference."""
    old, new = ({_key(signal): signal for signal in _signals(each)} for each in (before, after))
    gone = [Statement(signal, False) for key, signal in old.items() if key not in new]
    return gone + [Statement(signal, True) for key, signal in new.items() if key not in old]


def _signals(of: SignalSet | None) -> Iterable[Signal]:
    return map(Signal.from_dict, of.signals) if of else ()


def _key(signal: Signal) -> tuple[str, ...]:
    return signal.channel, signal.purpose, signal.agent.lower(), signal.value, signal.path, signal.scope
