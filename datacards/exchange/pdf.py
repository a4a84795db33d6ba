"""A described revision as PDF: selectable text, with title and language; fonts from the system where there are any.

The first font that is found of FONTS is used, and the others of FALLBACKS for what it lacks. Without any the PDF's own
Helvetica is used, which has Latin letters only. A sign that no font has is written as [U+XXXX], and the last line says
how many there were: nothing is left out in silence.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from datacards import cards
from datacards.exchange.described import Described

FOLDERS = (Path("/usr/share/fonts/truetype"), Path("/usr/share/fonts/opentype"), Path("/Library/Fonts"))
FONTS = ("dejavu/DejaVuSans.ttf", "noto/NotoSans-Regular.ttf", "liberation/LiberationSans-Regular.ttf")
FALLBACKS = (
    "noto/NotoSansArabic-Regular.ttf", "noto/NotoSansHebrew-Regular.ttf", "noto/NotoSansDevanagari-Regular.ttf",
    "noto/NotoSansThai-Regular.ttf", "droid/DroidSansFallbackFull.ttf",
)  # fmt: skip
TITLE, HEAD, TEXT, SMALL = 18, 13, 10, 8
GREY, BLACK = 90, 0


def write(described: Described) -> bytes:
    """The document; text that reads from the right is written in the order of its letters."""
    page = _Page(described)
    for section in cards.sections():
        told = [(field, described.values.get(field.path, {})) for field in section.fields]
        said = [(field, entry) for field, entry in told if cards.is_filled(entry.get("value"))]
        if said:
            page.heading(section.title)
        for field, entry in said:
            page.answer(field, entry)
    page.end()
    return bytes(page.pdf.output())


@cache
def font_files() -> tuple[Path, ...]:
    """The font to use and those that step in for it; none where the system has none of them."""
    found = [path for name in (*FONTS, *FALLBACKS) for path in (folder / name for folder in FOLDERS) if path.is_file()]
    return tuple(found)


class _Page:
    """A document that is being written."""

    def __init__(self, described: Described) -> None:
        self.pdf, self.described, self.replaced = FPDF(format="A4"), described, 0
        self.pdf.set_auto_page_break(True, 18)
        self._fonts()
        title = " ".join((described.text("overview.title") or described.title or described.name).split())
        self.pdf.set_title(title)
        self.pdf.set_creator("Consentry")
        self.pdf.set_lang("en")
        if described.made_at:
            self.pdf.set_creation_date(described.made_at)
        self.pdf.add_page()
        self.line(title, TITLE)
        for text in _facts(described):
            self.line(text, SMALL, GREY)

    def _fonts(self) -> None:
        files = font_files()
        for number, path in enumerate(files):
            self.pdf.add_font(f"card{number}", fname=str(path))
        if len(files) > 1:
            self.pdf.set_fallback_fonts([f"card{number}" for number in range(1, len(files))])
        self.font = "card0" if files else "helvetica"

    def heading(self, text: str) -> None:
        """A section begins."""
        self.pdf.ln(3)
        self.pdf.start_section(self.fit(text))
        self.line(text, HEAD)

    def answer(self, field: cards.Field, entry: Any) -> None:
        """A field with what it says, and how the card knows."""
        source = str(entry.get("source") or "")
        self.line(f"{field.title}{f' ({source})' if source else ''}", SMALL, GREY)
        self.line(cards.shown(entry["value"], field), TEXT)

    def end(self) -> None:
        """Say what could not be written."""
        if self.replaced:
            self.pdf.ln(3)
            self.line(f"{self.replaced} signs have no letter in the fonts of this machine; their numbers stand.", SMALL)

    def line(self, text: str, size: int, grey: int = BLACK) -> None:
        """Text of any length, over the whole width."""
        self.pdf.set_font(self.font, size=size)
        self.pdf.set_text_color(grey)
        self.pdf.multi_cell(0, size * 0.5, self.fit(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def fit(self, text: str) -> str:
        """The text with numbers in place of signs that no font has."""
        return "".join(self._sign(char) for char in text.replace("\r\n", "\n").replace("\t", "    "))

    def _sign(self, char: str) -> str:
        if char == "\n" or self._has(char):
            return char
        self.replaced += 1
        return f"[U+{ord(char):04X}]"

    def _has(self, char: str) -> bool:
        if self.font == "helvetica":
            return char.isprintable() and ord(char) < 256
        fonts = (self.pdf.fonts[f"card{number}"] for number in range(len(font_files())))
        return char.isprintable() and any(ord(char) in getattr(font, "cmap", ()) for font in fonts)


def _facts(described: Described) -> Iterator[str]:
    yield f"{described.name}, revision {described.version or '?'}"
    if described.licence:
        yield f"Licence: {described.licence} (not legal advice)"
    if described.url:
        yield described.url
