"""A small family of corpora and datasets on record, some of it hidden, for the tests of lineages."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from datacards.models import Corpus, Dataset, Derivation, LicenceClaim, ParentMention, User
from governance.models import Standing
from tests.factories import World, corpus, licence


@dataclass
class Family:
    """Two records and what was made of them.

    bulk (CC-BY-SA-4.0) ← questions (CC-BY-NC-4.0, generated) ← held (tied, MIT) ← mixture ← tuned (trained)
    """

    bulk: Dataset
    questions: Dataset
    held: Corpus
    mixture: Corpus
    tuned: Corpus


def record(title: str, *licences: str, source: str = "register", **more: Any) -> Dataset:
    """A dataset on record, with what its register's reviewer found of licences."""
    more = {"register": "Atlas", "identifier": title, "record": {}, "digest": "0" * 64, "hub_id": ""} | more
    made, now = Dataset.objects.create(title=title, **more), timezone.now()
    for expression in licences:
        LicenceClaim.objects.create(dataset=made, expression=expression, source=source, claimed_at=now)
    return made


def mention(child: Dataset, parent: Dataset | Corpus, relation: str = "mixed") -> ParentMention:
    """A parent that a record names, resolved."""
    to = {"parent": parent} if isinstance(parent, Dataset) else {"parent_corpus": parent}
    return ParentMention.objects.create(dataset=child, text=str(parent), relation=relation, state="resolved", **to)


def derive(child: Corpus, parent: Corpus, relation: str = "mixed", note: str = "") -> Derivation:
    """The newest revision of one was made from the newest of the other."""
    return Derivation.objects.create(child=child.revision, parent=parent.revision, relation=relation, note=note)


def known(of: Corpus, outcome: str = "approved", refused: float | None = 0.0) -> Standing:
    """Where it stands."""
    return Standing.objects.update_or_create(corpus=of, defaults={"outcome": outcome, "refused_share": refused})[0]


def family(owner: User) -> Family:
    """The family of the class's picture."""
    bulk, questions = record("Bulk of the web", "CC-BY-SA-4.0"), record("Questions and answers", "CC-BY-NC-4.0")
    mention(questions, bulk, "generated")
    held = corpus(owner, "kin/questions", {"ask.example": 5000}, dataset=questions)
    mixture, tuned = corpus(owner, "kin/mixture", {"ask.example": 9000}), corpus(owner, "kin/tuned")
    derive(mixture, held, "mixed", "every second one")
    derive(tuned, mixture, "trained")
    licence(held, "MIT", owner)
    licence(mixture, "Apache-2.0", owner)
    for each, refused in ((held, 0.31), (mixture, 0.12), (tuned, None)):
        known(each, "blocked" if refused else "undecided", refused)
    return Family(bulk, questions, held, mixture, tuned)


def beyond(world: World, of: Corpus) -> Corpus:
    """Something that only the world's admin may read: `of` was made from it, and it from the encyclopedia."""
    derive(of, world.hidden)
    derive(world.hidden, world.approved)
    licence(world.hidden, "CC-BY-NC-ND-4.0", world.other)
    known(world.hidden, "blocked", 0.97)
    return world.hidden
