"""What changed in a document of terms over its recorded versions, without what only looks like a change.

terms_changes([(monday, "You may not scrape."), (tuesday, "You may scrape.")])
# [Change(at=tuesday, kind="clause-changed", direction="loosened", before="You may not scrape.", after="…")]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.drift.events import excerpt
from crawler.drift.noise import Form, Reader
from crawler.drift.reasons import why
from crawler.drift.settling import Moved, lasting
from crawler.drift.telling import Change, Classify, Teller
from crawler.terms import classify as default_classify

SETTLE = timedelta(days=7)
_THERE = "there"
_WHOLE = 0.8  # share of the longest sound version that one with an error in it must have to be sound itself
_EMPTY = 200  # letters of sentences under which there is no text of terms, but an error or a redirection


@dataclass(frozen=True)
class Account:
    """What became of one recorded version: its events, or the `reason` why it has none."""

    at: datetime
    reason: str
    changes: tuple[Change, ...] = ()


def terms_changes(
    versions: Iterable[tuple[datetime, str]],
    *,
    settle: timedelta = SETTLE,
    technical: Iterable[bool] = (),
    language: str | None = None,
    classify: Classify = default_classify,
) -> list[Change]:
    """The changes in meaning over the versions (date, text) of one document, in order of time.

    `technical` marks, version by version, those that changed only because our extractor did. A change at the end that
    had no time to settle is told; a later version within `settle` that takes it back makes it vanish.
    """
    account = terms_account(versions, settle=settle, technical=technical, language=language, classify=classify)
    return [change for each in account for change in each.changes]


def terms_account(
    versions: Iterable[tuple[datetime, str]],
    *,
    settle: timedelta = SETTLE,
    technical: Iterable[bool] = (),
    language: str | None = None,
    classify: Classify = default_classify,
) -> list[Account]:
    """The same, with an account of every version, and for those that are no event the reason."""
    told = list(versions)
    flags = dict(enumerate(technical))
    ordered = sorted(range(len(told)), key=lambda i: told[i][0])
    dates, ours = [told[i][0] for i in ordered], {n for n, i in enumerate(ordered) if flags.get(i)}
    reader = Reader()
    forms = [reader.read(told[i][1]) for i in ordered]
    return _History(dates, forms, ours, settle, Teller(reader, language, classify)).account()


class _History:
    """The versions of one document, in order of time."""

    def __init__(
        self, dates: list[datetime], forms: list[Form], ours: set[int], settle: timedelta, tell: Teller
    ) -> None:
        self._forms, self._dates, self._ours, self._tell = forms, dates, ours, tell
        sizes = [form.size for form in forms]
        if not any(sizes):  # texts of a few words each
            sizes = [len(form.letters) for form in forms]
        there = [size > min(_EMPTY, max(sizes) / 5) for size in sizes]
        presence = lasting(dates, [{_THERE: True} if each else {} for each in there], settle, ours)
        self._gone = _gone(presence, there, ours)
        self._failed = _failed(forms)
        self._held = [n for n, each in enumerate(there) if each and n not in self._failed and not self._gone[n]]
        held = dict.fromkeys(self._held)
        texts = [{**form.sentences, **tell.stands(form)} if n in held else None for n, form in enumerate(forms)]
        self._foreign = tell.foreign({n: forms[n] for n in self._held})
        self._presence, self._moved = presence, lasting(dates, texts, settle, ours | self._foreign)

    def account(self) -> list[Account]:
        """One account a version."""
        before = dict(zip(self._held[1:], self._held, strict=False))
        return [self._account(n, before.get(n)) for n in range(len(self._forms))]

    def _account(self, n: int, before: int | None) -> Account:
        at = self._dates[n]
        if n == 0 or n in self._ours:
            return Account(at, "first version" if n == 0 else "technical upgrade")
        found = [self._came_or_went(n)] if n in self._presence else []
        if before is not None and (moved := self._moved.get(n)):
            found += self._tell.changes(at, self._forms[before], self._forms[n], moved)
        if not found and n in self._failed:
            return Account(at, "a part could not be loaded")
        if not found and n in self._foreign:
            return Account(at, "another language")
        return Account(at, "" if found else why(self._forms[n - 1], self._forms[n]), tuple(found))

    def _came_or_went(self, n: int) -> Change:
        kind = "terms-vanished" if self._gone[n] else "terms-appeared"
        sides = [form.text for form in (self._forms[n - 1], self._forms[n])]
        return Change(
            self._dates[n], kind, before=excerpt(" ".join(sides[0].split())), after=excerpt(" ".join(sides[1].split()))
        )


def _failed(forms: Sequence[Form]) -> set[int]:
    """The versions of which a part is an error message in the place of sentences: that part said nothing."""
    broken = {n for n, form in enumerate(forms) if form.failed}
    most = max((form.size for n, form in enumerate(forms) if n not in broken), default=0)
    return {n for n in broken if forms[n].size < _WHOLE * most}


def _gone(presence: Mapping[int, Moved], there: Sequence[bool], ours: set[int]) -> list[bool]:
    """Of each version whether the document counts as gone, once what was taken back is left out."""
    found: list[bool] = []
    gone = not there[0] if there else True
    for n, each in enumerate(there):
        if n in presence:
            gone = not presence[n].came
        elif n in ours:
            gone = not each
        found.append(gone)
    return found
