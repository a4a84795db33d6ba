"""Datasets on record for the world of tests: one that is what the Hub says, one that is not, and a parent to find."""

from typing import Any

from datacards import standing
from datacards.models import Dataset, LicenceClaim, ParentMention, SourceMention, User
from datacards.parentage import resolve_exactly
from tests import factories


def dataset(title: str, *parents: str, sources: tuple[str, ...] = (), **more: Any) -> Dataset:
    """A dataset on record that names these parents and hosts."""
    values = {"register": "Acme", "identifier": title, "title": title, "record": {}, "digest": "0"} | more
    made = Dataset.objects.create(**values)
    ParentMention.objects.bulk_create(ParentMention(dataset=made, text=text) for text in parents)
    for text in sources:
        SourceMention.objects.create(dataset=made, text=text, domain=factories.domain(text) if "." in text else None)
    return made


def claims(of: Dataset, by: User | None = None, **expressions: str) -> None:
    """Claims by source."""
    for source, expression in expressions.items():
        LicenceClaim.objects.create(
            dataset=of, source=source, expression=expression, reviewer="Vera", quote=f"It is under {expression}.",
            url="https://example.org/licence", claimed_by=by if source == "person" else None,
        )  # fmt: skip


def put_on_record() -> Dataset:
    """Three datasets; the one returned names sites, has a parent, an open one, and claims that disagree."""
    parent = dataset("Harbour quotes", hub_id="harbour/quotes", modality="text")
    made = dataset(
        "Harbour dialogues", "Harbour quotes", "The harbour's quotes",
        sources=("wiki.example", "news.example", "people"), collection="Harbour", modality="text", links={"repository": "https://github.com/harbour/dialogues"},
        generators=["A model"], languages=["English"],
    )  # fmt: skip
    dataset("Harbour speech", "Harbour dialogues", modality="speech")
    claims(parent, register="CC-BY-SA-4.0", hub="CC-BY-SA-4.0")
    claims(made, register="CC-BY-NC-4.0", hub="MIT", repository="MIT")
    resolve_exactly()
    standing.restate()
    return made
