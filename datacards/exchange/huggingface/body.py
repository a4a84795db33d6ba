"""The text of a card below its YAML: sections by their headings, found and changed where they are.

Lines that belong to no row of the table stay, byte for byte. Code between fences has no headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacards.exchange.huggingface.table import around, plain

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
BULLET = re.compile(r"[ \t]*[-*][ \t]+\*\*(?P<word>[^*\n]{1,80})\*\*(?P<colon>[ \t]*:)?[ \t]*(?P<value>.*)$")
MARKED = re.compile(r"( {0,3})(\\*)(#|`{3}|~{3}|<!--|[-*][ \t]+\*\*)")
TITLE = 1


@dataclass(frozen=True)
class Section:
    """A heading and its own lines, up to the next heading of any depth; all as numbers of lines."""

    heading: str
    name: str  # as it is compared
    level: int
    at: int  # the heading's line; -1 for what comes before the first
    start: int
    stop: int


def lines_of(body: str) -> list[str]:
    """Its lines with their ends; only the line feed ends one."""
    return [line for line in re.split(r"(?<=\n)", body) if line]


def sections(lines: Sequence[str]) -> list[Section]:
    """All sections in order; the first is what comes before any heading."""
    heads = list(_headings(lines))
    marks = [(-1, 0, ""), *heads]
    stops = [*(at for at, _, _ in heads), len(lines)]
    return [
        Section(text, plain(text), level, at, at + 1, stop)
        for (at, level, text), stop in zip(marks, stops, strict=True)
    ]


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    for at, line in outside(lines):
        found = HEADING.match(line.rstrip("\r\n"))
        if found:
            yield at, len(found[1]), found[2]


def outside(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not between fences, with their numbers; a fence that nobody closes opens nothing."""
    fence, shut = "", _last_fences(lines)
    for at, line in enumerate(lines):
        found = FENCE.match(line)
        if fence:
            if found and _closes(found[1], fence, line):
                fence = ""
        elif found and shut.get(found[1][0], -1) > at:
            fence = found[1]
        else:
            yield at, line


def _last_fences(lines: Sequence[str]) -> dict[str, int]:
    """Where the last line stands that could close a fence of each kind."""
    found = ((at, FENCE.match(line), line) for at, line in enumerate(lines))
    return {match[1][0]: at for at, match, line in found if match and line.strip() == match[1]}


def _closes(found: str, fence: str, line: str) -> bool:
    return found[0] == fence[0] and len(found) >= len(fence) and line.strip() == found


# --- reading a section ---------------------------------------------------------------------------------------


def prose(lines: Sequence[str], section: Section, bullets: frozenset[str]) -> tuple[int, int]:
    """Where the section's own text is, without hints in comments before it and bullets of the table behind it."""
    start, stop = section.start, section.stop
    start = _after_hints(lines, start, stop)
    for at in range(start, stop):
        found = BULLET.match(lines[at].rstrip("\r\n"))
        if found and plain(found["word"]) in bullets:
            stop = at
            break
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    return start, stop


def _after_hints(lines: Sequence[str], start: int, stop: int) -> int:
    """Behind blank lines and whole comments."""
    at, inside = start, False
    for number in range(start, stop):
        line = lines[number].strip()
        if inside or line.startswith("<!--"):
            inside = "-->" not in line
        elif line:
            return number if not inside else at
        at = number + 1
    return start if inside else at


def marked(text: str) -> str:
    """A value's text so that none of its lines is taken for a heading, a fence left open, a comment or a bullet."""
    lines = text.split("\n")
    free = {at for at, _ in outside([f"{line}\n" for line in lines])}
    return "\n".join(_with_mark(line) if at in free else line for at, line in enumerate(lines))


def unmarked(text: str) -> str:
    """The text that was marked."""
    lines = text.replace("\r\n", "\n").split("\n")
    free = {at for at, _ in outside([f"{line}\n" for line in lines])}
    return "\n".join(_bare(line) if at in free else line for at, line in enumerate(lines))


def _with_mark(line: str) -> str:
    found = MARKED.match(line)
    return f"{found[1]}\\{line[found.start(2) :]}" if found else line


def _bare(line: str) -> str:
    found = MARKED.match(line)
    return f"{found[1]}{found[2][1:]}{line[found.start(3) :]}" if found and found[2] else line


# --- changing sections ---------------------------------------------------------------------------------------


def with_section(lines: list[str], heading: str, newline: str) -> tuple[list[str], Section]:
    """The lines with a section of that heading: made, with those around it, where there is none."""
    found = section_at(lines, plain(heading))
    if found:
        return lines, found
    level, under = around(heading)
    at = len(lines)
    if under:
        lines, parent = with_section(lines, under, newline)
        at, level = _after(lines, parent), parent.level + 1
    return placed(lines, at, f"{'#' * level} {heading}", newline)


def section_at(lines: Sequence[str], name: str) -> Section | None:
    """The first section of that name."""
    return next((section for section in sections(lines) if section.at >= 0 and section.name == name), None)


def placed(lines: list[str], at: int, heading: str, newline: str) -> tuple[list[str], Section]:
    """The lines with a new, empty section before line `at`."""
    before, after = ended(lines[:at], newline), lines[at:]
    gap = [newline] if before and before[-1].strip() else []
    made = [*before, *gap, heading + newline, *([newline] if after else []), *after]
    where = len(before) + len(gap)
    return made, next(section for section in sections(made) if section.at == where)


def _after(lines: Sequence[str], parent: Section) -> int:
    """The line behind a section and all that are deeper."""
    later = (section.at for section in sections(lines) if section.at > parent.at and section.level <= parent.level)
    return next(later, len(lines))


def ended(lines: Sequence[str], newline: str) -> list[str]:
    """The lines, the last of them ended."""
    made = list(lines)
    if made and not made[-1].endswith("\n"):
        made[-1] += newline
    return made
