"""The catalogue's records."""

from datacards.models.corpus import (
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
from datacards.models.people import Role, User
from datacards.models.work import Run, RunLine, RunState, Unit, UnitState

__all__ = [
    "CardVersion",
    "Corpus",
    "DataFile",
    "Derivation",
    "Domain",
    "DomainShare",
    "Grant",
    "LicenceClaim",
    "Revision",
    "Role",
    "Run",
    "RunLine",
    "RunState",
    "Unit",
    "UnitState",
    "User",
]
