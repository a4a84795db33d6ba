"""Reports say what was decided, the same in every form, and nothing the reader may not know."""

import csv
import io

import pyarrow.parquet as pq
import pytest

from datacards.models import Corpus, Derivation, User
from governance.decide import decide_revision
from governance.reports import as_csv, as_html, as_parquet, report, write_report
from tests.governance.test_decide import REFUSES, completed, corpus_of, says, steward, web

__all__ = ["steward", "web"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blocked(web):
    says("b.example", REFUSES)
    return decide_revision(web.revision)


def test_the_report_names_the_refusing_domain_and_the_agent(blocked, steward):
    [domain] = report(blocked, steward).tables["domains"].dicts
    assert (domain["domain"], domain["tokens"], domain["refused_agents"]) == ("b.example", 124, "GPTBot")


def test_the_report_gives_the_refused_share_by_agent(blocked, steward):
    first = report(blocked, steward).tables["agents"].dicts[0]
    assert (first["agent"], first["tokens_all"], first["refused_share"]) == ("GPTBot", 124, 0.124)


def test_every_agents_levels_add_up_to_the_corpus(blocked, steward):
    for row in report(blocked, steward).tables["agents"].dicts:
        assert sum(n for name, n in row.items() if name.startswith("tokens_")) == 1000


def test_csv_and_parquet_hold_the_same_rows(blocked, steward):
    for table in report(blocked, steward).tables.values():
        from_csv = [tuple(row.values()) for row in csv.DictReader(io.StringIO(as_csv(table)))]
        from_parquet = [tuple(row.values()) for row in pq.read_table(io.BytesIO(as_parquet(table))).to_pylist()]
        said = [tuple("" if v is None else str(v) for v in row) for row in from_parquet]
        assert from_csv == said


def test_the_page_shows_outcome_reasons_and_what_pins_it_down(blocked, steward):
    page = as_html(report(blocked, steward))
    assert "may not be released" in page
    assert "12.4 %" in page
    assert blocked.facts_digest in page


def test_the_page_needs_nothing_from_elsewhere(blocked, steward):
    page = as_html(report(blocked, steward))
    assert not any(word in page for word in ("src=", "<script", "<link", "url(", "@import"))


def test_a_title_cannot_become_markup(blocked, steward):
    Corpus.objects.update(title="<script>alert(1)</script>")
    blocked.revision.corpus.refresh_from_db()
    assert "<script>" not in as_html(report(blocked, steward))


def test_a_text_cannot_become_a_formula_in_a_spreadsheet(blocked, steward):
    table = report(blocked, steward).tables["findings"]
    evil = type(table)("x", ("a",), (("=HYPERLINK(1)",),))
    assert "'=HYPERLINK" in as_csv(evil)


def test_a_report_made_later_says_what_the_decision_saw(blocked, steward):
    before = report(blocked, steward).tables["agents"]
    says("a.example", REFUSES)
    assert report(blocked, steward).tables["agents"] == before


def test_the_lineage_leaves_out_what_the_reader_may_not_know(blocked, steward, web):
    hidden = corpus_of(steward, "acme/hidden", {})
    Corpus.objects.filter(pk=hidden.pk).update(audience="named")
    Derivation.objects.create(child=hidden.revision, parent=web.revision, relation="filtered")
    reader = User.objects.create(username="rea", role="reader")
    assert report(blocked, reader).tables["lineage"].rows == ()
    assert len(report(blocked, steward).tables["lineage"].rows) == 1


def test_a_report_is_written_as_one_page_and_tables_in_two_forms(blocked, steward, tmp_path):
    files = write_report(blocked, tmp_path / "out", steward)
    assert {f.suffix for f in files} == {".html", ".csv", ".parquet"}
    assert all(f.stat().st_size for f in files)


def test_a_corpus_without_evidence_still_has_a_report(steward):
    decision = decide_revision(completed(corpus_of(steward, "acme/empty", {})).revision)
    assert "no domain was asked" in as_html(report(decision, steward))
