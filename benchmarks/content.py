r"""Profiles the content of a Parquet file beside pyarrow merely reading it, and beside polars and DuckDB.

    python -m benchmarks.content [--megabytes 1000] [--folder DIR] [--rounds 3]

The file is that of `benchmarks.counting`. Every measurement runs in a process of its own, on one thread, the file in
the page cache; CPU time counts, for a busy machine stretches the clock. polars and DuckDB are asked for what they can:
rows, gaps, characters and their quantiles, the exact number of different texts; polars also for tokens (`\w+`). They
tell no languages. A peer that is not installed is left out.
"""

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from audits.content import ContentProfile, languages
from audits.protocol import AuditedFile
from benchmarks.counting import _make, _peak
from datacards.corpora import list_path

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
Told = dict[str, Any]


def main() -> None:
    """Make the file, measure, print the table."""
    options = _options()
    if options.measure:
        print(json.dumps(_measured(MEASURES[options.measure], Path(options.file))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(options.folder or scratch) / f"counting-zstd-{options.megabytes}.parquet"
        if not path.exists():
            _make(path, options.megabytes << 20, "zstd")
        _show(path, _best_of(path, options.rounds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--folder", help="Keeps the file here for the next time.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=sorted(MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


# --- what is measured -----------------------------------------------------------------------------------------


def read(path: Path) -> Told:
    """pyarrow reads the texts, batch after batch."""
    batches = pq.ParquetFile(path).iter_batches(columns=["url", "text"], use_threads=False)
    return {"rows": sum(batch.num_rows for batch in batches)}


def profile(path: Path) -> Told:
    """The profile, as workers share it: cut into portions, and put together again."""
    audit = ContentProfile()
    files = [AuditedFile(file, "d" * 64, 0) for file in list_path(str(path)).files]
    tally = audit.combine(audit.scan(portion, None, lambda rows: None).tally for portion in audit.portions(files))
    text = next(column for column in audit.recorded(tally)["profile"]["columns"] if column["name"] == "text")
    return {
        "rows": tally.rows, "characters": text["characters"]["total"], "tokens": text["tokens"]["total"],
        "distinct": text["distinct"], "middle": text["characters"]["quantiles"]["0.5"],
    }  # fmt: skip


def profile_without_languages(path: Path) -> Told:
    """The same, but no language is told."""
    languages.language_of = lambda text: languages.UNKNOWN
    return profile(path)


def by_polars(path: Path) -> Told:
    """polars, as a stream."""
    pl = importlib.import_module("polars")
    asked = [
        each
        for name in ("url", "text")
        for each in (
            pl.col(name).null_count().alias(f"{name} gaps"),
            pl.col(name).n_unique().alias(f"{name} distinct"),
            pl.col(name).str.len_chars().sum().alias(f"{name} characters"),
            pl.col(name).str.len_chars().quantile(0.5).alias(f"{name} middle"),
            pl.col(name).str.count_matches(r"\w+").sum().alias(f"{name} tokens"),
        )
    ]
    row = pl.scan_parquet(path).select(pl.len().alias("rows"), *asked).collect(engine="streaming").row(0, named=True)
    return {"rows": row["rows"], **{k: row[f"text {k}"] for k in ("characters", "tokens", "distinct", "middle")}}


def by_duckdb(path: Path) -> Told:
    """DuckDB, on one thread."""
    duckdb = importlib.import_module("duckdb")
    asked = ", ".join(
        f"count({c}), count(DISTINCT {c}), sum(length({c})), approx_quantile(length({c}), 0.5)" for c in ("url", "text")
    )
    with duckdb.connect(config={"threads": 1}) as database:
        row = database.execute(f"SELECT count(*), {asked} FROM read_parquet(?)", [str(path)]).fetchone()
    assert row is not None
    return {"rows": row[0], "distinct": row[6], "characters": int(row[7]), "middle": row[8]}


MEASURES: dict[str, Callable[[Path], Told]] = {
    "pyarrow reads": read,
    "profile": profile,
    "profile, no languages": profile_without_languages,
    "polars": by_polars,
    "duckdb": by_duckdb,
}


def _measured(work: Callable[[Path], Told], path: Path) -> Told:
    start, busy = time.perf_counter(), time.process_time()
    told = work(path)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return told | {"seconds": seconds, "cpu": busy, "peak": _peak()}


def _best_of(path: Path, rounds: int) -> dict[str, Told]:
    """The cheapest of some rounds of each; they take turns, so that a busy machine slows all alike."""
    results: dict[str, Told] = {}
    for _ in range(rounds):
        for name in MEASURES:
            if name in ("polars", "duckdb") and importlib.util.find_spec(name) is None:
                continue
            found = _in_own_process(name, path)
            results[name] = min(results.get(name, found), found, key=lambda result: result["cpu"])
    return results


def _in_own_process(name: str, path: Path) -> Told:
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    command = [sys.executable, "-m", "benchmarks.content", "--measure", name, "--file", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, env=os.environ | ONE_THREAD)
    found: Told = json.loads(done.stdout)
    return found


def _show(path: Path, results: dict[str, Told]) -> None:
    base = results["pyarrow reads"]["cpu"]
    print(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB on disk, {results['pyarrow reads']['rows']:,} rows")
    named = ("characters", "tokens", "distinct", "middle")
    table = Table("measure", "CPU s", "times reading", "seconds", "peak RSS MiB", *named)
    for name, told in results.items():
        cells = [f"{told[key]:,.0f}" if key in told else "" for key in named]
        cost = (f"{told['cpu']:.2f}", f"{told['cpu'] / base:.2f}", f"{told['seconds']:.2f}", f"{told['peak']:,.0f}")
        table.add_row(name, *cost, *cells)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
