"""What may be written to a terminal: titles, columns and log lines come from elsewhere and may hold its commands.

A terminal obeys control characters: they move the cursor, retitle the window, or fill the clipboard (ECMA-48, OSC 52).
"""

import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # C0 but tab and line feed, DEL, C1


def harmless(text: str) -> str:
    """The text with a replacement character for each control character."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


class SafeConsole(Console):
    """A console that obeys rich, and no text that is shown."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As rich's, with harmless texts."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=harmless(segment.text))
