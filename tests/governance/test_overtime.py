"""Consent over time, told to people and programs: pages, tables, evidence, the terminal."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from warcio.archiveiterator import ArchiveIterator

from crawler.models import SignalSet, Snapshot
from crawler.spells import rebuild_all
from governance.consent_tables import card_markdown, card_section
from tests.factories import World, domain
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(world: World) -> Pages:
    return Pages(world.steward)


@pytest.fixture
def signalled(world: World) -> World:
    """The wiki, a third of the tokens, reserves text and data mining since yesterday."""
    said = {"channel": "tdmrep", "purpose": "ai-train", "agent": "*", "value": "disallowed", "where": "tdmrep.json"}
    signals = SignalSet.objects.create(digest="d", reader=1, signals=[said])
    at = timezone.now() - timedelta(days=1)
    Snapshot.objects.create(domain=domain("wiki.example"), channel="tdmrep", fetched_at=at, state="ok", signals=signals)
    list(rebuild_all())
    return world


def test_the_page_answers_its_question_in_one_sentence(world: World, steward: Pages) -> None:
    seen = steward.text("corpus-consent-report", world.blocked.pk)
    assert "of its tokens are refused to AI training by any channel" in seen


def test_the_page_takes_at_most_twelve_statements(signalled: World, steward: Pages) -> None:
    assert steward.queries(f"/corpora/{signalled.blocked.pk}/consent/over-time/") <= 12


def test_the_filter_lives_in_the_address(signalled: World, steward: Pages) -> None:
    seen = steward.text("corpus-consent-report", signalled.blocked.pk, agent="GPTBot", channel="tdmrep", by="domains")
    assert "of its sites are refused to GPTBot by TDM Reservation Protocol" in seen


def test_a_choice_that_is_none_is_told_at_its_field(world: World, steward: Pages) -> None:
    response = steward.get("corpus-consent-report", world.blocked.pk, agent="Nobody")
    assert response.status_code == 200
    assert "is not one of the available choices" in words(response)


def test_what_if_names_what_is_honoured_and_lost(signalled: World, steward: Pages) -> None:
    seen = steward.text("corpus-consent-report", signalled.blocked.pk, honour="tdmrep")
    assert "Honouring TDM Reservation Protocol loses 32.8 % of the tokens" in seen


def test_every_channel_is_honoured_until_a_choice_is_made(signalled: World, steward: Pages) -> None:
    page = "corpus-consent-report", signalled.blocked.pk
    assert "Honouring every channel loses" in steward.text(*page)
    assert "Honouring no channel loses 0 % of the tokens" in steward.text(*page, weigh="1")


def test_an_ignored_agent_is_named(world: World, steward: Pages) -> None:
    seen = steward.text("corpus-consent-report", world.blocked.pk, honour="robots", ignore="CCBot")
    assert "Honouring robots.txt towards all but CCBot loses" in seen


def test_every_export_on_the_page_answers(world: World, steward: Pages) -> None:
    page = steward.get("corpus-consent-report", world.blocked.pk, agent="GPTBot", as_of=str(timezone.now().date()))
    links = re.findall(r'href="(/api/v1/[^"]+consent/[^"]+)"', page.content.decode())
    assert len(links) == 7
    for link in links:
        response = steward.client.get(unescape(link))
        assert (response.status_code, bool(b"".join(response))) == (200, True), link


def test_a_short_history_gets_no_forecast(world: World, steward: Pages) -> None:
    assert "A forecast needs twelve months" in steward.text("corpus-consent-report", world.blocked.pk)


def test_what_cannot_be_estimated_is_said(world: World, steward: Pages) -> None:
    assert "of all tokens" in steward.text("corpus-consent-report", world.blocked.pk, estimate="1")


def test_the_takedown_list_names_who_turned_since_the_acquisition(world: World, steward: Pages) -> None:
    day = (timezone.now() - timedelta(days=10)).date().isoformat()
    context = steward.get("corpus-takedown", world.blocked.pk, acquired=day).context
    assert [each.now.name for each in context["turned"] if each.kind == "new"] == ["news.example"]
    assert context["share"] == pytest.approx(412_000 / world.blocked.revision.tokens)


def test_then_is_laid_against_now(world: World, steward: Pages) -> None:
    day = (timezone.now() - timedelta(days=10)).date().isoformat()
    rows = dict(steward.get("corpus-takedown", world.blocked.pk, acquired=day).context["crossed"])
    assert rows["not refused"][1].amount.tokens == 412_000
    assert sum(cell.amount.domains for cells in rows.values() for cell in cells) == 10


def test_the_takedown_list_is_a_table_for_spreadsheets(world: World, steward: Pages) -> None:
    lines = steward.get("corpus-takedown", world.blocked.pk, format="csv").content.decode().splitlines()
    assert lines[0].startswith("domain,tokens,documents,kind,then,now")
    assert any(line.startswith("news.example,412000,") for line in lines)


def test_a_stranger_finds_neither_page(world: World) -> None:
    stranger = Pages(world.outsider)
    for name in ("corpus-consent-report", "corpus-takedown"):
        assert stranger.get(name, world.undecided.pk).status_code == 404


# --- programs ----------------------------------------------------------------------------------------------


@pytest.fixture
def api(world: World) -> Any:
    pages = Pages(world.steward)
    return lambda path, **query: pages.client.get(f"/api/v1/corpora/{world.blocked.pk}/consent/{path}", query)


def test_the_series_ends_with_what_holds_now(api: Any) -> None:
    months = api("series").json()["months"]
    assert months[-1]["levels"]["all"]["domains"] == 4
    assert sum(part["domains"] for part in months[-1]["levels"].values()) == 10


def test_an_agent_that_nobody_knows_is_refused(api: Any) -> None:
    response = api("series", agent="Nobody")
    assert (response.status_code, response.json()["errors"][0]["where"]) == (422, "query.agent")


def test_the_domains_come_as_parquet_with_numbers(api: Any) -> None:
    table = pq.read_table(io.BytesIO(api("table", format="parquet").content))
    assert table.column("tokens").to_pylist()[:2] == [640_000, 412_000]
    assert str(table.schema.field("documents").type) == "int64"


def test_the_evidence_is_a_warc_of_every_answer(api: Any) -> None:
    content = b"".join(api("evidence").streaming_content)
    kinds = {record.rec_type for record in ArchiveIterator(io.BytesIO(content))}
    assert kinds == {"warcinfo", "response"}


def test_what_if_and_takedown_answer_programs(api: Any) -> None:
    assert api("what-if", honour="robots").json()["lost"]["domains"] == 4
    assert api("what-if", honour="magic").status_code == api("what-if", ignore="Nobody").status_code == 422
    assert api("what-if", ignore="CCBot").json()["share"] <= api("what-if").json()["share"]
    acquired = (timezone.now() - timedelta(days=10)).isoformat().replace("+00:00", "Z")
    assert [each["domain"] for each in api("takedown", acquired=acquired, kind="new").json()] == ["news.example"]


def test_the_cards_section_says_the_same_twice(api: Any, world: World) -> None:
    told = json.loads(api("card").content)["consent"]
    assert told["refuses_training_share"] == card_section(world.blocked.revision)["refuses_training_share"]
    assert "| Sites refuse AI training by a machine-readable channel |" in card_markdown(world.blocked.revision)
