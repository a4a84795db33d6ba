"""What the API tells of evidence: consent, domains, drift, audits, decisions, reports."""

import io
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from tests.factories import World
from tests.governance.asking import Ask

pytestmark = pytest.mark.django_db


# --- consent, domains, drift ------------------------------------------------------------------------------


def test_consent_is_told_as_of_a_date(ask: Ask, web: str) -> None:
    now = ask("GET", f"{web}/consent").json()
    then = ask("GET", f"{web}/consent", as_of=(timezone.now() - timedelta(days=10)).isoformat()).json()
    never = ask("GET", f"{web}/consent", as_of=(timezone.now() - timedelta(days=90)).isoformat()).json()
    assert now["refused_share"] > then["refused_share"] > 0
    assert (never["refused_share"], never["checked_share"]) == (None, None)
    assert now["total"]["tokens"] == sum(a["tokens"] for a in now["agents"][0]["levels"].values())


def test_consent_is_told_for_one_agent_or_purpose(ask: Ask, web: str) -> None:
    assert [each["agent"] for each in ask("GET", f"{web}/consent", agent="gptbot").json()["agents"]] == ["GPTBot"]
    assert {each["purpose"] for each in ask("GET", f"{web}/consent", purpose="search").json()["agents"]} == {"search"}
    assert ask("GET", f"{web}/consent", agent="NoSuchBot").status_code == 422


def test_the_largest_refusing_domains_come_first(ask: Ask, web: str) -> None:
    found = ask("GET", f"{web}/consent/domains", agent="GPTBot").json()
    assert [each["domain"] for each in found] == ["news.example", "www.daily.example", "poems.example"]


def test_a_domain_says_what_it_permits_and_whom_it_touches(ask: Ask) -> None:
    domain = ask("GET", "domains/NEWS.example").json()
    assert (domain["levels"]["GPTBot"], domain["levels"]["Amazonbot"]) == ("all", "some")
    assert [each["corpus"]["name"] for each in domain["corpora"]] == ["harbour/web-2026", "harbour/web-2026-filtered"]


def test_robots_txt_is_told_with_the_deciding_line(ask: Ask) -> None:
    answer = ask("GET", "domains/news.example/robots", agent="GPTBot", url="/2026/story").json()
    verdict = answer["verdict"]
    assert (verdict["allowed"], answer["text"].splitlines()[verdict["line"] - 1]) == (False, "Disallow: /")


def test_robots_txt_is_told_as_it_was(ask: Ask) -> None:
    earlier = (timezone.now() - timedelta(days=10)).isoformat()
    answer = ask("GET", "domains/news.example/robots", agent="GPTBot", as_of=earlier).json()
    assert (answer["verdict"]["allowed"], answer["verdict"]["line"]) == (True, None)


def test_a_domain_that_could_not_be_asked_permits_nothing(ask: Ask) -> None:
    answer = ask("GET", "domains/gone.example/robots", agent="GPTBot").json()
    assert (answer["text"], answer["verdict"]["allowed"]) == (None, False)


def test_a_lost_evidence_file_is_told_plainly(ask: Ask, settings: Any, tmp_path: Any) -> None:
    settings.CONSENTRY_STORE = str(tmp_path)
    answer = ask("GET", "domains/news.example/robots")
    assert (answer.status_code, answer.json()["type"]) == (503, "/api/v1/docs#unavailable")


def test_drift_is_listed_with_what_it_hits(ask: Ask, world: World) -> None:
    listed = ask("GET", "changes", corpus=world.blocked.pk, direction="tightened").json()["items"]
    change = ask("GET", f"changes/{listed[0]['id']}").json()
    assert change["domain"] == "news.example"
    (event,) = [event for event in change["changes"] if event["agent"] == "GPTBot"]
    assert (event["kind"], event["before"], event["after"]) == ("agent-newly-blocked", "none", "all")
    assert change["corpora"][0]["share"] == pytest.approx(412_000 / world.blocked.revision.tokens)


# --- decisions, reports -----------------------------------------------------------------------------------


def test_a_decision_is_told_with_its_reasons_and_frozen_facts(ask: Ask, world: World) -> None:
    row = ask("GET", "decisions", corpus=world.blocked.pk).json()["items"][0]
    decision = ask("GET", f"decisions/{row['id']}").json()
    assert decision["outcome"] == "blocked"
    assert decision["replayed"] is True
    assert {"PASS", "FAIL"} <= {finding["result"] for finding in decision["findings"]}
    assert decision["facts"]["consent.refused_share"]["evidence"]


def test_deciding_again_on_the_same_evidence_gives_the_same_decision(ask: Ask, web: str) -> None:
    assert len({ask("POST", f"{web}/decisions").json()["id"] for _ in range(2)}) == 1


def test_a_report_is_downloaded_in_three_forms(ask: Ask, world: World) -> None:
    assert world.decision
    path = f"decisions/{world.decision.pk}/report"
    page, table = ask("GET", path), ask("GET", path, format="csv", table="domains")
    parquet = pq.read_table(io.BytesIO(ask("GET", path, format="parquet", table="agents").content))
    assert page["Content-Disposition"].startswith("attachment")
    assert b"<html" in page.content
    assert table.content.decode().splitlines()[0].startswith("domain,tokens")
    assert parquet.num_rows > 50


def test_an_audit_is_told_with_its_counts(ask: Ask, world: World) -> None:
    row = ask("GET", "audits", corpus=world.blocked.pk).json()["items"][0]
    counts = ask("GET", f"audits/{row['id']}").json()["counts"]
    assert {"column": "text", "type": "iban"}.items() <= next(c for c in counts if c["type"] == "iban").items()


def test_a_policy_is_told_with_the_rules_that_decide(ask: Ask) -> None:
    policy = ask("GET", "policies/open-release").json()
    assert len(policy["active"]["rules"]["rules"]) >= 6
    assert ask("GET", "policies/open-release/versions").json()["items"][0] == policy["active"]


def test_consent_over_time_ends_with_what_is_refused_now(ask: Ask, web: str) -> None:
    now, trend = ask("GET", f"{web}/consent").json(), ask("GET", f"{web}/consent/trend").json()
    assert trend["steps"][-1]["refused"] == pytest.approx(now["refused_share"])
    assert trend["steps"][0]["refused"] < trend["steps"][-1]["refused"]


def test_the_registry_is_summed_over_what_one_may_read(ask: Ask, administering: Ask) -> None:
    mine, all_of_it = ask("GET", "registry").json(), administering("GET", "registry").json()
    assert (mine["corpora"], all_of_it["corpora"]) == (4, 5)
    assert sum(part["tokens"] for part in mine["outcomes"]) == mine["tokens"] < all_of_it["tokens"]
