"""What the claims on each dataset come to: derived columns, restated whenever claims or overrides change."""

from collections.abc import Iterable
from uuid import UUID


def restate(datasets: Iterable[UUID] | None = None) -> None:
    """Restate these datasets, or all."""


class V:  # interim
    def __init__(self, name, title):
        self.name, self.title = name, title


VERDICTS = [V("commercial", "Commercial")]
