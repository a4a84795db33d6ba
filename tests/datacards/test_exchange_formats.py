"""Datasheet, PDF, table and the report of what a round trip loses."""

import csv
import io
from dataclasses import replace

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacards import cards
from datacards.errors import BadInput
from datacards.exchange import datasheet, pdf, table
from datacards.exchange.described import Described
from datacards.exchange.formats import FORMATS, format_at, format_of_file, reader
from datacards.exchange.loss import OUTCOMES, loss, losses
from tests.datacards.descriptions import DESCRIPTIONS, whole

VALUES = {
    "overview.title": {"value": "Wörter, слова", "source": "person"},
    "use.intended": {"value": "=HYPERLINK(1)", "source": "person"},
    "measured.statistics": {"value": "12 documents", "source": "computed"},
}


def described(**more: object) -> Described:
    return replace(whole(), values=VALUES | {path: {"value": value} for path, value in more.items()})


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


# --- loss ----------------------------------------------------------------------------------------------------


@given(DESCRIPTIONS)
@settings(max_examples=40, deadline=None)
def test_a_round_trip_through_hugging_face_loses_nothing_in_silence(told: Described) -> None:
    report = loss(told, FORMATS["huggingface"])
    filled = {path for path, entry in told.values.items() if cards.is_filled(entry["value"])} - {"licence.expression"}
    assert {row.path for row in report.rows} - {"licence.expression"} == filled
    assert {row.outcome for row in report.rows} <= set(OUTCOMES)


def test_what_is_computed_goes_out_and_is_never_read_back() -> None:
    outcomes = {row.path: row.outcome for row in loss(described(), FORMATS["huggingface"]).rows}
    assert outcomes["measured.statistics"] == "computed"
    assert outcomes["use.intended"] == "kept"


def test_a_licence_that_the_hub_has_no_id_for_is_told_as_changed() -> None:
    rows = loss(replace(whole(), licence="MIT OR Apache-2.0"), FORMATS["huggingface"]).rows
    assert [(row.outcome, row.after) for row in rows if row.title == "Licence"] == [("changed", "mit-or-apache-2.0")]


def test_a_card_that_cannot_be_written_says_why() -> None:
    refused = {report.format: report.refused for report in losses(Described(name="x"))}
    assert refused["huggingface"] == ""
    assert "licence" in refused["croissant"]


# --- the table of formats ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_a_file(name: str) -> None:
    assert format_at(name).write(described(), None)


def test_what_is_only_written_or_unknown_is_told() -> None:
    with pytest.raises(BadInput, match="only written"):
        reader("pdf")
    with pytest.raises(BadInput, match="choose one of huggingface"):
        format_at("docx")


def test_a_file_is_known_by_its_name_or_how_it_begins() -> None:
    told = [format_of_file(*one) for one in (("a.jsonld", b""), ("x", b" {"), ("README.md", b"---"))]
    assert told == ["croissant", "croissant", "huggingface"]


# --- datasheet, table, PDF -----------------------------------------------------------------------------------


def test_a_datasheet_has_seven_sections_and_says_what_the_card_does_not() -> None:
    sheet = datasheet.write(described())
    assert sheet.count("\n## ") == 7
    assert "> =HYPERLINK(1)" in sheet
    assert datasheet.SILENT in sheet
    assert all(cards.knows(path) for part in datasheet.parts() for ask in part["asks"] for path in ask["paths"])


def test_the_table_holds_every_field_and_no_formula() -> None:
    head, row = csv.reader(table.lines([(described(), {"fair": 0.5, "evidence": None})], ("fair", "evidence")))
    told = dict(zip(head, row, strict=True))
    assert told["use.intended"] == "'=HYPERLINK(1)"
    assert (told["score.fair"], told["score.evidence"]) == ("0.5", "")
    assert {field.path for field in cards.fields()} <= set(head)


def test_a_pdf_has_text_that_one_can_select_a_title_and_a_language() -> None:
    document = pypdf.PdfReader(io.BytesIO(pdf.write(described())))
    assert document.metadata.title == "Wörter, слова"
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert "12 documents" in text_of(pdf.write(described()))


def test_a_sign_without_a_letter_in_any_font_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "font_files", lambda: ())
    text = text_of(pdf.write(described(**{"use.unsuitable": "Größe 語"})))
    assert "Größe [U+8A9E]" in text
    assert "signs have no letter" in text


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_becomes_a_pdf(text: str) -> None:
    assert pdf.write(Described(name="x", values={"use.intended": {"value": text or "x"}})).startswith(b"%PDF")
