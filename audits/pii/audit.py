"""The scan for personal data and secrets as an audit: portions in, places and numbers out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from audits import texts
from audits.pii.kinds import TYPES, Category, Tier
from audits.pii.scanning import Scanner, ScanResult
from audits.portions import portions_of
from audits.protocol import AuditedFile, Portion, Progress, Result, Seal, Tally

SECRETS = frozenset(kind for kind, row in TYPES.items() if row.category is Category.SECRET)
PERSONAL = frozenset(TYPES) - SECRETS


class StructuredScan:
    """A full scan for values of known structure: no row is left out, so its counts are exact for its detectors."""

    name = "pii.structured"
    title = "Personal data and secrets"
    question = "Which rows hold personal data or secrets of a known structure?"

    @cached_property
    def digest(self) -> str:
        """Over the source of detectors and readers, and the versions of the tables that they rely on."""
        sources = [Path(texts.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
        parts = [f"{path.name}\0".encode() + path.read_bytes() for path in sources]
        parts += [f"{name}=={version(name)}".encode() for name in ("phonenumbers", "tldextract", "pyarrow")]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def portions(self, files: Sequence[AuditedFile], columns: Sequence[str] = ()) -> Iterator[Portion]:
        """As every audit cuts files that hold text."""
        return portions_of(files, columns)

    def scan(self, portion: Portion, seal: Seal | None, progress: Progress) -> Result:
        """All findings of the portion; `row` counts from the portion's first row."""
        scanner = Scanner(portion.columns, seal=seal)
        for batch in texts.batches(portion.source, portion.part, portion.columns):
            scanner.add(batch)
            progress(scanner.rows)
        return Result(scanner.result.findings, tally_of(scanner.result))

    def combine(self, tallies: Iterable[Tally]) -> Tally:
        """Sums: portions share no row."""
        rows = size = personal = secrets = 0
        columns: dict[str, None] = {}
        findings, hits = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
        for tally in tallies:
            rows, size = rows + tally.rows, size + tally.size
            personal, secrets = personal + tally.personal_rows, secrets + tally.secrets
            columns.update(dict.fromkeys(tally.columns))
            for column, kind, tier, count, with_any in tally.counts:
                findings[column, kind, tier] += count
                hits[column, kind, tier] += with_any
        counts = tuple((*key, findings[key], hits[key]) for key in sorted(findings))
        return Tally(rows, size, personal, secrets, tuple(columns), counts)

    def recorded(self, tally: Tally) -> dict[str, Any]:
        """Nothing: its counts are rows of their own."""
        return {}


def tally_of(result: ScanResult) -> Tally:
    """A scan's result as numbers."""
    counts = tuple((c.column, c.type, c.tier.value, c.findings, c.rows) for c in result.counts)
    secrets = sum(findings for _, kind, _, findings, _ in counts if kind in SECRETS)
    personal = result.rows_with(PERSONAL, (Tier.VALIDATED,))
    return Tally(result.rows, result.bytes, personal, secrets, result.columns, counts)
