"""What changed in a document of terms over its recorded versions, without what only looks like a change."""

from dataclasses import dataclass
from datetime import datetime

from crawler.drift.events import EVERYONE, NEUTRAL


@dataclass(frozen=True)
class Change:
    """One event of a document: when it was first seen, its kind of `KINDS`, its direction, and both sides' words."""

    at: datetime
    kind: str
    direction: str = NEUTRAL
    before: str = ""
    after: str = ""
    axis: str = ""
    agent: str = EVERYONE
