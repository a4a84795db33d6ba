"""Which languages the texts are in, told of a sample of them by a library.

Each text of a column has a number that follows from its file's digest and its place in it, so that the sample is the
same in every run. Those with the `SAMPLED` smallest numbers are looked at: an even sample of all texts that are not
empty, without replacement, and the samples of portions merge to that of the whole. Of each text the first `LOOKED_AT`
characters count. What the library is less than half sure of, and what holds no words, is “und” (RFC 5646 section 4.1).
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits.bounds import wilson
from audits.content.packing import packed, unpacked

SAMPLED = 1000
LOOKED_AT = 400  # characters
SURE = 0.5
UNKNOWN = "und"
WORDLESS = "zxx"  # ISO 639-2: no linguistic content
Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Share:
    """A language's share of the texts (0..1), with its 95 % interval (Wilson)."""

    code: str
    texts: int  # in the sample
    share: float
    low: float
    high: float


@dataclass
class Sample:
    """The texts with the smallest numbers so far, each with its language or, until it is asked for, its beginning."""

    seed: int = 0
    passed: int = 0  # texts that were not empty
    numbers: Numbers = field(default_factory=lambda: np.zeros(0, np.uint64))
    said: list[str] = field(default_factory=list)  # beginnings while texts are added, languages afterwards

    @classmethod
    def of(cls, digest: str, start: int, column: str) -> Self:
        """An empty sample of a column in a portion: the file's digest, and where in it the portion begins."""
        name = hashlib.sha256(f"{digest}\0{start}\0{column}".encode()).digest()
        return cls(int.from_bytes(name[:8], "little"))

    def add(self, texts: pa.Array) -> None:
        """Let more texts, none of them empty, take part."""
        numbers = scattered(self.seed, self.passed, len(texts))
        self.passed += len(texts)
        limit = self.numbers.max() if len(self.numbers) >= SAMPLED else np.uint64(2**64 - 1)
        places = np.flatnonzero(numbers <= limit)
        places = places[np.argsort(numbers[places])[:SAMPLED]]
        beginnings = pc.utf8_slice_codeunits(texts.take(pa.array(places)), 0, LOOKED_AT).to_pylist()
        self._take(numbers[places], beginnings)

    def identified(self) -> "Sample":
        """The same sample, its texts replaced by their languages."""
        return Sample(self.seed, self.passed, self.numbers, [language_of(text) for text in self.said])

    def merge(self, other: "Sample") -> None:
        """Take in another portion's; both know their languages."""
        self.passed += other.passed
        self._take(other.numbers, other.said)

    def _take(self, numbers: Numbers, said: list[str]) -> None:
        every, both = np.concatenate([self.numbers, numbers]), self.said + said
        order = np.argsort(every, kind="stable")[:SAMPLED]
        self.numbers, self.said = every[order], [both[place] for place in order]

    def shares(self) -> list[Share]:
        """The languages, the most frequent first."""
        size, exact = len(self.said), len(self.said) == self.passed
        ordered = sorted(Counter(self.said).items(), key=lambda item: (-item[1], item[0]))
        return [_share(code, found, size, exact) for code, found in ordered]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        places = {code: place for place, code in enumerate(sorted(set(self.said)))}
        said = np.array([places[code] for code in self.said], "<u2")
        return {"passed": self.passed, "numbers": packed(self.numbers), "codes": list(places), "said": packed(said)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `as_dict` made, after it went through JSON."""
        said = [values["codes"][place] for place in unpacked(values["said"], "<u2")]
        return cls(0, values["passed"], unpacked(values["numbers"], "<u8").astype(np.uint64), said)


def _share(code: str, found: int, size: int, exact: bool) -> Share:
    share = found / size
    low, high = (share, share) if exact else wilson(found, size)
    return Share(code, found, share, low, high)


def language_of(text: str) -> str:
    """The ISO 639 code of a text's language, or “und”."""
    if text.isascii() and not any(sign.isspace() for sign in text.strip()):
        return UNKNOWN  # one word, an address or an id
    code, confidence = _library().classify(text)
    return UNKNOWN if confidence < SURE or code == WORDLESS else str(code)


@cache
def _library() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # takes a second, which not every process spends

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def scattered(seed: int, first: int, count: int) -> Numbers:
    """Even numbers of 64 bits for places that follow one another: the mixing steps of SplitMix64."""
    with np.errstate(over="ignore"):
        mixed = np.arange(first + 1, first + count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed += np.uint64(seed)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
