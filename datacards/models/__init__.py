"""The catalogue's records."""

from datacards.models.corpus import (
    CardNote,
    CardOriginal,
    CardVersion,
    Corpus,
    DataFile,
    Derivation,
    Domain,
    DomainShare,
    Grant,
    LicenceClaim,
    Revision,
)
from datacards.models.datasets import Dataset, LicenceOverride, MentionState, ParentMention, SourceMention
from datacards.models.people import Role, User
from datacards.models.searching import CorpusText
from datacards.models.work import Run, RunLine, RunState, Unit, UnitState

__all__ = [
    "CardNote",
    "CardOriginal",
    "CardVersion",
    "Corpus",
    "CorpusText",
    "DataFile",
    "Dataset",
    "Derivation",
    "Domain",
    "DomainShare",
    "Grant",
    "LicenceClaim",
    "LicenceOverride",
    "MentionState",
    "ParentMention",
    "Revision",
    "Role",
    "Run",
    "RunLine",
    "RunState",
    "SourceMention",
    "Unit",
    "UnitState",
    "User",
]
