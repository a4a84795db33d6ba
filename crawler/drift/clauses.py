"""What terms come to on each axis, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.drift.events import LOOSENED, NEUTRAL, TIGHTENED, Event, excerpt
from crawler.terms.verdict import Kind, TermsVerdict, Verdict

SILENT = Verdict.NOT_MENTIONED.value
_RANK = {
    Verdict.ALLOWED.value: 0, SILENT: 1, Verdict.CONDITIONAL.value: 2, Verdict.PROHIBITED.value: 3,
}  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """One question to terms, and the kinds of clauses that speak of it."""

    name: str
    kinds: frozenset[Kind]

    def said(self, verdict: TermsVerdict) -> str:
        """What terms say of it, in the words of `Verdict`: a yes is `prohibited`, a no is silence."""
        told = getattr(verdict, self.name)
        if isinstance(told, Verdict):
            return told.value
        return Verdict.PROHIBITED.value if told else SILENT

    def quote(self, verdict: TermsVerdict) -> str:
        """The first words that speak of it."""
        return next((excerpt(clause.quote) for clause in verdict.clauses if clause.kind in self.kinds), "")


AXES = (
    Axis("scraping", frozenset({Kind.SCRAPING, Kind.SCRAPING_PERMIT, Kind.PERSONAL_DATA})),
    Axis("ai_training", frozenset({Kind.AI_TRAINING, Kind.OUTPUT_TRAINING})),
    Axis("non_commercial", frozenset({Kind.NON_COMMERCIAL})),
    Axis("no_redistribution_or_competition", frozenset({Kind.REDISTRIBUTION, Kind.COMPETITION})),
)


def terms_events(before: TermsVerdict | None, after: TermsVerdict | None) -> list[Event]:
    """Terms that came or went, else the axes that moved. Where a text is not understood, its axes do not count."""
    if before is None or after is None:
        return list(_came_or_went(before, after))
    if not (before.supported and after.supported):
        return []
    return [event for axis in AXES if (event := _moved(axis, before, after))]


def _came_or_went(before: TermsVerdict | None, after: TermsVerdict | None) -> Iterator[Event]:
    held = after or before
    if held is None:
        return
    kind = "terms-appeared" if after else "terms-vanished"
    restricts = any(_RANK[axis.said(held)] > _RANK[SILENT] for axis in AXES)
    way = NEUTRAL if not restricts else TIGHTENED if after else LOOSENED
    sides = tuple(verdict.paper_class.value if verdict and verdict.paper_class else "" for verdict in (before, after))
    yield Event(kind, sides[0], sides[1], way)


def _moved(axis: Axis, before: TermsVerdict, after: TermsVerdict) -> Event | None:
    old, new = axis.said(before), axis.said(after)
    if old == new:
        return None
    quotes = (axis.quote(before), axis.quote(after))
    return Event(kind_of(old, new), old, new, moved(old, new), axis=axis.name, quotes=quotes)


def moved(old: str, new: str) -> str:
    """Which way an axis went. Silence is no permission, but less of a refusal than a condition."""
    difference = _RANK[new] - _RANK[old]
    return TIGHTENED if difference > 0 else LOOSENED if difference < 0 else NEUTRAL


def kind_of(old: str, new: str) -> str:
    """The kind of event when terms said `old` of an axis and say `new`."""
    if old == new:
        return "clause-changed"
    return "clause-added" if old == SILENT else "clause-removed" if new == SILENT else "clause-changed"
