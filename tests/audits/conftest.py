"""Corpora on disk with planted values, and their revisions in the catalogue."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datacards.models import Corpus, DataFile, Revision, User

EMAIL, CARD, KEY = "jane.doe{}@example.org", "4111 1111 1111 1111", "AKIAIOSFODNN7EXAMPLE"
SECRETS_OF_THE_TEST = ("jane.doe", "4111", "AKIAIOSFODNN7EXAMPLE")


def planted_rows(count: int, first: int = 0) -> list[dict[str, str]]:
    """Every tenth row has an e-mail address, every twentieth a card besides, every fiftieth a key."""
    rows = []
    for n in range(first, first + count):
        text = f"Row {n} is plain prose of no interest."
        text += f" Write to {EMAIL.format(n)}." if n % 10 == 0 else ""
        text += f" Pay with {CARD}." if n % 20 == 0 else ""
        text += f" Key {KEY}!" if n % 50 == 0 else ""
        rows.append({"url": f"https://site{n % 7}.example/{n}", "text": text})
    return rows


def write_parquet(path: Path, rows: list[dict[str, str]], group: int = 100) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


def write_jsonl(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("olga", role="steward")


@pytest.fixture
def registered(owner: User) -> Callable[..., Revision]:
    """Registers files as a new revision of the corpus of that name."""

    def register(*files: Path, rows: int, name: str = "acme/web", text_column: str = "text") -> Revision:
        corpus, _ = Corpus.objects.get_or_create(name=name, defaults={"owner": owner, "location": str(files[0].parent)})
        digests = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        fingerprint = hashlib.sha256("".join(digests.values()).encode()).hexdigest()
        revision = Revision.objects.create(
            corpus=corpus, number=corpus.revisions.count() + 1, fingerprint=fingerprint, url_column="url",
            text_column=text_column, rows=rows, size=sum(file.stat().st_size for file in files),
        )  # fmt: skip
        for file, digest in digests.items():
            DataFile.objects.create(
                revision=revision, name=file.name, location=str(file), size=file.stat().st_size, digest=digest,
                format=file.suffix[1:], rows=rows // len(files),
            )  # fmt: skip
        return revision

    return register
