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
        "consent_card.md", "consent_card.json", "consent_readings.csv", "consent_readings.parquet", "evidence.warc.gz",
    }  # fmt: skip
    assert {file.name for file in tmp_path.iterdir()} == names


def test_a_name_that_a_spreadsheet_would_evaluate_is_neutralised(web: Corpus, tmp_path: Path) -> None:
    told("export", web.name, "--out", str(tmp_path), "--no-evidence")
    assert "\n'=news.example,700," in (tmp_path / "consent_domains.csv").read_text()


def test_every_word_answers(web: Corpus) -> None:
    assert told("series", web.name)["months"][-3]["tokens"] == 700
    assert told("estimate", web.name)["share"] == pytest.approx(0.7)
    assert told("what-if", web.name, "--honour", "robots")["lost"]["tokens"] == 700
    assert told("what-if", web.name, "--honour", "terms")["lost"]["tokens"] == 0
    assert [row["domain"] for row in told("takedown", web.name)["domains"]] == ["=news.example"]


def test_an_agent_that_nobody_knows_is_told(web: Corpus) -> None:
    with pytest.raises(CommandError, match="no active agent"):
        told("series", web.name, "--agent", "Nobody")


def test_an_unknown_agent_cannot_be_ignored(web: Corpus) -> None:
    with pytest.raises(CommandError, match="--ignore"):
        told("what-if", web.name, "--ignore", "Nobody")


def test_the_papers_code_misses_what_ours_finds(web: Corpus) -> None:
    snapshot(
        domain("wiki.example"), b"User-agent: *\nDisallow:\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
    )
    found = told("estimate", web.name, "--paper", "--agent", "GPTBot")
    assert (found["robots_ours"]["pooled"], found["robots_paper"]["pooled"]) == (1, pytest.approx(0.7))
    assert found["robots_latest"]["pooled"] == 1


def test_the_paper_weighs_the_head_by_its_published_share(web: Corpus) -> None:
    found = told("estimate", web.name, "--head", "1", "--published", "C4")
    assert found["paper_share"] == pytest.approx(0.1087)
    assert (found["share"], found["head_weight"]) == (pytest.approx(0.7), 0.1087)
