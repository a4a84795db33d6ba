"""The Data Card as data: its fields, what fits them, who asks for which, and how good a card is. Pure."""

from datacards.cards.diff import Change, Marked, diff
from datacards.cards.fair import Fair, FairTest, fair
from datacards.cards.filled import BOILERPLATE, is_filled
from datacards.cards.profiles import Ask, Profile, default_profile, profile_at, profiles
from datacards.cards.scores import (
    Claims,
    Completeness,
    Scores,
    completeness,
    evidence,
    freshness,
    is_evidenced,
    is_fresh,
    moment_of,
    scores,
)
from datacards.cards.table import SCOPES, Field, Section, field_at, fields, knows, sections
from datacards.cards.values import MAX_TEXT, Value, clean, empty_of, shown

__all__ = [
    "BOILERPLATE",
    "MAX_TEXT",
    "SCOPES",
    "Ask",
    "Change",
    "Claims",
    "Completeness",
    "Fair",
    "FairTest",
    "Field",
    "Marked",
    "Profile",
    "Scores",
    "Section",
    "Value",
    "clean",
    "completeness",
    "default_profile",
    "diff",
    "empty_of",
    "evidence",
    "fair",
    "field_at",
    "fields",
    "freshness",
    "is_evidenced",
    "is_filled",
    "is_fresh",
    "knows",
    "moment_of",
    "profile_at",
    "profiles",
    "scores",
    "sections",
    "shown",
]
