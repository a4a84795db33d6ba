"""What people do with a lineage beside its derivations: tie a corpus to the record of what it is a copy of."""

import uuid

from django.utils import timezone

from datacards.errors import BadInput, Conflict, Refused
from datacards.models import Corpus, Dataset, User
from governance.acts import manages
from governance.lineage import reached

NONE_SUCH = "dataset: no such dataset is on record; search for it by its title."


def tie(by: User, corpus: Corpus, dataset_id: uuid.UUID | str) -> Corpus:
    """Say that a corpus is a copy of a dataset on record; an earlier tie gives way to it."""
    _must_manage(by, corpus, "say what it is a copy of")
    dataset = Dataset.objects.readable_by(by).filter(pk=_id(dataset_id)).first()
    if dataset is None:
        raise BadInput(NONE_SUCH)
    if corpus.revision.pk in reached([dataset.pk], "up"):
        raise Conflict(f"{dataset.title} was itself made from {corpus.name}; a lineage cannot be a circle.")
    return _tied(corpus, dataset)


def untie(by: User, corpus: Corpus) -> Corpus:
    """Take back what a corpus is a copy of."""
    _must_manage(by, corpus, "say what it is a copy of")
    return _tied(corpus, None)


def _tied(corpus: Corpus, dataset: Dataset | None) -> Corpus:
    corpus.dataset, corpus.updated_at = dataset, timezone.now()
    corpus.save(update_fields=["dataset", "updated_at"])
    return corpus


def _id(text: uuid.UUID | str) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise BadInput(NONE_SUCH) from None


def _must_manage(by: User, corpus: Corpus, what: str) -> None:
    if not manages(by, corpus):
        raise Refused(f"Only {corpus.owner.get_username()}, who owns {corpus.name}, or an admin may {what}.")
