"""The crawler's records."""

from crawler.models.evidence import (
    ROBOTS,
    Agent,
    ChangeStanding,
    ConsentChange,
    Content,
    Direction,
    LevelVector,
    Roll,
    SignalSet,
    Snapshot,
    Spell,
)
from crawler.models.terms import Mention, TermsPage, TermsReview, TermsStance, TermsVersion
from crawler.models.turns import SiteTurn
from crawler.models.watching import DomainGroup, HostHealth, Schedule

__all__ = [
    "ROBOTS",
    "Agent",
    "ChangeStanding",
    "ConsentChange",
    "Content",
    "Direction",
    "DomainGroup",
    "HostHealth",
    "LevelVector",
    "Mention",
    "Roll",
    "Schedule",
    "SignalSet",
    "SiteTurn",
    "Snapshot",
    "Spell",
    "TermsPage",
    "TermsReview",
    "TermsStance",
    "TermsVersion",
]
