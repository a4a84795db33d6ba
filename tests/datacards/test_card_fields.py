"""The field table: it covers the template, its wording is our own, and every type has its way of being checked."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from datacards.cards import SCOPES, clean, empty_of, field_at, fields, sections
from datacards.cards.values import TYPES
from datacards.errors import BadInput

SHARED = Path(__file__).parents[3] / "shared" / "data" / "datacard_fields.json"
TEMPLATE = 177
FIRST = """overview.title overview.summary overview.modality overview.languages authorship.publisher authorship.contact
authorship.funding subjects.people subjects.sensitive collection.method collection.period collection.selection
use.intended use.unsuitable use.access quality.transformations quality.known_limits maintenance.plan
maintenance.persistent_id snapshot.source snapshot.size"""


@pytest.fixture(scope="module")
def template() -> list[dict[str, object]]:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is absent: the template as data is not part of the product")
    loaded: list[dict[str, object]] = json.loads(SHARED.read_text())
    return loaded


def test_each_field_of_the_template_is_covered_once() -> None:
    covered = Counter(position for field in fields() for position in field.template)
    assert covered == Counter(range(TEMPLATE))


def test_the_covering_field_has_the_templates_scope(template: list[dict[str, object]]) -> None:
    differ = [
        (field.path, n) for field in fields() for n in field.template if (template[n]["scope"] or "") != field.scope
    ]
    assert differ == []


def test_no_help_is_the_templates_wording(template: list[dict[str, object]]) -> None:
    theirs = {str(field["field"]).lower() for field in template}
    assert [field.path for field in fields() if field.help.lower() in theirs] == []


@pytest.mark.parametrize("path", FIRST.split())
def test_a_path_once_published_stays(path: str) -> None:
    assert field_at(path).path == path


def test_every_field_is_whole() -> None:
    for field in fields():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", field.path)
        assert field.title
        assert field.help.endswith((".", "…"))
        assert field.scope in (*SCOPES, "")
        assert field.type in TYPES
        assert bool(field.choices) == (field.type in ("choice", "choices"))
        assert bool(field.columns) == (field.type == "rows")


def test_sections_hold_every_field_once() -> None:
    assert Counter(f.path for s in sections() for f in s.fields) == Counter(f.path for f in fields())


def test_titles_are_unique_within_their_part() -> None:
    told = Counter((f.section, f.subsection, f.title) for f in fields())
    assert [each for each, n in told.items() if n > 1] == []


def test_the_risks_are_those_of_the_two_frameworks() -> None:
    count = Counter(field.path.split(".")[0] for field in fields())
    assert (count["impact"], count["society"], count["harms"]) == (7, 5, 21)


@pytest.mark.parametrize(
    ("path", "typed", "kept"),
    [
        ("privacy.epsilon", "1e-6", 1e-6),
        ("privacy.epsilon", 3.0, 3),
        ("annotation.per_item", " 0 ", 0),
        ("publication.created", "2024-02-29", "2024-02-29"),
        ("publication.created", "2024", "2024"),
        ("overview.homepage", "https://example.org/a?b", "https://example.org/a?b"),
        ("publication.keywords", "law\n\n news \nlaw", ["law", "news"]),
        ("publication.keywords", ["law"], ["law"]),
        ("learning.splits", "train | 90", [{"Split": "train", "Size": "90", "How it was drawn": ""}]),
        (
            "learning.splits",
            [{"Split": "a", "Size": "1 | 2"}],
            [{"Split": "a", "Size": "1 | 2", "How it was drawn": ""}],
        ),
        ("learning.splits", "  |  |\n", []),
    ],
)
def test_a_value_is_kept_in_its_type(path: str, typed: object, kept: object) -> None:
    assert clean(path, typed) == kept


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("privacy.epsilon", "inf"),
        ("privacy.epsilon", "much"),
        ("privacy.epsilon", True),
        ("privacy.epsilon", 10**400),
        ("publication.created", "2023-02-29"),
        ("publication.created", "2023-2"),
        ("publication.created", "٢٠٢٣"),
        ("overview.homepage", "example.org"),
        ("overview.homepage", "javascript:alert(1)"),
        ("overview.homepage", "http://[::1"),
        ("publication.keywords", ["a\nb"]),
        ("publication.keywords", "x\n" * 501),
        ("publication.keywords", [1]),
        ("learning.splits", [{"Nobody": "x"}]),
        ("learning.splits", "x\n" * 501),
        ("learning.splits", [{"Split": "x" * 2001}]),
    ],
)
def test_a_value_of_another_type_is_refused_in_one_sentence(path: str, typed: object) -> None:
    with pytest.raises(BadInput, match=rf"^“{field_at(path).title}” takes .*[.]$"):
        clean(path, typed)


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.path)
def test_nothing_said_fits_every_field(field: object) -> None:
    path = field.path  # type: ignore[attr-defined]
    assert clean(path, "") == empty_of(path)
