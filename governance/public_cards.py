"""A corpus's card for everybody: what of it may be told to whom, and each value with where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from datacards import cards
from datacards.cards import is_filled
from datacards.exchange.described import Described, DescribedColumn, DescribedFile, DescribedParent
from datacards.hub import place_of
from datacards.models import CardOriginal, CardVersion, Corpus, Derivation, LicenceClaim, Revision
from datacards.models.corpus import Audience, Reader
from governance.links import absolute
from governance.models import Decision, Standing
from governance.words import percent

SOURCES = {
    "person": "told by people here",
    "card": "from the data's own card",
    "import": "imported",
    "computed": "measured",
}


@dataclass(frozen=True)
class Told:
    """One answer of the card: where it comes from in words, and since when."""

    title: str
    value: Any
    source: str
    evidence: str
    at: datetime | None

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of an answer that is a table."""
        return [row for row in self.value if isinstance(row, dict)] if isinstance(self.value, list) else []

    @property
    def items(self) -> list[str]:
        """The items of an answer that is a list."""
        return [item for item in self.value if isinstance(item, str)] if isinstance(self.value, list) else []


def newest_card(corpus: Corpus) -> CardVersion | None:
    """The newest version of its card."""
    return CardVersion.objects.filter(corpus=corpus).order_by("-number").first()


def described(corpus: Corpus, reader: Reader, card: CardVersion | None, claim: LicenceClaim | None) -> Described:
    """The corpus's newest revision for exporters, with nothing that this reader may not know of."""
    revision = corpus.revision
    values = card.values if card else {}
    return Described(
        name=corpus.name, title=corpus.title, summary=corpus.summary, url=absolute("public-card", corpus.pk),
        version=str(revision.number), licence=claim.expression if claim else "",
        licence_url=str(values.get("licence.link", {}).get("value") or ""), made_at=revision.made_at,
        modified_at=corpus.updated_at, tokens=revision.tokens, documents=revision.documents, values=values,
        files=[*_files(corpus, revision)], columns=[*_columns(revision)], parents=[*_parents(revision, reader)],
    )  # fmt: skip


def _files(corpus: Corpus, revision: Revision) -> Iterator[DescribedFile]:
    """Files with an address only where anybody can fetch them: on the Hub, at the commit that was read."""
    place = place_of(corpus.location) if revision.commit else None
    base = f"https://huggingface.co/datasets/{place.repository}/resolve/{revision.commit}/" if place else ""
    folder = f"{place.folder}/" if place and place.folder else ""
    for file in revision.files.all():
        url = base + quote(folder + file.name) if base else ""
        yield DescribedFile(file.name, file.size, file.digest, file.format, file.rows, url)


def _columns(revision: Revision) -> Iterator[DescribedColumn]:
    for column in revision.columns:
        yield DescribedColumn(column["name"], column["type"])


def _parents(revision: Revision, reader: Reader) -> Iterator[DescribedParent]:
    readable = Corpus.objects.readable_by(reader)
    edges = Derivation.objects.filter(child=revision, parent__corpus__in=readable).select_related("parent__corpus")
    licences = dict(Standing.objects.filter(corpus__in=[e.parent.corpus for e in edges]).values_list("pk", "licence"))
    for edge in edges:
        parent = edge.parent.corpus
        url = absolute("public-card", parent.pk) if parent.audience == Audience.PUBLIC else ""
        yield DescribedParent(parent.title or parent.name, edge.relation, url, licences.get(parent.pk, ""))


def original_of(corpus: Corpus, format_: str) -> bytes | None:
    """The newest file of that format that was imported for the corpus."""
    kept = CardOriginal.objects.filter(corpus=corpus, format=format_).order_by("-imported_at", "-id").first()
    return kept.body.encode() if kept else None


def sections(values: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[Told]]]:
    """The sections of the card that say anything."""
    told = ((section.title, [*_told(section, values)]) for section in cards.sections())
    return [(title, answers) for title, answers in told if answers]


def _told(section: cards.Section, values: Mapping[str, Mapping[str, Any]]) -> Iterator[Told]:
    for field in section.fields:
        entry = values.get(field.path, {})
        if is_filled(entry.get("value")):
            source = str(entry.get("source", ""))
            evidence = str(entry.get("evidence") or "") if source in ("card", "import") else ""
            yield Told(field.title, entry["value"], SOURCES.get(source, source), evidence, _moment(entry.get("at")))


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def consent(standing: Standing | None, decision: Decision | None) -> str:
    """What the sites said that the data came from, in a sentence or two."""
    if standing is None or standing.checked_share is None:
        return "Nobody has asked the sites yet that it came from."
    refused = percent(standing.refused_share) if standing.refused_share is not None else "An unknown share"
    oldest = _moment(decision.facts.get("consent.oldest_check", {}).get("value")) if decision else None
    since = f" The oldest answer in use is of {oldest:%-d %b %Y}." if oldest else ""
    return (
        f"{refused} of its tokens come from sites that refuse AI training; "
        f"the sites of {percent(standing.checked_share)} of the tokens were asked.{since}"
    )
