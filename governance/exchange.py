"""What an export would change in the file that was imported, and what a whole registry says: for pages and commands."""

import difflib
from collections.abc import Iterator, Mapping

from django.utils import timezone

from datacards import cards
from datacards.errors import BadInput, Expected
from datacards.exchange import table
from datacards.exchange.described import Described
from datacards.exchange.formats import FORMATS, format_at
from datacards.models import Corpus
from datacards.models.corpus import Reader
from governance import card_acts
from governance.describe import described, exported, original_of

SCORES = ("completeness", "evidence", "freshness", "fair")


def diff(corpus: Corpus, reader: Reader, name: str, against: bytes | None = None) -> str:
    """What writing the card would change in the file that was imported, or in the one given: a unified diff."""
    format_ = format_at(name)
    if not format_.is_text:
        raise BadInput(f"format: {format_.title} has no lines that one could compare; choose another.")
    kept = original_of(corpus, name)
    before = against.decode() if against is not None else kept.body if kept else ""
    if against is None:
        after = exported(corpus, reader, name).decode()
    else:
        after = format_.write(described(corpus, reader), against).decode()
    return unified(before, after, kept.name if kept else format_.file, format_.file)


def unified(before: str, after: str, name: str, new_name: str) -> str:
    """A unified diff whose lines keep their ends, as `patch` takes it."""
    one, two = before.split("\n"), after.split("\n")
    lines = difflib.unified_diff(_ended(one), _ended(two), f"a/{name}", f"b/{new_name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _ended(parts: list[str]) -> list[str]:
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def problems(corpus: Corpus, reader: Reader, told: Described) -> dict[str, list[str]]:
    """Format → what its own checks, which ask nobody, find wrong with the export as it is now; by title."""
    found: dict[str, list[str]] = {}
    for format_ in FORMATS.values():
        if format_.checks:
            try:
                found[format_.title] = format_.checks(exported(corpus, reader, format_.name, told))
            except Expected as error:
                found[format_.title] = [str(error)]
    return found


def registry(reader: Reader) -> Iterator[str]:
    """All corpora that this reader may know of, as CSV."""
    corpora = Corpus.objects.readable_by(reader).select_related("owner", "latest").order_by("name")
    rows = ((described(corpus, reader), scored(corpus)) for corpus in corpora.iterator(chunk_size=200))
    return table.lines(rows, SCORES)


def scored(corpus: Corpus) -> Mapping[str, float | None]:
    """The card's four scores by the default profile, from 0 to 1; None where there is nothing to score."""
    newest = card_acts.newest_card(corpus)
    found = cards.scores(newest.values if newest else {}, now=timezone.now())
    return {name: getattr(found, name).share for name in SCORES}
