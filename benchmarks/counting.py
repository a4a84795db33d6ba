"""Counts the domains of a 1 GB Parquet file beside pyarrow merely reading the same two columns.

    python -m benchmarks.counting [--megabytes 1000] [--codec zstd] [--folder DIR] [--rounds 3]

The file is made once, the same on every machine: Zipf-distributed words of several scripts, with punctuation, in
documents of very different lengths, under URLs of 40,000 hosts. Each measurement runs in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from datacards.corpora import count_file, find_columns, list_path

SEED = 20260101
ROWS = 1 << 13
HOSTS = 40_000
# Documents of several scripts; one byte in 30 begins a character beyond ASCII.
SCRIPTS = (
    (0.90, "abcdefghijklmnopqrstuvwxyz" * 20, 50_000),
    (0.06, "abcdefghijklmnoprstuv" * 20 + "éèàüöäßñçâêî", 20_000),
    (0.02, "абвгдежзийклмнопрстуфхцчшщыьэюя", 20_000),
    (0.02, "的一是不了人我在有他这中大来上国个到说们", 5_000),
)
MARKS = np.array([" "] * 80 + [", "] * 10 + [". "] * 5 + ["\n", ": ", " – ", "’s ", " “"])


def main() -> None:
    """Make the file, measure, print the table."""
    options = _options()
    if options.measure:
        print(json.dumps(MEASURES[options.measure](Path(options.file))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder or scratch)
        path = folder / f"counting-{options.codec}-{options.megabytes}.parquet"
        if not path.exists():
            _make(path, options.megabytes << 20, options.codec)
        _show(path, _best_of(path, options.rounds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--codec", default="zstd", choices=["zstd", "snappy", "none"])
    parser.add_argument("--folder", help="Keeps the file here for the next time.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=sorted(MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


# --- what is measured -----------------------------------------------------------------------------------------


def read_at_once(path: Path) -> int:
    """pyarrow's fastest way: both columns into memory, on all cores."""
    return int(pq.read_table(path, columns=["url", "text"]).num_rows)


def read_in_batches(path: Path) -> int:
    """pyarrow's bounded way: batch after batch."""
    return sum(batch.num_rows for batch in pq.ParquetFile(path).iter_batches(columns=["url", "text"]))


def count(path: Path) -> int:
    """What a registration does with the file, but for its digest."""
    file = list_path(path).files[0]
    return count_file(file, find_columns(file)).rows


def count_and_hash(path: Path) -> int:
    """What a registration does with the file."""
    file = list_path(path).files[0]
    return count_file(file, find_columns(file), hashed=True).rows


def _measured(work: Callable[[Path], int]) -> Callable[[Path], dict[str, float]]:
    def run(path: Path) -> dict[str, float]:
        start, busy = time.perf_counter(), time.process_time()
        rows = work(path)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        return {"seconds": seconds, "cpu": busy, "rows": rows, "peak": _peak()}

    return run


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MEASURES = {
    "read-at-once": _measured(read_at_once),
    "read-in-batches": _measured(read_in_batches),
    "count": _measured(count),
    "count-and-hash": _measured(count_and_hash),
}


def _best_of(path: Path, rounds: int) -> dict[str, dict[str, float]]:
    """The fastest of some rounds of each. They take turns, so that a busy machine slows all alike."""
    results: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for name in MEASURES:
            found = _in_own_process(name, path)
            results[name] = min(results.get(name, found), found, key=lambda result: result["seconds"])
    return results


def _in_own_process(name: str, path: Path) -> dict[str, float]:
    """One measurement, the file in the page cache."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    command = [sys.executable, "-m", "benchmarks.counting", "--measure", name, "--file", str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _show(path: Path, results: dict[str, dict[str, float]]) -> None:
    size = path.stat().st_size
    base = min(results["read-at-once"]["seconds"], results["read-in-batches"]["seconds"])
    text = pq.ParquetFile(path).metadata
    columns = [text.row_group(g).column(c) for g in range(text.num_row_groups) for c in range(2)]
    decoded = sum(column.total_uncompressed_size for column in columns)
    print(f"{path.name}: {size / 1e6:,.0f} MB on disk, {decoded / 1e6:,.0f} MB decoded, {text.num_rows:,} rows")
    table = Table("measure", "seconds", "ratio", "CPU s", "MB/s on disk", "MB/s decoded", "peak RSS MiB")
    for name, result in results.items():
        seconds = result["seconds"]
        rates = (f"{size / seconds / 1e6:,.0f}", f"{decoded / seconds / 1e6:,.0f}")
        table.add_row(
            name, f"{seconds:.2f}", f"{seconds / base:.2f}", f"{result['cpu']:.2f}", *rates, f"{result['peak']:,.0f}"
        )
    Console(width=100).print(table)


# --- the file -------------------------------------------------------------------------------------------------


def _make(path: Path, size: int, codec: str) -> None:
    chance = np.random.default_rng(SEED)
    vocabularies = [_vocabulary(chance, letters, words) for _, letters, words in SCRIPTS]
    schema = pa.schema([("url", pa.string()), ("text", pa.string()), ("fetched", pa.int64())])
    with pq.ParquetWriter(path, schema, compression=codec) as writer:
        while not path.exists() or path.stat().st_size < size:
            writer.write_table(_documents(chance, vocabularies, schema))


def _vocabulary(chance: np.random.Generator, letters: str, words: int) -> pa.Array:
    lengths = np.clip(chance.poisson(5, words), 1, 15)
    alphabet = np.array(list(letters))
    return pa.array(["".join(chance.choice(alphabet, n)) for n in lengths])


def _documents(chance: np.random.Generator, vocabularies: list[pa.Array], schema: pa.Schema) -> pa.Table:
    """A row group: each document in one script, its length log-normal around 300 words."""
    lengths = np.clip(chance.lognormal(5.7, 1.0, ROWS).astype(np.int64), 5, 20_000)
    script = chance.choice(len(SCRIPTS), ROWS, p=[share for share, *_ in SCRIPTS])
    offsets = np.concatenate(([0], np.cumsum(2 * lengths)))
    ranks = chance.zipf(1.2, int(lengths.sum()))
    bases = np.cumsum([0, *(len(v) for v in vocabularies)])
    sizes = np.array([len(v) for v in vocabularies])
    which = np.repeat(script, lengths)
    pieces = np.empty(2 * len(ranks), np.int64)
    pieces[0::2] = bases[which] + ranks % sizes[which]
    pieces[1::2] = bases[-1] + chance.integers(0, len(MARKS), len(ranks))
    dictionary = pa.concat_arrays([*vocabularies, pa.array(MARKS.tolist())])
    words = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), dictionary.take(pa.array(pieces)))
    hosts = chance.zipf(1.3, ROWS) % HOSTS
    urls = [
        f"https://www.site-{h}.example/{a:x}/{b:x}.html" for h, a, b in zip(hosts, ranks, ranks[::-1], strict=False)
    ]
    return pa.table([pa.array(urls), pc.binary_join(words, ""), pa.array(ranks[:ROWS])], schema=schema)


if __name__ == "__main__":
    main()
