"""The terminal's `consent`: every word of it, and files that others can read."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crawler.spells import rebuild_all
from datacards.models import Corpus
from tests.factories import REFUSES_ALL, corpus, domain, person, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web() -> Corpus:
    made = corpus(person("stella", "steward"), "harbour/web", {"=news.example": 700, "wiki.example": 300})
    snapshot(domain("=news.example"), REFUSES_ALL)
    snapshot(domain("wiki.example"))
    list(rebuild_all())
    return made


def told(*words: str) -> Any:
    """The JSON document that a word prints."""
    out = io.StringIO()
    call_command("consent", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_export_writes_tables_a_card_section_and_the_evidence(web: Corpus, tmp_path: Path) -> None:
    names = {Path(file).name for file in told("export", web.name, "--out", str(tmp_path))["files"]}
    assert names == {
        "consent_domains.csv", "consent_domains.parquet", "consent_series.csv", "consent_series.parquet",
        "consent_card.md", "consent_card.json", "evidence.warc.gz",
    }  # fmt: skip
    assert {file.name for file in tmp_path.iterdir()} == names


def test_a_name_that_a_spreadsheet_would_evaluate_is_neutralised(web: Corpus, tmp_path: Path) -> None:
    told("export", web.name, "--out", str(tmp_path), "--no-evidence")
    assert "\n'=news.example,700," in (tmp_path / "consent_domains.csv").read_text()


def test_every_word_answers(web: Corpus) -> None:
    assert told("series", web.name)["months"][-3]["tokens"] == 700
    assert told("estimate", web.name)["share"] == pytest.approx(0.7)
    assert told("what-if", web.name, "--honour", "robots")["lost"]["tokens"] == 700
    assert told("what-if", web.name)["lost"]["tokens"] == 0
    assert [row["domain"] for row in told("takedown", web.name)["domains"]] == ["=news.example"]


def test_an_agent_that_nobody_knows_is_told(web: Corpus) -> None:
    with pytest.raises(CommandError, match="no active agent"):
        told("series", web.name, "--agent", "Nobody")
