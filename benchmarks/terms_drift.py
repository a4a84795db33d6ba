"""How much of the recorded change in real terms of service is drift, and what the rest is.

    python -m benchmarks.terms_drift [--history FILE] [--settle DAYS] [--sample 50 | --suppressed 20] [--seed N]

The history is one JSON object a line, in order: service, terms, date, technical, text; plain or packed with xz.
"""

import argparse
import json
import lzma
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from crawler.drift import Account, terms_account

HISTORY = Path("../shared/data/terms_history.jsonl.xz")
Document = tuple[str, str]
console = Console(width=160, highlight=False, markup=False)


class Version(NamedTuple):
    """A recorded version and what became of it; `before` is the text recorded before it."""

    document: Document
    date: str
    before: str
    text: str
    technical: bool
    account: Account


def documents(path: Path) -> dict[Document, list[dict[str, Any]]]:
    """The recorded versions of each document, in order of time."""
    found: dict[Document, list[dict[str, Any]]] = {}
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found.setdefault((row["service"], row["terms"]), []).append(row)
    return found


def accounts(path: Path, settle: timedelta) -> Iterator[Version]:
    """Every version with its account."""
    for document, rows in documents(path).items():
        told = [(datetime.fromisoformat(row["date"]), row["text"]) for row in rows]
        flags = [row["technical"] for row in rows]
        before = ""
        for row, account in zip(rows, terms_account(told, settle=settle, technical=flags), strict=True):
            yield Version(document, row["date"], before, row["text"], row["technical"], account)
            before = row["text"]


def returns(versions: list[Version], settle: timedelta) -> set[int]:
    """The versions of A→B→A: those that hold for at most `settle` before the exact text from before is back. A page of
    which a part could not be loaded is no text of the document, whether it stands for A or for B.
    """
    found: set[int] = set()
    last: dict[Document, list[int]] = {}
    for n, version in enumerate(versions):
        if version.account.reason == "a part could not be loaded":
            continue
        held = last.setdefault(version.document, [])
        back = len(held) > 1 and versions[held[-2]].text == version.text
        if back and version.account.at - versions[held[-1]].account.at <= settle:
            found |= {held[-1], n}
        held.append(n)
    return found


def table(versions: list[Version], settle: timedelta) -> None:
    """Raw versions, reported by kind and suppressed by reason."""
    reported = [version for version in versions if version.account.changes]
    kinds = Counter(change.kind for version in reported for change in version.account.changes)
    ways = Counter(change.direction for version in reported for change in version.account.changes)
    reasons = Counter(version.account.reason for version in versions if not version.account.changes)
    shown = Table("what", "count")
    shown.add_row("recorded versions", str(len(versions)))
    shown.add_row("reported", str(len(reported)))
    for name, count in [*kinds.most_common(), *ways.most_common()]:
        shown.add_row(f"  events: {name}", str(count))
    shown.add_row("suppressed", str(len(versions) - len(reported)))
    for name, count in reasons.most_common():
        shown.add_row(f"  {name}", str(count))
    back = returns(versions, settle)
    shown.add_row("versions of an exact A→B→A within the window", str(len(back)))
    shown.add_row("  of them with an event", str(sum(bool(versions[n].account.changes) for n in back)))
    shown.add_row("technical upgrades", str(sum(version.technical for version in versions)))
    shown.add_row("  of them with an event", str(sum(version.technical for version in reported)))
    console.print(shown)


def sample(versions: list[Version], size: int, seed: int) -> None:
    """Reported events, with their excerpts."""
    events = [(version, change) for version in versions for change in version.account.changes]
    for n, (version, change) in enumerate(random.Random(seed).sample(events, min(size, len(events))), 1):
        console.print(
            f"{n}. {' / '.join(version.document)} {version.date[:10]}  {change.kind} {change.axis} {change.direction}"
        )
        console.print(f"   - {change.before}\n   + {change.after}\n")


def suppressed(versions: list[Version], size: int, seed: int) -> None:
    """Versions without an event, with the lines that differ."""
    quiet = [version for version in versions if not version.account.changes and version.before]
    for n, version in enumerate(random.Random(seed).sample(quiet, min(size, len(quiet))), 1):
        console.print(f"{n}. {' / '.join(version.document)} {version.date[:10]}  {version.account.reason}")
        old, new = version.before.splitlines(), version.text.splitlines()
        for sign, lines, other in (("-", old, set(new)), ("+", new, set(old))):
            for line in [line for line in lines if line not in other][:4]:
                console.print(f"   {sign} {line[:300]}")


def main() -> None:
    """Read the history, print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", type=Path, default=HISTORY)
    parser.add_argument("--settle", type=float, default=7, help="days")
    parser.add_argument("--sample", type=int, default=0, help="print so many reported events")
    parser.add_argument("--suppressed", type=int, default=0, help="print so many suppressed versions")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settle = timedelta(days=options.settle)
    began = time.perf_counter()
    versions = list(accounts(options.history, settle))
    console.print(f"{len(versions)} versions in {time.perf_counter() - began:.0f} s")
    table(versions, settle)
    if options.sample:
        sample(versions, options.sample, options.seed)
    if options.suppressed:
        suppressed(versions, options.suppressed, options.seed)


if __name__ == "__main__":
    main()
