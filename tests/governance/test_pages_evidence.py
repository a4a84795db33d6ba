"""Runs, domains, changes, decisions, reports, policies, people and tokens."""

import io
import zipfile

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from crawler.models import ConsentChange, Snapshot
from datacards.models import Corpus, Run, RunLine, User
from governance.models import ApiToken, Decision
from tests.factories import REFUSES_AI, World, domain, revision, snapshot
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db


# --- runs --------------------------------------------------------------------------------------------------


def test_a_running_run_shows_progress_rate_and_log(world: World, steward: Pages) -> None:
    seen = steward.text("run", world.runs["running"].pk)
    assert "97,450 of 194,900 rows" in seen
    assert "rows per second" in seen
    assert "2 of 4" in seen
    assert "Part 1 of 4 is done." in seen


def test_a_living_run_asks_for_news_and_an_ended_one_does_not(world: World, steward: Pages) -> None:
    assert b'hx-trigger="every 1s"' in steward.get("run", world.runs["running"].pk).content
    assert b"hx-trigger" not in steward.get("run", world.runs["crawl"].pk).content


def test_without_javascript_a_living_run_reloads_itself(world: World, steward: Pages) -> None:
    assert b'http-equiv="refresh"' in steward.get("run", world.runs["running"].pk).content
    assert b'http-equiv="refresh"' not in steward.get("run", world.runs["failed"].pk).content


def test_news_of_a_run_hold_only_the_lines_that_came(world: World, steward: Pages) -> None:
    run = world.runs["running"]
    last = run.lines.order_by("-id")[0].pk
    RunLine.objects.create(run=run, text="Part 2 of 4 is done.")
    seen = words(steward.get("run-progress", run.pk, after=str(last)))
    assert "Part 2 of 4 is done." in seen
    assert "Part 1 of 4" not in seen


def test_a_cancelled_run_says_by_whom(world: World, steward: Pages) -> None:
    steward.post("run-cancel", world.runs["pending"].pk)
    assert "Cancelled by stella." in steward.text("run", world.runs["pending"].pk)


def test_a_failed_run_says_why_and_can_be_tried_again(world: World, steward: Pages) -> None:
    failed = world.runs["failed"]
    assert "give one with Parquet, JSONL or CSV files" in steward.text("run", failed.pk)
    steward.post("run-retry", failed.pk)
    assert Run.objects.get(retry_of=failed).state == "pending"


def test_trying_a_completed_run_again_is_refused_in_words(world: World, steward: Pages) -> None:
    steward.post("run-retry", world.runs["crawl"].pk)
    assert "Only a run that failed or was cancelled can be tried again" in steward.text("run", world.runs["crawl"].pk)


def test_a_reader_follows_a_run_but_cannot_end_it(world: World, reader: Pages) -> None:
    assert "Cancel…" not in reader.text("run", world.runs["running"].pk)
    assert reader.post("run-cancel", world.runs["running"].pk).status_code == 403


# --- domains and changes -----------------------------------------------------------------------------------


def test_the_deciding_line_is_marked_with_the_agents_it_decides_for(world: World, steward: Pages) -> None:
    body = steward.get("domain", "news.example").content.decode()
    assert '<li id="L6" class="mark">' in body
    assert "decides for CCBot, ClaudeBot and 2 more" in body


def test_a_site_says_its_verdict_in_one_sentence(world: World, steward: Pages) -> None:
    seen = steward.text("domain", "poems.example")
    assert "This site refuses training to ClaudeBot, GPTBot, Google-Extended." in seen
    assert "could not be reached" in steward.text("domain", "gone.example")


def test_an_earlier_snapshot_shows_what_the_site_said_then(world: World, steward: Pages) -> None:
    first = Snapshot.objects.filter(domain__name="news.example").order_by("fetched_at")[0]
    seen = steward.text("domain", "news.example", snapshot=str(first.pk))
    assert "This site refuses nothing to training crawlers." in seen
    assert "See the newest" in seen


def test_hostile_text_in_robots_txt_is_shown_and_not_obeyed(world: World, steward: Pages) -> None:
    snapshot(domain("wiki.example"), b"# <script>alert(1)</script>\nUser-agent: *\nDisallow: /<b>\n")
    body = steward.get("domain", "wiki.example").content
    assert b"<script>alert" not in body
    assert b"&lt;script&gt;alert(1)" in body


def test_a_long_file_shows_the_lines_around_the_deciding_one(world: World, steward: Pages) -> None:
    filler = b"".join(b"# line %d\n" % number for number in range(500))
    snapshot(domain("wiki.example"), filler + REFUSES_AI)
    seen = steward.text("domain", "wiki.example")
    assert "Disallow: /" in seen
    assert "that decide nothing" in seen
    assert "# line 250" not in seen


def test_lost_bytes_are_told_and_the_levels_stay(world: World, steward: Pages) -> None:
    found = Snapshot.objects.filter(domain__name="news.example").order_by("-fetched_at")[0]
    assert found.content
    found.content.warc_file = "gone.warc.gz"
    found.content.save()
    assert steward.get("domain", "news.example").status_code == 200


def test_a_change_shows_both_sides_and_what_it_touches(world: World, steward: Pages) -> None:
    seen = steward.text("change", world.change.pk)
    assert "news.example tightened what it permits" in seen
    assert "+ User-agent: GPTBot" in seen
    assert "touches 612 k tokens in 2 corpora" in seen


