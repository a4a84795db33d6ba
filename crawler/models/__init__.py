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

__all__ = [
    "ROBOTS",
    "Agent",
    "ChangeStanding",
    "ConsentChange",
    "Content",
    "Direction",
    "LevelVector",
    "Mention",
    "Roll",
    "SignalSet",
    "Snapshot",
    "Spell",
    "TermsPage",
    "TermsReview",
    "TermsStance",
    "TermsVersion",
]
