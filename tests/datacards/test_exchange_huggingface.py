"""Hugging Face cards: what goes out comes back, what does not change keeps its bytes, what is unsafe is refused."""

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from huggingface_hub import DatasetCard

from datacards import cards
from datacards.errors import BadInput
from datacards.exchange.described import Described
from datacards.exchange.huggingface import problems, read, write
from datacards.exchange.huggingface.read import heading_of
from datacards.exchange.huggingface.table import rows
from tests.datacards.descriptions import DESCRIPTIONS

ODD = """---
# chosen by the legal team
license:   'mit'   # since 2024
my_key: {kept: [1, 2]}
language:
- en   # English
- fr

# sizes come last
size_categories: 1K<n<10K
pretty_name: "Old: name"
task_categories: [text-generation]
configs:
- config_name: default
  data_files: "*.parquet"
---
<!-- by hand -->
# Old name

A summary.

## Uses

### Direct Use

<!-- hint -->

To learn.

## Something of their own

Stays.
"""


def values(**told: Any) -> dict[str, dict[str, Any]]:
    return {path.replace("__", "."): {"value": value} for path, value in told.items()}


def as_read(text: str) -> Described:
    """A description that says exactly what the card says."""
    found = read(text.encode())
    return Described(name="x", licence=found.licence, values=found.values)


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


# --- what does not change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_card_that_says_the_same_keeps_every_byte(newline: str) -> None:
    text = ODD.replace("\n", newline)
    assert write(as_read(text), text) == text


def test_a_changed_licence_is_the_only_line_in_the_diff() -> None:
    described = as_read(ODD)
    after = write(Described(name="x", licence="Apache-2.0", values=described.values), ODD)
    assert changed_lines(ODD, after) == [
        "-license:   'mit'   # since 2024",
        "+license:   'apache-2.0'   # since 2024",
    ]


def test_an_item_that_stays_in_a_list_keeps_its_comment() -> None:
    told = dict(as_read(ODD).values) | values(overview__languages="en, de")
    assert changed_lines(ODD, write(Described(name="x", values=told), ODD)) == ["-- fr", "+- de"]


def test_one_changed_section_changes_only_its_own_lines() -> None:
    told = dict(as_read(ODD).values) | values(use__intended="To teach.")
    assert changed_lines(ODD, write(Described(name="x", values=told), ODD)) == ["-To learn.", "+To teach."]


def test_a_value_that_somebody_emptied_leaves_the_card() -> None:
    told = dict(as_read(ODD).values) | values(catalogue__size="")
    assert changed_lines(ODD, write(Described(name="x", values=told), ODD)) == ["-size_categories: 1K<n<10K"]


def test_a_path_that_the_card_does_not_speak_of_stays_as_it_was() -> None:
    assert write(Described(name="x"), ODD) == ODD


YAML_LINE = st.sampled_from([
    "license: mit", "license: [mit, cc-by-4.0]", "language: en", "language:\n- en # e\n- de", "# a comment", "",
    "tags:\n  - a\n  - 'b: c'", "tags: []", "pretty_name: \"x # y\"", "foo:\n  bar: |\n    # no comment\n    z",
    "task_categories: [a,\n  b]", "size_categories:\n- n<1K\n- 1K<n<10K", "multilinguality: monolingual  # m",
    "source_datasets:\n\n- original\n", "license_link: LICENSE", "annotations_creators:\n- found", "été: ü",
])  # fmt: skip
BODY_LINE = st.sampled_from([
    "# Dataset Card for X", "## Uses", "### Direct Use", "text", "- **Curated by:** A; B", "- **Repository:** none",
    "```", "~~~", "<!-- hint", "-->", "[More Information Needed]", "", "\\# x", "### Data Fields", "| Column | Type |",
    "## Citation [optional]", "#### Who are the annotators?", "## More from the Data Card",
    f"### {heading_of('harms.jobs')}", "    indented", "- item", "****", "Ünï\u2028code",
])  # fmt: skip


@st.composite
def originals(draw: st.DrawFn) -> str:
    front = draw(st.lists(YAML_LINE, max_size=6, unique_by=lambda line: line.split(":")[0]))
    body = draw(st.lists(BODY_LINE, max_size=14))
    head = ["---", *front, "---"] if draw(st.booleans()) else []
    text = draw(st.sampled_from(["\n", "\r\n"])).join("\n".join([*head, *body]).split("\n"))
    return text + draw(st.sampled_from(["", "\n"]))


@given(originals())
@settings(max_examples=150, deadline=None)
def test_any_card_written_with_what_it_says_is_the_same_bytes(text: str) -> None:
    assert write(as_read(text), text) == text


