"""How fast and how right the PII scan is: planted values beside hard negatives, and a naive `re` loop in the same run.

    python -m benchmarks.pii_quick [--mb 100] [--seed 1]

Texts are made of random words, numbers, dates and prices. 5 % of the rows get one value (planted), another 5 % get
something that only looks like one (a hard negative). Speed is bytes of text per second of CPU time, on one core;
the best of three runs. A planted value is found if a finding of its type lies on it, and a finding is right if it
lies on a planted value of its type.
"""

import argparse
import random
import re
import string
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from audits.pii import scan
from audits.pii.checks import BASE62, luhn, mod97

ALNUM = string.ascii_letters + string.digits
Planted = tuple[int, str, int, int]  # row, type, start, end

NAIVE = {
    "email": r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b",
    "credit_card": r"\b(?:\d{4}[- ]?){3}\d{1,7}\b|\b3[47]\d{13}\b",
    "iban": r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
    "us_ssn": r"\b\d{3}-\d{2}-\d{4}\b",
    "ipv4": r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    "ipv6": r"\b(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{1,4}\b",
    "mac": r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b",
    "url_credentials": r"\w+://[^\s/:@]+:[^\s/@]+@[\w.-]+",
    "aws_access_key": r"\bAKIA[0-9A-Z]{16}\b",
    "github_token": r"\bghp_\w{36}\b",
    "jwt": r"\beyJ[\w-]+\.[\w-]+\.[\w-]+",
    "phone": r"(?<!\w)\+?\(?\d{1,4}\)?[-. ]?\(?\d{2,4}\)?[-. ]?\d{3,4}[-. ]?\d{3,4}(?!\w)",
}


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def card(rng: random.Random) -> str:
    while True:
        number = rng.choice(("4", "51", "2221", "6011", "3530")) + digits(rng, 15)
        number = number[:16]
        if luhn(number.encode()):
            return number if rng.random() < 0.5 else " ".join(re.findall("....", number))


def iban(rng: random.Random) -> str:
    body = "DE00" + digits(rng, 18)
    good = next(f"DE{check:02}{body[4:]}" for check in range(2, 99) if mod97(f"DE{check:02}{body[4:]}".encode()))
    return good if rng.random() < 0.5 else " ".join(re.findall(".{1,4}", good))


def ipv4(rng: random.Random) -> str:
    return ".".join(str(rng.randint(11, 250)) for _ in range(4)).replace("127.", "126.", 1)


def github(rng: random.Random) -> str:
    body, number, check = "".join(rng.choices(ALNUM, k=30)), 0, ""
    number = zlib.crc32(body.encode())
    while number:
        number, digit = divmod(number, 62)
        check = BASE62[digit] + check
    return f"ghp_{body}{check.rjust(6, '0')}"


def north_american(rng: random.Random) -> str:
    area, exchange = rng.choice(("212", "415", "312", "617")), f"{rng.randint(2, 9)}{digits(rng, 2)}"
    return rng.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}")).format(area, exchange, digits(rng, 4))


def french(rng: random.Random) -> str:
    return f"+33 6 {' '.join(digits(rng, 2) for _ in range(4))}"


PLANTS: dict[str, Callable[[random.Random], str]] = {
    "email": lambda r: f"{r.choice(WORDS)}.{r.choice(WORDS)}{r.randint(1, 99)}@{r.choice(WORDS)}.{r.choice(TLDS)}",
    "phone": lambda r: r.choice((north_american, french))(r),
    "credit_card": card,
    "iban": iban,
    "us_ssn": lambda r: f"{r.randint(1, 665):03}-{r.randint(1, 99):02}-{r.randint(1, 9999):04}",
    "ipv4": ipv4,
    "ipv6": lambda r: "2a0" + r.choice("1234") + ":" + ":".join(f"{r.randint(4096, 65535):x}" for _ in range(7)),
    "mac": lambda r: r.choice(":-").join(f"{r.randint(0, 255):02x}" for _ in range(6)),
    "url_credentials": lambda r: f"postgres://{r.choice(WORDS)}:{''.join(r.choices(ALNUM, k=12))}@db.example.org",
    "aws_access_key": lambda r: "AKIA" + "".join(r.choices(string.ascii_uppercase + "234567", k=16)),
    "github_token": github,
    "jwt": lambda r: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + ".".join("".join(r.choices(ALNUM, k=43)) for _ in "ab"),
}
NEGATIVES: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"order number {digits(r, 3)}-{digits(r, 3)}-{digits(r, 4)}",
    lambda r: f"account no. {digits(r, 10)}",
    lambda r: f"policy {digits(r, 4)} {digits(r, 6)}",
    lambda r: f"tracking id {digits(r, 16)}",
    lambda r: f"version {r.randint(1, 9)}.{r.randint(1, 40)}.{r.randint(1, 40)}.{r.randint(1, 99)}",
    lambda r: f"ISBN 978-{digits(r, 1)}-{digits(r, 4)}-{digits(r, 4)}-{digits(r, 1)}",
    lambda r: f"at {r.randint(2000, 2026)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(10, 23)}:30:15",
    lambda r: f"commit {''.join(r.choices('0123456789abcdef', k=40))}",
    lambda r: f"icon@2x.{r.choice(('png', 'jpg'))}",
    lambda r: f"std::vector<{r.choice(WORDS)}>::size_type",
    lambda r: f"pi is 3.{digits(r, 12)}",
    lambda r: f"sold {r.randint(1, 9)},{digits(r, 3)},{digits(r, 3)} of them for ${digits(r, 7)}",
)
TLDS: tuple[str, ...] = ("com", "org", "net", "de", "co.uk", "io", "fr")
WORDS: list[str] = re.findall(
    r"\w+",
    "time year people way day man thing woman life child world school state family student group country problem hand"
    " part place case week company system program question work government number night point home water room mother"
    " area money story fact month lot right study book eye job word business issue side kind head house service friend"
    " father power hour game line end member law car city community name president team minute idea body information",
)


