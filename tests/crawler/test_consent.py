"""How much of a corpus its sites refuse: sums that can be checked by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from crawler import registry, store
from crawler.consent import Amount, Restriction, domain_history, reading, restriction, top_domains
from crawler.models import Agent, ConsentChange, Content, Snapshot
from crawler.robots import parse
from crawler.states import State
from crawler.warc import Exchange, writing
from datacards.errors import Unavailable
from datacards.models import Domain, Revision
from tests.crawler.conftest import revision_of

pytestmark = pytest.mark.django_db
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
Say = Callable[..., Snapshot]


@pytest.fixture
def say(settings: Settings, tmp_path: Path) -> Say:
    """Store what a domain said at a moment."""
    settings.CONSENTRY_STORE = str(tmp_path)
    roll = registry.current_roll()
    row = registry.stored(roll)

    def say(domain: str, body: str = "", at: datetime = MARCH, state: State = State.OK) -> Snapshot:
        exchange = Exchange(f"https://{domain}/robots.txt", at, 200, (), body.encode())
        snapshot = Snapshot(domain=Domain.objects.get(name=domain), fetched_at=at, state=state)
        if body:
            with writing(tmp_path / "warc", f"{domain}-{at:%m%d%H%M%S%f}", "test") as writer:
                place = writer.response(exchange)
            letters = roll.letters(parse(body.encode()))
            vector = registry.vectors(row, {letters})[letters]
            found = {"size": len(body), "warc_file": place.file, "warc_offset": place.offset, "levels_id": vector}
            snapshot.content, _ = Content.objects.get_or_create(digest=exchange.digest, defaults=found)
        snapshot.save()
        return snapshot

    return say


NO_GPT = "User-agent: GPTBot\nDisallow: /\n"
NO_CC = "User-agent: CCBot\nDisallow: /\n"
NOBODY = "User-agent: *\nDisallow: /\n"
SOME = "User-agent: *\nDisallow: /private\n"
WORLD = {"a.test": 100, "b.test": 50, "c.test": 30, "d.test": 20, "e.test": 10, "f.test": 5, "": 85}


@pytest.fixture
def world(say: Say) -> Revision:
    """300 tokens: a forbids GPTBot, b CCBot, c everybody, d some, e is silent, f was never asked, 85 have no domain."""
    revision = revision_of(WORLD)
    for domain, body in {"a.test": NO_GPT, "b.test": NO_CC, "c.test": NOBODY, "d.test": SOME}.items():
        say(domain, body)
    say("e.test", at=MARCH, state=State.UNREACHABLE)
    return revision


def tokens(found: Restriction, agent: str) -> dict[str, int]:
    """Tokens at each outcome of an agent."""
    restricted = found.agent(agent)
    assert restricted is not None
    return {outcome: weight.tokens for outcome, weight in restricted.by_level.items() if weight.tokens}


def test_each_agent_has_its_tokens_at_each_level(world: Revision) -> None:
    found = restriction(world)
    assert tokens(found, "GPTBot") == {"none": 50, "some": 20, "all": 130, "unreachable": 10, "unknown": 90}
    assert tokens(found, "CCBot") == {"none": 100, "some": 20, "all": 80, "unreachable": 10, "unknown": 90}
    assert tokens(found, "Diffbot")["all"] == 30


def test_outcomes_add_up_to_the_whole_for_every_agent(world: Revision) -> None:
    found = restriction(world)
    assert found.total == Amount(300, 29, 7)
    for each in found.agents:
        assert sum(each.by_level.values(), Amount()) == found.total


def test_a_purpose_is_refused_where_any_of_its_agents_is(world: Revision) -> None:
    found = restriction(world)
    assert found.refused("train") == Amount(130, 13, 2)
    assert found.refused("dataset") == Amount(80, 8, 2)
    assert found.refused("train", "dataset") == found.refused() == Amount(180, 18, 3)
    assert {each.purpose: each.refused.tokens for each in found.purposes}["search"] == 30


def test_shares_are_of_all_tokens(world: Revision) -> None:
    found = restriction(world)
    assert (found.checked_tokens, found.domain_tokens) == (210, 215)
    assert found.checked_share == pytest.approx(0.7)
    assert found.unreachable_share == pytest.approx(10 / 300)
    assert found.refused_share("train") == pytest.approx(130 / 300)


def test_a_revision_without_tokens_has_no_shares() -> None:
    found = restriction(revision_of({}))
    assert (found.total, found.checked_share, found.digest) == (Amount(), None, "")


def test_the_past_can_be_asked(world: Revision, say: Say) -> None:
    say("d.test", NOBODY, at=MAY)
    assert tokens(restriction(world, MARCH), "CCBot")["all"] == 80
    assert tokens(restriction(world, MAY), "CCBot")["all"] == 100
    before = restriction(world, MARCH - timedelta(days=1))
    assert (before.checked_tokens, before.oldest) == (0, None)


def test_the_dates_and_the_digest_of_the_evidence_are_told(world: Revision, say: Say) -> None:
    first = restriction(world)
    say("d.test", NOBODY, at=MAY)
    second = restriction(world)
    assert (second.oldest, second.newest) == (MARCH, MAY)
    assert first.digest != second.digest
    assert restriction(world, MARCH).digest == first.digest


def test_permitting_states_count_as_no_restriction(say: Say) -> None:
    revision = revision_of({"a.test": 1, "b.test": 2, "c.test": 4})
    for domain, state in {"a.test": State.EMPTY, "b.test": State.UNAVAILABLE, "c.test": State.SOFT_404}.items():
        say(domain, "<html>" if state == State.SOFT_404 else "", state=state)
    assert tokens(restriction(revision), "GPTBot") == {"none": 7}


def test_the_domains_that_refuse_come_largest_first(world: Revision) -> None:
    assert [d.name for d in top_domains(world, purposes=["train"])] == ["a.test", "c.test"]
    assert [d.name for d in top_domains(world, agent="CCBot")] == ["b.test", "c.test"]
    assert [d.name for d in top_domains(world)] == ["a.test", "b.test", "c.test"]
    first = top_domains(world, purposes=["train"], limit=1)[0]
    assert (first.tokens, first.agents) == (100, ("GPTBot",))
    assert [d.name for d in top_domains(world, purposes=["train"], limit=1, offset=1)] == ["c.test"]


def test_a_handful_of_queries_is_enough(world: Revision, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(3):
        restriction(world)
    with django_assert_max_num_queries(4):
        top_domains(world, purposes=["train"])


def test_a_snapshot_is_read_with_its_deciding_lines(say: Say) -> None:
    revision_of({"a.test": 1})
    found = reading(say("a.test", "# hello\n" + NO_GPT + "\nUser-agent: *\nDisallow: /a\nDisallow: /b\n"))
    by_name = {each.agent.name: each for each in found.agents}
    assert found.lines[2] == "Disallow: /"
    assert (by_name["GPTBot"].level, by_name["GPTBot"].line, by_name["GPTBot"].token) == ("all", 3, "gptbot")
    assert (by_name["CCBot"].level, by_name["CCBot"].line, by_name["CCBot"].token) == ("some", 6, "*")
    assert found.deciding[3] == ["GPTBot"]


def test_a_silent_domain_is_read_without_lines(say: Say) -> None:
    revision_of({"a.test": 1})
    found = reading(say("a.test", state=State.UNREACHABLE))
    assert (found.lines, {each.level for each in found.agents}) == ((), {"unreachable"})


def test_evidence_that_the_store_lost_is_told_in_one_sentence(say: Say, tmp_path: Path) -> None:
    revision_of({"a.test": 1})
    snapshot = say("a.test", NOBODY)
    next((tmp_path / "warc").glob("*.gz")).unlink()
    with pytest.raises(Unavailable, match="restore it from a backup"):
        reading(snapshot)


def test_the_history_of_a_domain_begins_with_the_newest(say: Say) -> None:
    revision_of({"a.test": 1})
    say("a.test", SOME)
    say("a.test", NOBODY, at=MAY)
    assert [s.fetched_at for s in domain_history(Domain.objects.get(name="a.test"))] == [MAY, MARCH]


def test_a_new_agent_is_unknown_until_levels_are_derived_again(world: Revision) -> None:
    Agent.objects.create(name="NewBot", operator="x", purpose="train")
    assert tokens(restriction(world), "NewBot") == {"unreachable": 10, "unknown": 290}
    call_command("derive_levels", "--json")
    assert tokens(restriction(world), "NewBot") == {
        "none": 150,
        "some": 20,
        "all": 30,
        "unreachable": 10,
        "unknown": 90,
    }


def test_deriving_again_is_no_drift_and_moves_no_evidence(world: Revision) -> None:
    before = restriction(world)
    Agent.objects.create(name="NewBot", operator="x", purpose="train")
    call_command("derive_levels", "--json")
    after = restriction(world)
    assert (after.digest, tokens(after, "GPTBot")) == (before.digest, tokens(before, "GPTBot"))
    assert not ConsentChange.objects.exists()


def test_deriving_twice_reads_nothing_the_second_time(world: Revision, capsys: pytest.CaptureFixture[str]) -> None:
    Agent.objects.create(name="NewBot", operator="x", purpose="train")
    call_command("derive_levels", "--json")
    call_command("derive_levels", "--json")
    first, second = capsys.readouterr().out.splitlines()
    assert ('"derived": 4' in first, '"derived": 0' in second) == (True, True)


def test_the_future_is_not_known(world: Revision, say: Say) -> None:
    say("f.test", NOBODY, at=timezone.now() + timedelta(days=1))
    assert restriction(world).checked_tokens == 210


def test_the_store_reads_what_a_snapshot_points_to(say: Say) -> None:
    revision_of({"a.test": 1})
    content = say("a.test", SOME).content
    assert content is not None
    assert store.configured().read(content.warc_file, content.warc_offset).body == SOME.encode()


def test_refusing_domains_are_found_below_the_largest(world: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = top_domains(world)
    monkeypatch.setattr("crawler.consent.LARGEST", 1)
    assert len(whole) > 1
    assert top_domains(world) == whole
