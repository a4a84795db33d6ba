"""Licences of 2,511 real records: our verdicts beside a reference's, record by record, and the speed of reading.

python -m benchmarks.licences [--data ../shared/data] [--csv FILE]

The reference is computed here from the Data Provenance Initiative's own classes of licences, by the rule of its audit:
of the text records whose Hub licence it classes as any use, the strictest of the verified licences counts.
"""

import argparse
import csv
import json
import lzma
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacards.licenses import Verdict, combine, terms_of, verdict_of

ORDER = ("All", "Unspecified", "NC", "Acad", "?")
SAME = {"All": "commercial", "Unspecified": "not found", "NC": "non-commercial", "Acad": "academic", "?": "unclear"}
VENDORS = {"OpenAI", "Anthropic"}


@dataclass(frozen=True)
class Reference:
    """The reference's classes of licences, of custom texts by their address, and its aliases."""

    classes: dict[str, list[str]]
    custom: dict[str, list[str]]
    names: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Reference":
        """From the files beside the records."""
        files = ("license_classes", "custom_license_classes", "license_paraphrases")
        classes, custom, others = (json.loads((folder / f"licence_{name}.json").read_text()) for name in files)
        return cls(classes, custom, {word: name for name, words in others.items() for word in words})

    def use(self, word: str, url: str = "") -> str:
        """All, Unspecified, NC, Acad or ?."""
        name = self.names.get(word, word)
        found = self.custom.get(url) if name == "Custom" else self.classes.get(name)
        return found[0] if found else "?"

    def verdict(self, record: dict[str, Any], without: Iterable[str] = ()) -> str:
        """The strictest of a record's verified licences."""
        kept = [each for each in record["Licenses"] if each["License"] not in without]
        uses = [self.use(each["License"], each.get("License URL") or "") for each in kept]
        return max(uses, key=ORDER.index, default="Unspecified")


def hub_licence(record: dict[str, Any]) -> str:
    """What the Hub's own metadata says."""
    return str((record.get("Inferred Metadata") or {}).get("HF Yaml License") or "")


def words(record: dict[str, Any]) -> list[str]:
    """The verified licences."""
    return [each["License"] for each in record["Licenses"] if each.get("License")]


def compare(records: list[dict[str, Any]], reference: Reference) -> list[dict[str, str]]:
    """Print both tables; returns what differs, with why."""
    chosen = [r for r in records if r["_modality"] == "text" and reference.use(hub_licence(r)) == "All"]
    ours, theirs, off = Counter[str](), Counter[str](), Counter[str]()
    hinge, differing = 0, []
    for record in chosen:
        found, said = verdict_of(words(record)), SAME[reference.verdict(record)]
        ours[found.verdict] += 1
        theirs[said] += 1
        off[verdict_of(words(record), model_terms=False).verdict] += 1
        hinge += found.hinges_on_vendors
        if found.verdict != said:
            differing.append(_difference(record, found.verdict, said))
    restricted = [r for r in chosen if reference.verdict(r) in ("NC", "Acad")]
    hinged = sum(reference.verdict(r, VENDORS) not in ("NC", "Acad") for r in restricted)
    print(f"{len(chosen):,} text records that the Hub calls commercial   reference     ours   without vendors' terms")
    for verdict in Verdict:
        print(f"  {verdict.value:46}{theirs[verdict.value]:>10,}{ours[verdict]:>9,}{off[verdict]:>25,}")
    print(f"  hinge on model vendors' terms {hinged:>27,}{hinge:>9,}")
    return differing


def _difference(record: dict[str, Any], ours: Verdict, theirs: str) -> dict[str, str]:
    return {
        "record": record["Unique Dataset Identifier"], "licences": "; ".join(dict.fromkeys(words(record))),
        "reference": theirs, "ours": ours.value, "because": because(words(record), ours),
    }  # fmt: skip


def because(said: list[str], ours: Verdict) -> str:
    """The word that we read otherwise than the reference, and how."""
    reasons = {
        "Custom": "a text of its own, which the reference has read and we have not: a person states it on the board",
        "Request Form": "terms given on request are not known; the reference takes them for academic",
        "Various": "unlisted licences of parts are not known; the reference takes them for academic",
        "No License": "no licence allows nothing; the reference classes it as any use",
        "LMSYS-Chat-1M Dataset License": "the agreement has not been read here",
        "Google Cloud Translation API": "counted as a vendor's terms",
    }
    found = [reason for word, reason in reasons.items() if word in said]
    return "; ".join(found) or f"our classes give {ours.value}"


def several(records: list[dict[str, Any]]) -> None:
    """Records with several licences: how many cannot be met in one derivative, by our rules."""
    many = [r for r in records if len({terms_of(w).expression for w in words(r)}) > 1]
    found = {vendors: [combine(words(r), model_terms=vendors) for r in many] for vendors in (True, False)}
    kinds = Counter({True: 0, False: 0, None: 0}) + Counter(each.satisfiable for each in found[True])
    print(f"{len(many)} records with several licences (reference 556): in one derivative")
    print(f"  cannot be met {kinds[False]} (reference 37), can be met {kinds[True]}, not known {kinds[None]}")
    for pair, number in Counter(each.conflict for each in found[True] if each.conflict).most_common():
        print(f"    {number:>3} × {pair[0]} with {pair[1]}")


def speed(records: list[dict[str, Any]]) -> None:
    """Expressions read per second, new ones each time, beside license-expression's own parse."""
    from license_expression import get_spdx_licensing

    spdx = get_spdx_licensing()
    ids = ["MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "GPL-3.0-only", "ODbL-1.0", "BSD-3-Clause"]
    expressions = [f"{a} AND ({b} OR {c}) AND {d}" for a in ids for b in ids for c in ids for d in ids]
    for name, read in (("terms_of", terms_of), ("license-expression parse", lambda e: spdx.parse(e, validate=True))):
        started = time.perf_counter()
        for each in expressions:
            read(each)
        print(f"  {name:26}{len(expressions) / (time.perf_counter() - started):>10,.0f} expressions/s")


def main() -> int:
    """Print the comparison; exit status 1 when a licence of the records is neither known nor flagged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--csv", type=Path, help="write every record that differs to this file")
    asked = parser.parse_args()
    with lzma.open(asked.data / "licence_records.jsonl.xz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    differing = compare(records, Reference.read(asked.data))
    print(f"{len(differing)} records differ:")
    for reason, number in Counter(each["because"] for each in differing).most_common():
        print(f"  {number:>4}  {reason}")
    if asked.csv:
        with asked.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["record", "licences", "reference", "ours", "because"])
            writer.writeheader()
            writer.writerows(differing)
    several(records)
    speed(records)
    left = {
        word
        for record in records
        for word in words(record)
        if not (terms_of(word).licences or terms_of(word).ambiguous)
    }
    print(f"licences of the records that are neither known nor flagged: {sorted(left) or 'none'}")
    return int(bool(left))


if __name__ == "__main__":
    raise SystemExit(main())
