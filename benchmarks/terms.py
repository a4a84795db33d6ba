"""How well the clauses of terms of service are read, on the labelled documents, beside two baselines in the same run.

    python -m benchmarks.terms [--documents ../shared/data/tos_dev.jsonl]

`held back` are twenty of the documents, chosen by a hash of the service within each class. The rules were first scored
on them before anybody had read one; they have been read since, and so are no test of generality any more.

The baselines are plain key words and, where scikit-learn is installed, TF-IDF with logistic regression, cross-validated
so that no service is on both sides. The rules are written by hand: nothing in them is fitted, so there are no folds.
Ends with status 1 below the targets.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.terms import classify

Document = dict[str, Any]
Answers = list[dict[str, Any]]
DOCUMENTS = Path(__file__).parents[2] / "shared" / "data" / "tos_dev.jsonl"
# What is asked of each axis: the value that counts as found.
ASKED: tuple[tuple[str, Any], ...] = (
    ("scraping", "prohibited"),
    ("scraping", "conditional"),
    ("ai_training", "prohibited"),
    ("ai_training", "conditional"),
    ("non_commercial", True),
    ("no_redistribution_or_competition", True),
    ("output_only", True),
)
MACRO = (ASKED[0], ASKED[2], ASKED[4], ASKED[5])
TARGETS = {("scraping", "prohibited"): 0.90, ("ai_training", "prohibited"): 0.90}
MACRO_TARGET = 0.85
_KEYWORDS = {
    "scraping": r"scrap(?:e|ing)|crawl|spider|robot|data mining|automated means",
    "ai_training": r"artificial intelligence|machine learning|train[^.]{0,40}model",
    "non_commercial": r"non-?commercial|commercial (?:use|purpose)|personal use",
    "no_redistribution_or_competition": r"redistribut|resell|republish|compet(?:e|ing|itive)",
}


@dataclass(frozen=True)
class Score:
    """Counts of one question."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that is there."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 0.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 0.0


def load(path: Path) -> list[Document]:
    """The labelled documents."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def service(document: Document) -> str:
    """Whose terms a document is."""
    return str(document["id"]).rsplit("/", 1)[0]


def held_back(documents: list[Document]) -> set[str]:
    """The services put aside: a third of each class, by hash."""
    strata = defaultdict(list)
    for document in documents:
        strata[document["scraping"], document["ai_training"] != "not_mentioned"].append(service(document))
    chosen = (
        sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[: max(1, round(len(names) / 3))]
        for names in strata.values()
        if len(names) > 1
    )
    return {name for names in chosen for name in names}


def score(documents: Iterable[Document], answers: Iterable[dict[str, Any]], axis: str, value: Any) -> Score:
    """How often `value` was answered and is right."""
    pairs = [
        (document.get(axis, False) == value, answer.get(axis) == value)
        for document, answer in zip(documents, answers, strict=True)
    ]
    return Score(
        hits=sum(label and said for label, said in pairs),
        false=sum(said and not label for label, said in pairs),
        missed=sum(label and not said for label, said in pairs),
    )


def macro(documents: list[Document], answers: Answers) -> float:
    """The mean F1 of the four axes."""
    return sum(score(documents, answers, *asked).f1 for asked in MACRO) / len(MACRO)


def rules(documents: list[Document]) -> Answers:
    """What crawler.terms answers."""
    return [vars(classify(document["text"])) for document in documents]


def keywords(documents: list[Document]) -> Answers:
    """A word anywhere is a prohibition."""
    found = {axis: re.compile(pattern, re.IGNORECASE) for axis, pattern in _KEYWORDS.items()}
    return [
        {axis: _yes(axis) if pattern.search(document["text"]) else None for axis, pattern in found.items()}
        for document in documents
    ]


def _yes(axis: str) -> Any:
    return next(value for name, value in ASKED if name == axis)


def learned(documents: list[Document]) -> Answers | None:
    """TF-IDF and logistic regression, five folds by service; None without scikit-learn."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline
    except ImportError:
        return None
    texts = [document["text"] for document in documents]
    groups = [service(document).split(":")[-1] for document in documents]
    answers: Answers = [{} for _ in documents]
    for axis in _KEYWORDS:
        labels = [document[axis] == _yes(axis) for document in documents]
        words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, max_features=50_000)
        model = make_pipeline(words, LogisticRegression(C=10, class_weight="balanced", max_iter=1000))
        said = cross_val_predict(model, texts, labels, groups=groups, cv=GroupKFold(5))
        for answer, yes in zip(answers, said, strict=True):
            answer[axis] = _yes(axis) if yes else None
    return answers


def main() -> int:
    """Measure, print, and tell by the status whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, default=DOCUMENTS)
    documents = load(parser.parse_args().documents)
    methods: dict[str, Callable[[list[Document]], Answers | None]] = {
        "crawler.terms": rules, "key words": keywords, "TF-IDF + logistic regression": learned,
    }  # fmt: skip
    answered = {name: method(documents) for name, method in methods.items()}
    aside = held_back(documents)
    parts = {
        "all": [True] * len(documents),
        "held back": [service(document) in aside for document in documents],
        "hard": [bool(document["hard"]) for document in documents],
    }
    for part, chosen in parts.items():
        _show(part, documents, {name: said for name, said in answered.items() if said is not None}, chosen)
    return 0 if _met(documents, answered["crawler.terms"] or []) else 1


def _show(part: str, documents: list[Document], answered: dict[str, Answers], chosen: list[bool]) -> None:
    some = [document for document, keep in zip(documents, chosen, strict=True) if keep]
    table = Table(title=f"{part}: {len(some)} documents (precision / recall / F1)")
    for column in ("axis", "value", "labelled", *answered):
        table.add_column(column, justify="left" if column in ("axis", "value") else "right")
    kept = {
        name: [answer for answer, keep in zip(said, chosen, strict=True) if keep] for name, said in answered.items()
    }
    for axis, value in ASKED:
        labelled = sum(document.get(axis, False) == value for document in some)
        cells = [_cell(score(some, said, axis, value)) for said in kept.values()]
        table.add_row(axis, str(value), str(labelled), *cells)
    table.add_row("macro F1", "four axes", "", *(f"{macro(some, said):.3f}" for said in kept.values()))
    Console(width=140).print(table)


def _cell(found: Score) -> str:
    return f"{found.precision:.2f} / {found.recall:.2f} / {found.f1:.3f}" if found.hits + found.false else "-"


def _met(documents: list[Document], answers: Answers) -> bool:
    reached = all(score(documents, answers, *asked).f1 >= target for asked, target in TARGETS.items())
    return reached and macro(documents, answers) >= MACRO_TARGET


if __name__ == "__main__":
    sys.exit(main())
