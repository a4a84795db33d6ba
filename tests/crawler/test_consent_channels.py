"""Consent by channel: robots.txt, signals and terms, with sums that can be checked by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from crawler import registry
from crawler.consent import Amount, Restriction, restriction, top_domains
from crawler.models import Content, LevelVector, SignalSet, Snapshot, TermsStance
from crawler.refusals import TERMS, refusals
from crawler.spells import rebuild
from datacards.models import Domain, Revision
from tests.crawler.conftest import revision_of

pytestmark = pytest.mark.django_db
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
NO_TRAINING = {"channel": "tdmrep", "purpose": "ai-train", "agent": "*", "value": "disallowed", "where": "/x"}
NO_GPT = {**NO_TRAINING, "channel": "noai", "agent": "GPTBot", "scope": "page"}
Tell = Callable[..., None]
digests = count()


def stance(scraping: str, ai_training: str) -> TermsStance:
    """What terms come to, with nothing else forbidden."""
    return TermsStance.objects.create(
        scraping=scraping, ai_training=ai_training, non_commercial=False, no_redistribution=False, output_only=False
    )


@pytest.fixture
def tell() -> Tell:
    """Store that a document of a site was fetched, and what it says."""
    roll = registry.current_roll()
    row = registry.stored(roll)

    def tell(site: str, channel: str = "robots", at: datetime = MARCH, levels: str = "n", **more: object) -> None:
        signals: Any = more.pop("signals", None)
        kept = SignalSet.objects.create(digest=f"{next(digests)}", reader=1, signals=signals) if signals else None
        content = {"size": 1, "warc_file": "x", "warc_offset": 0, "stance": more.pop("stance", None)}
        if channel == "robots":
            vector, _ = LevelVector.objects.get_or_create(roll=row, letters=levels * len(roll.entries))
            content["levels"] = vector
        made = Content.objects.create(digest=f"{next(digests)}", **content)
        values = {"state": "ok", "content": made, "signals": kept, **more}
        told = Snapshot.objects.create(domain=Domain.objects.get(name=site), channel=channel, fetched_at=at, **values)
        rebuild([told.domain_id])

    return tell


@pytest.fixture
def world(tell: Tell) -> Revision:
    """100 tokens: a refuses by robots, b by a signal, c by terms, d to GPTBot by name, e permits all."""
    revision = revision_of({"a.test": 10, "b.test": 20, "c.test": 30, "d.test": 15, "e.test": 25})
    for site in "abcde":
        tell(f"{site}.test", levels="a" if site == "a" else "n")
    tell("b.test", "tdmrep", signals=[NO_TRAINING])
    tell("c.test", "terms", stance=stance("prohibited", "not_mentioned"))
    tell("d.test", "home", signals=[NO_GPT])
    tell("e.test", "terms", stance=stance("allowed", "conditional"))
    return revision


def test_a_machine_readable_refusal_counts_as_one_of_robots_does(world: Revision) -> None:
    found = restriction(world)
    assert found.refused() == Amount(30, 3, 2)
    assert found.refused_by("robots").tokens == 10


def test_every_channel_is_told_apart(world: Revision) -> None:
    told = {channel: amount.tokens for channel, amount in restriction(world).by_channel().items()}
    assert told == {"terms": 30, "tdmrep": 20, "robots": 10}


def test_terms_that_prohibit_are_a_share_of_their_own(world: Revision) -> None:
    assert restriction(world).terms_refused_share == pytest.approx(0.3)


def test_where_no_terms_were_read_nothing_is_said_of_them(tell: Tell) -> None:
    revision = revision_of({"a.test": 10})
    tell("a.test")
    assert restriction(revision).terms_refused_share is None


def test_what_robots_allows_and_another_channel_refuses_is_a_conflict(world: Revision) -> None:
    assert restriction(world).conflicts() == Amount(50, 5, 2)


def test_an_agent_is_refused_also_where_only_a_signal_names_it(world: Revision) -> None:
    found = restriction(world)
    by_name = {each.agent.name: found.refused_to(each.agent).tokens for each in found.agents}
    assert (by_name["GPTBot"], by_name["CCBot"]) == (75, 60)


def test_robots_and_terms_are_laid_against_each_other(world: Revision) -> None:
    cells = {key: amount.tokens for key, amount in restriction(world).matrix().items() if amount.tokens}
    assert cells == {
        ("all", "unknown"): 10, ("none", "unknown"): 35, ("none", "prohibited"): 30, ("none", "conditional"): 25,
    }  # fmt: skip


def test_a_search_agent_is_not_refused_by_a_ban_of_training(world: Revision) -> None:
    found = restriction(world)
    assert found.refused("search").tokens == 10
    assert found.refused_by(TERMS, "search").tokens == 30  # a ban of scraping is one of every use


def test_a_failed_fetch_takes_no_signal_back(world: Revision, tell: Tell) -> None:
    tell("b.test", "tdmrep", at=MAY, state="unreachable")
    assert restriction(world).refused().tokens == 30


def test_a_signal_that_is_gone_no_longer_refuses_and_once_did(world: Revision, tell: Tell) -> None:
    tell("b.test", "tdmrep", at=MAY, state="unavailable")
    assert restriction(world).refused().tokens == 10
    assert restriction(world, MAY - timedelta(days=1)).refused().tokens == 30


def test_the_digest_covers_every_document(world: Revision, tell: Tell) -> None:
    before = restriction(world).digest
    tell("e.test", "home", at=MAY)
    assert restriction(world).digest != before


def test_the_largest_refusing_sites_are_told_with_their_channel(world: Revision) -> None:
    found = [(each.name, each.channels, bool(each.agents)) for each in top_domains(world)]
    assert found == [("b.test", ("tdmrep",), False), ("a.test", (), True)]


def test_honouring_more_never_loses_less(world: Revision) -> None:
    found: Restriction = restriction(world)
    lost = [found.honouring(channels).tokens for channels in ([], ["robots"], ["robots", "terms"])]
    assert lost == [0, 10, 40]


def test_sets_of_one_site_are_read_together() -> None:
    file = {**NO_TRAINING, "rank": 1}
    header = {**NO_TRAINING, "value": "allowed", "rank": 2}
    assert refusals([[file]]).channels(["ai-train"]) == {"tdmrep"}
    assert refusals([[file], [header]]).channels(["ai-train"]) == frozenset()
