"""What claims of licences come to (interim)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from datacards.licenses import terms_of


@dataclass(frozen=True)
class Verdict:
    name: str
    title: str
    tone: str
    sentence: str
    commercial: bool = False


VERDICTS = (
    Verdict("commercial", "Commercial use", "good", "are commercial", True),
    Verdict("non-commercial", "Non-commercial", "bad", "turn out non-commercial"),
    Verdict("academic", "Academic only", "warn", "are for academic use only"),
    Verdict("none", "No licence found", "quiet", "have no licence that could be found"),
    Verdict("unknown", "Not clear", "open", "are not clear"),
)
COMPONENTS = {"commercial": "Commercial use", "derivatives": "Derivatives", "share_alike": "Share-alike"}


@dataclass(frozen=True)
class Judged:
    verdict: str
    hub_verdict: str
    disputed: bool
    satisfiable: bool | None
    conflict: tuple[str, str] | None
    differing: frozenset[str]
    sentence: str


def components(expression: str) -> dict[str, str]:
    t = terms_of(expression)
    return {n: {True: "yes", False: "no", None: "not known"}[getattr(t, n)] for n in COMPONENTS}


def _v(exprs: Iterable[str]) -> str:
    ts = [terms_of(e) for e in exprs]
    if not ts or all(t.ambiguous for t in ts):
        return "none"
    if any(t.commercial is False for t in ts):
        return "non-commercial"
    return "commercial" if any(t.commercial for t in ts) else "unknown"


def judge(claims: Iterable[tuple[str, str]], vendors: bool = True) -> Judged:
    return _judge(tuple(claims), vendors)


@lru_cache(maxsize=10000)
def _judge(claims: tuple[tuple[str, str], ...], vendors: bool) -> Judged:
    hub = _v(e for s, e in claims if s == "hub")
    found = _v(e for s, e in claims if s in ("register", "person"))
    return Judged(found, hub, hub != found, None, None, frozenset(), "")
