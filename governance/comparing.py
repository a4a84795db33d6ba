"""Two texts side by side, line by line."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 3  # equal lines kept at each end of an equal stretch
SHOWN = 600  # lines of a comparison
LONGEST = 2000  # characters of a line

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Pair:
    """A line before and after; None where there was none."""

    before: str | None
    after: str | None
    same: bool


def side_by_side(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Both texts; equal stretches in the middle are shortened, and so are endless lines."""
    a, b = ([_cut(line) for line in lines] for lines in (before, after))
    pairs: list[Pair] = []
    for tag, a0, a1, b0, b1 in _steps(a, b):
        if tag == "equal":
            pairs += [Pair(a[a0 + i], b[b0 + i], True) for i in _kept(a1 - a0)]
            continue
        for i in range(max(a1 - a0, b1 - b0)):
            pairs.append(Pair(a[a0 + i] if a0 + i < a1 else None, b[b0 + i] if b0 + i < b1 else None, False))
    return pairs[:SHOWN]


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _kept(length: int) -> Sequence[int]:
    return range(length) if length <= 2 * AROUND else [*range(AROUND), *range(length - AROUND, length)]


def _steps(a: Sequence[str], b: Sequence[str]) -> list[Opcode]:
    """difflib's opcodes. Its time may grow with the cube of what differs, and a site chooses its lines: so beyond
    `SHOWN` lines between the first and the last difference all of that counts as replaced."""
    head = next((i for i, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b)))
    rest = list(zip(reversed(a[head:]), reversed(b[head:]), strict=False))
    tail = next((i for i, pair in enumerate(rest) if pair[0] != pair[1]), len(rest))
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if max(len(inner_a), len(inner_b)) > SHOWN:
        inner: list[Opcode] = [("replace", 0, len(inner_a), 0, len(inner_b))]
    else:
        inner = list(difflib.SequenceMatcher(None, inner_a, inner_b).get_opcodes())
    moved = [(tag, a0 + head, a1 + head, b0 + head, b1 + head) for tag, a0, a1, b0, b1 in inner]
    return [("equal", 0, head, 0, head), *moved, ("equal", len(a) - tail, len(a), len(b) - tail, len(b))]