def texts(size: int, rng: random.Random) -> tuple[pa.Array, list[Planted]]:
    """Rows of about 700 bytes, `size` bytes in all, and what was planted in them."""
    rows: list[str] = []
    planted: list[Planted] = []
    total = 0
    while total < size:
        words = [_word(rng) for _ in range(rng.randint(40, 200))]
        chance, at = rng.random(), rng.randrange(len(words))
        kind = rng.choice(list(PLANTS)) if chance < 0.05 else ""
        if kind:
            words.insert(at, PLANTS[kind](rng))
        elif chance < 0.1:
            words.insert(at, rng.choice(NEGATIVES)(rng))
        row = " ".join(words)
        if kind:
            start = len(" ".join(words[:at])) + bool(at)
            planted.append((len(rows), kind, start, start + len(words[at])))
        rows.append(row)
        total += len(row) + 1
    return pa.array(rows, pa.large_string()), planted


def _word(rng: random.Random) -> str:
    chance = rng.random()
    if chance > 0.03:
        return rng.choice(WORDS)
    return rng.choice((str(rng.randint(1, 2026)), f"{rng.randint(1, 99)}.{rng.randint(10, 99)}", "(1990),", "9:45"))


def naive(rows: pa.Array) -> list[Planted]:
    """One compiled alternation, row by row: what one writes first."""
    pattern = re.compile("|".join(f"(?P<{kind}>{shape})" for kind, shape in NAIVE.items()))
    return [
        (row, str(found.lastgroup), *found.span())
        for row, text in enumerate(rows.to_pylist())
        for found in pattern.finditer(text)
    ]


def ours(rows: pa.Array) -> list[Planted]:
    findings = scan(rows).findings
    return list(zip(*(findings[name].to_pylist() for name in ("row", "type", "start", "end")), strict=True))


def from_parquet(path: Path) -> int:
    return int(scan(pq.ParquetFile(path, pre_buffer=False).read(use_threads=False)).findings.num_rows)


def timed(work: Callable[[], object], repeats: int = 3) -> float:
    """Seconds of CPU time, the best of some runs."""
    best = float("inf")
    for _ in range(repeats):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def score(found: list[Planted], planted: list[Planted]) -> dict[str, tuple[float, float, int]]:
    """Recall, precision and number planted, by type."""
    by_row = {row: (kind, start, end) for row, kind, start, end in planted}
    right, wrong, hit = Counter[str](), Counter[str](), set()
    for row, kind, start, end in found:
        there = by_row.get(row)
        if there and there[0] == kind and there[1] < end and start < there[2]:
            right[kind] += 1
            hit.add((row, kind))
        else:
            wrong[kind] += 1
    number = Counter(kind for _, kind, _, _ in planted)
    reached = Counter(kind for _, kind in hit)
    return {
        kind: (reached[kind] / max(1, number[kind]), right[kind] / max(1, right[kind] + wrong[kind]), number[kind])
        for kind in sorted(number | wrong)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=100, help="megabytes of text")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows, planted = texts(int(options.mb * 1e6), random.Random(options.seed))
    size = pc.sum(pc.binary_length(rows)).as_py() / 1e6
    with TemporaryDirectory() as folder:
        path = Path(folder) / "texts.parquet"
        pq.write_table(pa.table({"text": rows}), path, compression="zstd", row_group_size=20_000)
        speeds = {
            "Consentry, from Arrow": size / timed(lambda: ours(rows)),
            "Consentry, from zstd Parquet": size / timed(lambda: from_parquet(path)),
            "ceiling: zstd decode alone": size / timed(lambda: pq.read_table(path, use_threads=False)),
            "naive re loop": size / timed(lambda: naive(rows), 1),
        }
    show(size, len(rows), speeds, {"Consentry": score(ours(rows), planted), "naive": score(naive(rows), planted)})


def show(
    size: float, rows: int, speeds: dict[str, float], scores: dict[str, dict[str, tuple[float, float, int]]]
) -> None:
    console = Console()
    table = Table(title=f"{size:.0f} MB of text in {rows:,} rows, one core", title_justify="left")
    table.add_column("scan")
    table.add_column("MB/s", justify="right")
    for name, speed in speeds.items():
        table.add_row(name, f"{speed:,.1f}")
    console.print(table)
    table = Table(title="planted values", title_justify="left")
    for name in ("type", "planted", *(f"{who} {what}" for who in scores for what in ("recall", "precision"))):
        table.add_column(name, justify="left" if name == "type" else "right")
    for kind in sorted(set().union(*scores.values())):
        cells = [who.get(kind, (0.0, 0.0, 0)) for who in scores.values()]
        table.add_row(kind, str(cells[0][2]), *(f"{value:.3f}" for cell in cells for value in cell[:2]))
    console.print(table)


if __name__ == "__main__":
    main()
