"""The Data Card as data: its fields, what fits them, who asks for which, and how good a card is. Pure."""

from datacards.cards.filled import BOILERPLATE, is_filled
from datacards.cards.profiles import Ask, Profile, default_profile, profile_at, profiles
from datacards.cards.scores import Completeness, completeness
from datacards.cards.table import SCOPES, Field, Section, field_at, fields, sections
from datacards.cards.values import MAX_TEXT, Value, clean, empty_of, shown

__all__ = [
    "BOILERPLATE",
    "MAX_TEXT",
    "SCOPES",
    "Ask",
    "Completeness",
    "Field",
    "Profile",
    "Section",
    "Value",
    "clean",
    "completeness",
    "default_profile",
    "empty_of",
    "field_at",
    "fields",
    "is_filled",
    "profile_at",
    "profiles",
    "sections",
    "shown",
]
