"""The profile of a corpus's content as an audit: portions in, numbers out. No text is kept."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from audits import texts
from audits.content.footers import present_by_footer
from audits.content.profile import Profile
from audits.content.told import told
from audits.portions import portions_of
from audits.protocol import AuditedFile, Portion, Progress, Result, Seal, Tally


class ContentProfile:
    """Reads every text once. Sizes, lengths and gaps are exact; languages and repetitions say how sure they are."""

    name = "content.profile"
    title = "Content profile"
    question = "How much text is there, how long, in which languages, and how much of it twice?"

    @cached_property
    def digest(self) -> str:
        """Over the source of what measures and reads, and the versions of what it relies on."""
        sources = [Path(texts.__file__), *sorted(Path(__file__).parent.glob("*.py"))]
        parts = [f"{path.name}\0".encode() + path.read_bytes() for path in sources]
        parts += [f"{name}=={version(name)}".encode() for name in ("py3langid", "xxhash", "pyarrow")]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def portions(self, files: Sequence[AuditedFile], columns: Sequence[str] = ()) -> Iterator[Portion]:
        """As every audit cuts files that hold text; `columns` are no question here, for gaps are anywhere."""
        return portions_of(files)

    def scan(self, portion: Portion, seal: Seal | None, progress: Progress) -> Result:
        """The profile of a portion."""
        profile = Profile()
        for batch in texts.batches(portion.source, portion.part):
            profile.add(batch, portion.digest, portion.part.start)
            progress(profile.rows)
        profile.present = present_by_footer(portion.source, portion.part) | profile.present
        return Result(_nothing(), _tally(profile.identified(lambda: progress(profile.rows))))

    def combine(self, tallies: Iterable[Tally]) -> Tally:
        """The profile of all portions together."""
        whole = Profile()
        for tally in tallies:
            whole.merge(Profile.from_dict(tally.extra))
        return _tally(whole)

    def recorded(self, tally: Tally) -> dict[str, Any]:
        """What pages and cards read of it."""
        return {"profile": told(Profile.from_dict(tally.extra))}


def _tally(profile: Profile) -> Tally:
    size = sum(column.size for column in profile.columns.values())
    return Tally(profile.rows, size, columns=tuple(profile.columns), extra=profile.as_dict())


@cache
def _nothing() -> pa.Table:
    """No findings. Made at need: Arrow's first table imports pandas, where that is installed, which takes a second."""
    return pa.schema([pa.field("row", pa.int64())]).empty_table()