def test_a_change_that_moves_everybody_alike_says_everybody(world: World, steward: Pages) -> None:
    before, after = (snapshot(domain("blog.example")) for _ in range(2))
    moved = [{"agent": "*", "before": "none", "after": "unreachable"}]
    made = ConsentChange.objects.create(
        domain=domain("blog.example"), at=timezone.now(), before=before, after=after, changes=moved,
        direction="tightened",
    )  # fmt: skip
    assert "for everybody; it touches" in steward.text("change", made.pk)


# --- decisions and reports ---------------------------------------------------------------------------------


def test_a_decision_shows_every_finding_and_the_frozen_facts(world: World, steward: Pages) -> None:
    decision = Decision.objects.of(world.blocked)[0]
    seen = steward.text("decision", decision.pk)
    assert all(finding["title"] in seen for finding in decision.findings)
    assert "Share of tokens from domains that refuse AI training" in seen
    assert "Reproduced" in seen


def test_a_tampered_decision_is_not_called_reproduced(world: World, steward: Pages) -> None:
    decision = Decision.objects.of(world.blocked)[0]
    Decision.objects.filter(pk=decision.pk).update(outcome="approved")
    assert "Not reproduced" in steward.text("decision", decision.pk)


def test_an_overtaken_decision_leads_to_the_one_that_stands(world: World, steward: Pages) -> None:
    old = Decision.objects.of(world.derived).last()
    assert old
    assert "It no longer stands." in steward.text("decision", old.pk)


def test_the_report_offers_html_csv_and_parquet(world: World, steward: Pages) -> None:
    decision = Decision.objects.of(world.blocked)[0]
    table = steward.get("report-file", decision.pk, "domains.parquet")
    assert pq.read_table(io.BytesIO(table.content)).column("domain").to_pylist()[0] == "news.example"
    assert b"news.example" in steward.get("report-file", decision.pk, "domains.csv").content
    assert steward.get("report-file", decision.pk, "report.html")["Content-Disposition"].startswith("attachment")


def test_the_archive_holds_every_file_of_the_report(world: World, steward: Pages) -> None:
    decision = Decision.objects.of(world.blocked)[0]
    archive = zipfile.ZipFile(io.BytesIO(steward.get("report-file", decision.pk, "report.zip").content))
    assert {"report.html", "findings.csv", "agents.parquet"} <= set(archive.namelist())


def test_a_file_that_the_report_does_not_have_is_not_found(world: World, steward: Pages) -> None:
    decision = Decision.objects.of(world.blocked)[0]
    assert steward.get("report-file", decision.pk, "settings.py").status_code == 404


def test_the_registrys_report_counts_what_must_be_zero(world: World, steward: Pages) -> None:
    assert {zero.count for zero in steward.get("report").context["zeros"]} == {0}
    revision(Corpus.objects.get(pk=world.approved.pk), {"wiki.example": 5})
    assert next(zero.count for zero in steward.get("report").context["zeros"]) == 1


def test_the_policy_is_told_in_plain_sentences(world: World, steward: Pages) -> None:
    seen = steward.text("policy", "open-release")
    assert "At most 5 % of the tokens come from domains that refuse AI training" in seen
    assert "Checked: share of tokens from domains that refuse AI training: at most 5 %." in seen


# --- people and tokens -------------------------------------------------------------------------------------


def test_an_admin_adds_a_person_who_can_sign_in(world: World) -> None:
    form = {"username": "nora", "role": "reader", "password": "a long enough phrase"}
    Pages(world.admin).post("people", **form)
    assert User.objects.get(username="nora").check_password("a long enough phrase")


def test_a_weak_password_is_told_at_its_field_and_never_shown_again(world: World) -> None:
    response = Pages(world.admin).post("people", username="nora", role="reader", password="password1")
    assert response.status_code == 422
    assert "password" in response.context["form"].errors
    assert b"password1" not in response.content


def test_the_last_admin_stays_one(world: World) -> None:
    admin = Pages(world.admin)
    admin.post("person-role", world.admin.pk, role="reader")
    assert "is the last admin" in admin.text("people")
    assert User.objects.get(pk=world.admin.pk).role == "admin"


def test_a_token_is_shown_once_and_kept_as_a_digest(world: World, reader: Pages) -> None:
    made = reader.post("tokens", name="Notebook", scopes=["read"], days="30")
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in reader.get("tokens").content.decode()
    assert made["Cache-Control"].count("no-store") == 1
    assert secret not in ApiToken.objects.get(name="Notebook").digest


def test_a_revoked_token_is_marked_and_works_no_more(world: World, reader: Pages) -> None:
    reader.post("tokens", name="Notebook", scopes=["read"], days="7")
    reader.post("token-revoke", ApiToken.objects.get(name="Notebook").pk)
    assert "revoked" in reader.text("tokens")


def test_nobody_sees_or_revokes_anothers_token(world: World, steward: Pages, reader: Pages) -> None:
    reader.post("tokens", name="Notebook", scopes=["read"], days="7")
    assert "Notebook" not in steward.text("tokens")
    assert steward.post("token-revoke", ApiToken.objects.get(name="Notebook").pk).status_code == 404