@given(originals(), st.sampled_from(["mit", "MIT OR Apache-2.0"]), st.sampled_from(["", "en, de"]))
@settings(max_examples=100, deadline=None)
def test_whatever_is_changed_is_read_back_and_unknown_keys_stay(text: str, licence: str, languages: str) -> None:
    told = dict(as_read(text).values) | values(
        overview__languages=languages, harms__jobs="A # b\n# c", use__intended="U"
    )
    after = read(write(Described(name="x", licence=licence, values=told), text).encode())
    assert after.values.get("overview.languages", {}).get("value", "") == languages
    assert (after.values["harms.jobs"]["value"], after.values["use.intended"]["value"]) == ("A # b\n# c", "U")
    assert set(read(text.encode()).unknown) == set(after.unknown)


# --- out and in ----------------------------------------------------------------------------------------------


@given(DESCRIPTIONS)
@settings(max_examples=60, deadline=None)
def test_dataset_card_loads_every_export_with_what_was_written(described: Described) -> None:
    text = write(described)
    loaded = DatasetCard(text, ignore_metadata_errors=False)
    assert bool(loaded.data.to_dict().get("license")) == bool(described.licence)
    assert loaded.text.strip().startswith("# Dataset Card for")


@given(DESCRIPTIONS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_twice_is_written_the_same(described: Described) -> None:
    once = write(described)
    assert write(described, once) == once


def test_each_value_names_the_line_that_says_it() -> None:
    found = read(ODD.encode())
    told = {path: int(entry["evidence"].split()[-1]) for path, entry in found.values.items()}
    lines = ODD.split("\n")
    assert lines[told["use.intended"] - 1] == "To learn."
    assert lines[told["overview.title"] - 1].startswith("pretty_name")
    assert found.unknown == ("my_key", "configs")


def test_the_fields_of_the_table_are_those_of_the_card() -> None:
    assert all(cards.knows(row.path) for row in rows())
    assert len({heading_of(field.path) for field in cards.fields()}) == len(cards.fields())


def test_what_the_card_has_no_place_for_is_told_and_left_in_the_file() -> None:
    found = read(b"---\nsize_categories: [n<1K, 1K<n<10K]\nannotations_creators: [martians]\n---\n")
    assert found.values == {}
    assert [sentence.split()[0] for sentence in found.left_out] == ["“size_categories”", "“annotations_creators”"]


def test_a_bare_no_is_norwegian() -> None:
    assert read(b"---\nlanguage: [en, no]\n---\n").values["overview.languages"]["value"] == "en, no"


# --- checks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("license: cc-by-9.9", "“cc-by-9.9”"),
        ("license: other", "license_name"),
        ("tags: [a]", "no license"),
        ("license: mit\nlanguage: English", "“English”"),
        ("license: mit\nlanguage: [no]", "'no' in quotes"),
        ("license: mit\nsize_categories: many", "“many”"),
        ("license: mit\ntask_categories: [text-generaton]", "“text-generaton”"),
    ],
)
def test_a_problem_is_told_in_a_sentence_without_a_network(front: str, said: str) -> None:
    told = problems(f"---\n{front}\n---\n".encode())
    assert len(told) == 1
    assert said in told[0]
    assert told[0].endswith(".")


def test_a_sound_card_has_no_problem() -> None:
    assert problems(b"---\nlicense: mit\nlanguage: [en, zh-Hant, de-CH, code]\nsize_categories: n<1K\n---\n# X\n") == []


# --- safety --------------------------------------------------------------------------------------------------

BAD = {
    "aliases": b"---\na: &a [1]\nb: [*a, *a]\n---\n",
    "a list": b"---\n- a\n---\n",
    "a tag": b"---\na: !!python/object/apply:os.system ['true']\n---\n",
    "a NUL": b"---\nlicense: mit\n---\n\0",
    "Latin-1": b"---\npretty_name: caf\xe9\n---\n",
    "depth": b"---\na: " + b"[" * 5000 + b"\n---\n",
    "100 MB": b"x" * (100 << 20),
    "much YAML": b"---\na: " + b"x" * (1 << 19) + b"\n---\n",
}


@pytest.mark.parametrize("case", BAD)
def test_an_unsafe_card_is_refused_in_one_sentence(case: str) -> None:
    with pytest.raises(BadInput, match=r"README\.md .*: \w.*\.$"):
        read(BAD[case])


def test_a_hostile_text_is_read_in_linear_time() -> None:
    parts = (b"#" * 50_000, b"<!--\n" * 20_000, b"```\n~~~\n" * 10_000, b"- **" * 20_000, b"---\n" * 50_000)
    for part in parts:
        read(part)
