"""Consent over time, told to people and programs: pages, tables, evidence, the terminal."""

import io
import json
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.agents import LETTERS, shipped
from crawler.consent import Amount, Group, Restriction
from crawler.models import SignalSet, Snapshot
from crawler.refusals import Refusals, Stance
from crawler.spells import rebuild_all
from governance.consent_tables import card_markdown, card_section
from governance.overtime import what_if
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


def test_a_short_history_gets_no_forecast(world: World, steward: Pages) -> None:
    assert "A forecast needs twelve months" in steward.text("corpus-consent-report", world.blocked.pk)


def test_what_cannot_be_estimated_is_said(world: World, steward: Pages) -> None:
    assert "of all tokens" in steward.text("corpus-consent-report", world.blocked.pk, estimate="1")


def test_the_takedown_list_names_who_turned_since_the_acquisition(world: World, steward: Pages) -> None:
    day = (timezone.now() - timedelta(days=10)).date().isoformat()
    context = steward.get("corpus-takedown", world.blocked.pk, acquired=day).context
    assert [each.now.name for each in context["turned"] if each.kind == "new"] == ["news.example"]
    assert context["share"] == pytest.approx(412_000 / world.blocked.revision.tokens)


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
    assert api("what-if", honour="magic").status_code == 422
    acquired = (timezone.now() - timedelta(days=10)).isoformat().replace("+00:00", "Z")
    assert [each["domain"] for each in api("takedown", acquired=acquired, kind="new").json()] == ["news.example"]


def test_the_cards_section_says_the_same_twice(api: Any, world: World) -> None:
    told = json.loads(api("card").content)["consent"]
    assert told["refuses_training_share"] == card_section(world.blocked.revision)["refuses_training_share"]
    assert "| Sites refuse AI training by a machine-readable channel |" in card_markdown(world.blocked.revision)


# --- laws --------------------------------------------------------------------------------------------------

CHANNELS = ("robots", "terms", "tdmrep", "noai")
groups = st.lists(
    st.tuples(st.integers(1, 100), st.sampled_from("nsa"), st.sets(st.sampled_from(CHANNELS[2:])), st.booleans()),
    max_size=8,
)  # fmt: skip


@given(rows=groups, fewer=st.sets(st.sampled_from(CHANNELS)), more=st.sets(st.sampled_from(CHANNELS)))
def test_honouring_more_channels_never_loses_less(rows: Any, fewer: set[str], more: set[str]) -> None:
    agents = tuple(shipped())
    made = tuple(
        Group(
            "ok", {agent.name: LETTERS[letter] for agent in agents}, Amount(tokens, 1, 1),
            signals=Refusals(frozenset((channel, "ai-train") for channel in signals)),
            stance=Stance("prohibited", "not_mentioned") if refuses else None,
        )
        for tokens, letter, signals, refuses in rows
    )  # fmt: skip
    found = Restriction(timezone.now(), made, agents)
    assert what_if(found, sorted(fewer)).lost.tokens <= what_if(found, sorted(fewer | more)).lost.tokens
    assert what_if(found, CHANNELS).lost.tokens + what_if(found, CHANNELS).kept.tokens == found.total_tokens
