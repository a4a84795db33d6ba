"""How findable, accessible, interoperable and reusable a card's words are: F-UJI's tests that need no network.

The tests are data (`datacards/data/fair.toml`); here is what each kind of check means.
"""

import re
import tomllib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datacards.cards.filled import is_filled

FILE = Path(__file__).parent.parent / "data" / "fair.toml"
DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?10\.\d{4,9}/\S+", re.I | re.ASCII)
LASTING = re.compile(
    r"(?:https?://)?(?:hdl\.handle\.net/|n2t\.net/ark:|w3id\.org/|purl\.org/|identifiers\.org/)\S+", re.I
)
NAMED = re.compile(r"(?:ark:/?\d|hdl:\d|urn:[a-z0-9][a-z0-9-]{0,31}:)\S+", re.I | re.ASCII)
WEB = ("http", "https", "ftp", "ftps", "sftp")


@dataclass(frozen=True)
class FairTest:
    """One test on one card: F-UJI's id, whether it passes, how to mend it, and the first path to look at."""

    id: str
    title: str
    passed: bool
    mend: str
    path: str
    score: float

    @property
    def letter(self) -> str:
        """F, A, I or R."""
        return self.id[4]


@dataclass(frozen=True)
class Fair:
    """All tests, and what they earn: F-UJI's points of those that could be earned by metadata alone."""

    tests: tuple[FairTest, ...]
    earned: float
    total: float
    version: str

    @property
    def share(self) -> float:
        """0..1."""
        return self.earned / self.total

    @property
    def failed(self) -> tuple[FairTest, ...]:
        """What could be mended."""
        return tuple(test for test in self.tests if not test.passed)


def fair(values: Mapping[str, Mapping[str, Any]]) -> Fair:
    """Every test that a card's values (path → {value, …}) can answer."""
    tests = tuple(_tested(row, values) for row in _data()["tests"])
    return Fair(tests, _points(tests, lambda test: test.passed), _points(tests, lambda _: True), _data()["version"])


def _tested(row: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]]) -> FairTest:
    found = {path: values.get(path, {}).get("value") for path in row["paths"]}
    unanswered = [path for path, value in found.items() if not is_filled(value)]
    passed = CHECKS[row["check"]](list(found.values()))
    path = unanswered[0] if unanswered and row["check"] == "all" else row["paths"][0]
    return FairTest(row["id"], row["title"], passed, row["mend"], path, row["score"])


def _points(tests: tuple[FairTest, ...], counts: Callable[[FairTest], bool]) -> float:
    """Of each metric the sum of its tests' scores, or the best where they are alternatives."""
    by_metric: dict[str, list[float]] = defaultdict(lambda: [0.0])
    for test in tests:
        if counts(test):
            by_metric[test.id.rpartition("-")[0]].append(test.score)
    return sum(max(s) if metric in _data()["alternative"] else sum(s) for metric, s in by_metric.items())


def _texts(values: list[Any]) -> Iterator[str]:
    for value in values:
        yield from (str(item) for item in (value if isinstance(value, list) else [value]) if is_filled(item))


def _scheme(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return parts.scheme.lower() if parts.netloc else "https" if DOI.fullmatch(text.strip()) else ""


def _persistent(text: str) -> bool:
    return any(kind.fullmatch(text.strip()) for kind in (DOI, LASTING, NAMED))


def _unique(text: str) -> bool:
    if _scheme(text) or _persistent(text):
        return True
    try:
        return bool(uuid.UUID(text.strip()))
    except ValueError:
        return bool(re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}", text.strip().lower()))


def _names(kind: str, text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.lower()) for name in _data()[kind])


def _some(says: Callable[[str], bool]) -> Callable[[list[Any]], bool]:
    return lambda values: any(says(text) for text in _texts(values))


CHECKS: dict[str, Callable[[list[Any]], bool]] = {
    "all": lambda values: all(is_filled(value) for value in values),
    "any": lambda values: any(is_filled(value) for value in values),
    "unique": _some(_unique),
    "persistent": _some(_persistent),
    "web": _some(lambda text: _scheme(text) in WEB),
    "linked": _some(lambda text: any(_scheme(word) or _persistent(word) for word in text.split())),
    "format": _some(lambda text: _names("formats", text)),
    "standard": _some(lambda text: _names("standards", text)),
}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
