"""Finds personal data and secrets of known structure in texts and tables; pure Python over Arrow, no network.

from audits.pii import find, scan
find("write to jane@example.org")     # [Finding(type='email', start=9, end=25, tier='validated', score=0.99)]
scan(table, columns=["text"]).counts  # findings and rows by column, type and tier
"""

from audits.pii.kinds import TYPES, Category, Finding, PiiType, Tier
from audits.pii.scanning import SCHEMA, Count, Scanner, ScanResult, counts_of, find, scan, text_bytes
from audits.pii.seals import HmacSeal

__all__ = [
    "SCHEMA",
    "TYPES",
    "Category",
    "Count",
    "Finding",
    "HmacSeal",
    "PiiType",
    "ScanResult",
    "Scanner",
    "Tier",
    "counts_of",
    "find",
    "scan",
    "text_bytes",
]
