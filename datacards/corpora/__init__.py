"""Corpora as files: listing them, finding their columns, reading them in Arrow batches, counting their domains.

Pure: knows neither Django nor the catalogue. Bad input raises `datacards.errors.BadInput`, one sentence each.
"""

from datacards.corpora.arrays import Part
from datacards.corpora.columns import Columns, choose, shown
from datacards.corpora.counting import SHARES, Counted, count_file, merged
from datacards.corpora.domains import NO_DOMAIN, hosts_of
from datacards.corpora.files import Ignored, Listing, SourceFile
from datacards.corpora.folders import list_path
from datacards.corpora.frontmatter import About, read_about
from datacards.corpora.reading import find_columns, parts_of, read_batches, sample_of
from datacards.corpora.remote import is_url, list_url
from datacards.corpora.streams import Limits, digest_of
from datacards.corpora.tokens import count_tokens

__all__ = [
    "NO_DOMAIN",
    "SHARES",
    "About",
    "Columns",
    "Counted",
    "Ignored",
    "Limits",
    "Listing",
    "Part",
    "SourceFile",
    "choose",
    "count_file",
    "count_tokens",
    "digest_of",
    "find_columns",
    "hosts_of",
    "is_url",
    "list_path",
    "list_url",
    "merged",
    "parts_of",
    "read_about",
    "read_batches",
    "sample_of",
    "shown",
]
