"""Tells what sentences that came and went mean: which clauses were added, removed or changed, and what else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from crawler.drift.clauses import AXES, SILENT, Axis, kind_of, moved
from crawler.drift.events import EVERYONE, NEUTRAL, excerpt
from crawler.drift.noise import Form, Reader
from crawler.drift.settling import Moved
from crawler.terms.verdict import Clause, TermsVerdict
from crawler.terms.words import guess

Classify = Callable[[str, str | None], TermsVerdict]
_STANDS = "\0"  # begins a key that is no sentence
_LONG = 24  # letters of a sentence that is surely the same one where it stands inside another


@dataclass(frozen=True)
class Change:
    """One event of a document: the version where it was first seen, its kind of `KINDS`, its direction.

    `before` and `after` are the sentences that differ, word for word but for their markup; `said` is what the terms
    said and say of the `axis`, where the event is of one.
    """

    at: datetime
    kind: str
    direction: str = NEUTRAL
    before: str = ""
    after: str = ""
    axis: str = ""
    said: tuple[str, str] = ("", "")
    agent: str = EVERYONE


class Teller:
    """Tells the changes of one document. Each text is classified once."""

    def __init__(self, reader: Reader, language: str | None, classify: Classify) -> None:
        self._reader, self._language, self._classify = reader, language, classify
        self._verdicts: dict[str, TermsVerdict] = {}

    def changes(self, at: datetime, before: Form, after: Form, moved: Moved) -> list[Change]:
        """The events of the sentences that moved: an axis each where a clause did, and one for all the others."""
        went, came = _elsewhere(_sentences(moved.went), after), _elsewhere(_sentences(moved.came), before)
        swung = {key.split(_STANDS)[1] for key in moved.came if key.startswith(_STANDS)}
        if not (went or came or swung):
            return []
        sides = (_Side(before, went, self._verdict(before)), _Side(after, came, self._verdict(after)))
        found = [change for axis in AXES if (change := self._of_axis(at, axis, *sides, axis.name in swung))]
        rest = [side.quotes(side.moved.keys() - side.told) for side in sides]
        if any(rest):
            found.append(Change(at, "text-changed", before=rest[0], after=rest[1]))
        return found

    def foreign(self, forms: Mapping[int, Form]) -> set[int]:
        """The versions in another language than the one before: a server's choice, not another text.

        None where the caller knows the language.
        """
        if self._language is not None:
            return set()
        spoken = {n: guess(form.text) for n, form in forms.items()}
        return {n for before, n in pairwise(spoken) if spoken[n] != spoken[before] and spoken[n] and spoken[before]}

    def _verdict(self, form: Form) -> TermsVerdict:
        if form.letters not in self._verdicts:
            self._verdicts[form.letters] = self._classify(form.text, self._language)
        return self._verdicts[form.letters]

    def stands(self, form: Form) -> dict[str, None]:
        """Where a version stands on each axis, as keys that can move and settle as sentences do.

        A word above a list, or a sentence too short to count, may turn what long sentences below it mean.
        """
        verdict = self._verdict(form)
        if not verdict.supported:
            return {}
        return dict.fromkeys(f"{_STANDS}{axis.name}{_STANDS}{axis.said(verdict)}" for axis in AXES)

    def _of_axis(self, at: datetime, axis: Axis, before: "_Side", after: "_Side", swung: bool) -> Change | None:
        if not (before.verdict.supported and after.verdict.supported):
            return None
        gone, new = (side.touched(axis, self._reader) for side in (before, after))
        old, now = axis.said(before.verdict), axis.said(after.verdict)
        if not (gone or new) and swung and old != now:
            words = before.spoken(axis, after.form), after.spoken(axis, before.form)
            return Change(at, kind_of(old, now), moved(old, now), *words, axis.name, (old, now))
        if not (gone or new) or old == now == SILENT:
            return None
        before.told |= gone
        after.told |= new
        return Change(
            at, kind_of(old, now), moved(old, now), before.quotes(gone), after.quotes(new), axis.name, (old, now)
        )


class _Side:
    """One of two versions, with its sentences that the other has not; `told` are those that an axis accounts for."""

    def __init__(self, form: Form, keys: Iterable[str], verdict: TermsVerdict) -> None:
        self.form, self.verdict = form, verdict
        self.moved = {key: form.sentences[key] for key in keys if key in form.sentences}
        self.told: set[str] = set()

    def touched(self, axis: Axis, reader: Reader) -> set[str]:
        """The moved sentences in which a clause of the axis stands."""
        return {key for clause in self.verdict.clauses if clause.kind in axis.kinds for key in self._of(clause, reader)}

    def _of(self, clause: Clause, reader: Reader) -> Iterator[str]:
        keys = {unit.key for unit in reader.read(clause.quote).units}
        yield from keys & self.moved.keys()

    def spoken(self, axis: Axis, other: Form) -> str:
        """The short passages that the other version has not, and the first clauses of the axis."""
        held = {unit.key for unit in other.units}
        short = [unit.quote for unit in self.form.units if not unit.counts and unit.key and unit.key not in held]
        clauses = [clause.quote for clause in self.verdict.clauses if clause.kind in axis.kinds]
        return excerpt(" … ".join(dict.fromkeys([*short[:3], *clauses[:3]])))

    def quotes(self, keys: Iterable[str]) -> str:
        """The sentences as they read, in the order of the text, cut to what a person reads."""
        wanted = set(keys)
        return excerpt(" … ".join(unit.quote for key, unit in self.moved.items() if key in wanted))


def _sentences(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if not key.startswith(_STANDS)]


def _elsewhere(keys: Iterable[str], other: Form) -> list[str]:
    """The sentences without those that the other version has as well, only cut otherwise."""
    return [key for key in keys if len(key) < _LONG or key not in other.letters]
