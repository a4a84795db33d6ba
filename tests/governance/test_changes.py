"""The inbox of drift, and the page of one change of every document."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from crawler.drift.events import KINDS
from crawler.models import ConsentChange, Snapshot
from governance import changes
from governance.happenings import happenings, headline
from tests.factories import World, domain
from tests.governance.pages import Pages, words
from tests.watching import HOST, Watched

pytestmark = pytest.mark.django_db
WATCHED = True


def made(host: str, hours: float = 1, **more: object) -> ConsentChange:
    """A change of so many hours ago."""
    at = timezone.now() - timedelta(hours=hours)
    site = domain(host)
    before, after = (Snapshot.objects.create(domain=site, state="unavailable", fetched_at=at) for _ in range(2))
    told = {"changes": [{"kind": "agent-freed", "agent": "GPTBot", "before": "all", "after": "none"}]} | more
    return ConsentChange.objects.create(
        **{"domain": site, "at": at, "before": before, "after": after, "direction": "loosened", **told}
    )


def listed(pages: Pages, **query: str) -> list[str]:
    """The hosts and documents of the rows that a filter leaves."""
    rows = pages.get("changes", **query).context["rows"]
    return [f"{row['change'].domain.name} {row['change'].channel}" for row in rows]


# --- the list ----------------------------------------------------------------------------------------------


def test_changes_come_newest_first_with_what_they_touch(watched: Watched, steward: Pages) -> None:
    made("wiki.example", hours=0.1)
    seen = steward.text("changes")
    assert "The newest: wiki.example, loosened 6 minutes ago." in seen
    assert "63.8 % of harbour/encyclopedia and 2 more" in seen


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"channel": "terms"}, [f"{HOST} terms"]),
        ({"domain": "NEWS.example"}, ["news.example robots"]),
        ({"kind": "clause-added"}, [f"{HOST} terms"]),
        ({"kind": "channel-added"}, [f"{HOST} home"]),
        ({"standing": "returned"}, [f"{HOST} ai.txt"]),
        ({"standing": "settled"}, ["news.example robots"]),
        ({"direction": "loosened"}, []),
        ({"agent": "GPTBot", "channel": "robots"}, ["news.example robots"]),
        ({"agent": "Nobody", "channel": "robots"}, []),
    ],
)
def test_the_list_is_filtered(steward: Pages, query: dict[str, str], found: list[str]) -> None:
    assert listed(steward, **query) == found


def test_an_agent_is_meant_by_a_change_for_everybody(steward: Pages) -> None:
    assert f"{HOST} terms" in listed(steward, agent="GPTBot")


def test_a_corpus_has_the_changes_of_its_newest_revision(world: World, steward: Pages) -> None:
    assert listed(steward, corpus=str(world.derived.pk)) == ["news.example robots"]
    assert listed(steward, corpus=str(world.undecided.pk)) == []


def test_since_a_day_leaves_out_what_was_before(steward: Pages) -> None:
    made("wiki.example", hours=24 * 9)
    assert "wiki.example robots" in listed(steward)
    yesterday = timezone.now() - timedelta(days=1)
    assert "wiki.example robots" not in listed(steward, since=f"{yesterday:%Y-%m-%d}")


def test_a_filter_that_cannot_be_used_filters_nothing_and_says_so(steward: Pages) -> None:
    page = steward.get("changes", since="yesterday", channel="terms")
    assert "Enter a valid date." in words(page)
    assert [row["change"].channel for row in page.context["rows"]] == ["terms"]


@pytest.mark.parametrize("corpus", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_a_corpus_that_is_none_has_no_changes(steward: Pages, corpus: str) -> None:
    assert "No change fits this filter" in steward.text("changes", corpus=corpus)


def test_every_change_is_on_one_page_and_one_alone(world: World, steward: Pages) -> None:
    for hours in range(100):
        made("wiki.example", hours=hours // 3)  # several at nearly the same moment
    seen, at = [], ""
    while at is not None:
        page = steward.get("changes", at=at, domain="wiki.example")
        seen += [row["change"].pk for row in page.context["rows"]]
        address = page.context["next"]
        at = address and address.partition("at=")[2]
    assert len(seen) == len(set(seen)) == 100


def test_paging_keeps_the_filter(steward: Pages) -> None:
    for _ in range(41):
        made("wiki.example")
    assert "domain=wiki.example" in steward.get("changes", domain="wiki.example").context["next"]


def test_the_list_takes_as_many_statements_with_many_rows(steward: Pages) -> None:
    before = steward.queries("/changes/")
    for _ in range(40):
        made("wiki.example")
    assert steward.queries("/changes/") == before <= 12


def test_the_csv_has_a_line_for_each_corpus_touched(world: World, steward: Pages) -> None:
    response = steward.get("changes-csv", channel="robots")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))  # type: ignore[arg-type]
    assert [row["corpus"] for row in rows] == ["harbour/web-2026-filtered", "harbour/web-2026"]
    assert {row["domain"] for row in rows} == {"news.example"}


# --- who sees what -----------------------------------------------------------------------------------------


def test_an_outsider_sees_changes_of_what_they_were_given_leave_for(world: World) -> None:
    assert "news.example robots" in listed(Pages(world.outsider))


def test_without_leave_an_outsider_sees_no_change_of_the_corpus(world: World, watched: Watched) -> None:
    world.blocked.grants.all().delete()
    outsider = Pages(world.outsider)
    assert listed(outsider) == []
    assert outsider.get("change", world.change.pk).status_code == 404
    assert outsider.get("change", watched.changes["terms"].pk).status_code == 404
    lines = b"".join(outsider.get("changes-csv").streaming_content)  # type: ignore[arg-type]
    assert lines.count(b"\n") == 1


def test_a_site_of_a_hidden_corpus_changes_unseen(world: World, steward: Pages) -> None:
    hidden = made("secret.example")
    assert "secret.example robots" not in listed(steward)
    assert steward.get("change", hidden.pk).status_code == 404
    assert "secret.example robots" in listed(Pages(world.other))


def test_a_hidden_corpus_is_not_named_among_what_a_change_touches(world: World, reader: Pages) -> None:
    assert "bruno/unreleased" not in reader.get("change", world.change.pk).content.decode()
    assert "bruno/unreleased" not in reader.get("changes").content.decode()
    touched = changes.touches(world.reader, [world.change])[world.change.pk]
    assert "bruno/unreleased" not in {touch.corpus.name for touch in touched}


# --- one change of every document --------------------------------------------------------------------------


def test_a_change_of_terms_shows_the_clause_in_the_sites_words(watched: Watched, steward: Pages) -> None:
    seen = steward.text("change", watched.changes["terms"].pk)
    assert "Seen 2 hours ago in its terms of service, for everybody; it touches 288 k tokens in 1 corpus." in seen
    assert "Scraping Terms begin to speak of an axis for everybody Not mentioned became Prohibited" in seen
    assert "“You must not use any robot, spider or scraper to collect content from this site.”" in seen
    assert "+ You must not use any robot" in seen


def test_a_change_of_a_header_shows_the_header_and_the_statements(watched: Watched, steward: Pages) -> None:
    seen = steward.text("change", watched.changes["home"].pk)
    assert "+ content-signal: search=yes, ai-train=no" in seen
    assert "said nothing became Training AI models Disallowed Search indexes Allowed" in seen
    assert "new Content Signals Training AI models Disallowed Everybody header Content-Signal" in seen


@pytest.mark.parametrize(
    ("document", "before", "after"),
    [
        ("tdmrep", '− [{"location": "/", "tdm-reservation": 0}]', '+ [{"location": "/", "tdm-reservation": 1}]'),
        ("ai.txt", "− Allow: /", "+ Disallow: *.jpg"),
        ("rsl", '<permits type="usage">all</permits>', '<prohibits type="usage">ai-train</prohibits>'),
    ],
)
def test_a_change_of_a_file_shows_its_lines_on_both_sides(
    watched: Watched, steward: Pages, document: str, before: str, after: str
) -> None:
    seen = steward.text("change", watched.changes[document].pk)
    assert before in seen
    assert after in seen
    assert "Machine-readable statements that differ" in seen


def test_the_evidence_of_both_sides_has_its_digest_and_record(watched: Watched, steward: Pages) -> None:
    change = watched.changes["tdmrep"]
    seen = steward.text("change", change.pk)
    for side in (change.before, change.after):
        assert f"{side.content_id} {side.warc_file} , offset {side.warc_offset}" in seen


def test_a_change_says_whether_it_lasted(world: World, watched: Watched, steward: Pages) -> None:
    assert "until" in steward.text("change", watched.changes["rsl"].pk).partition("It may still be taken back")[2][:60]
    assert "The site took it back" in steward.text("change", watched.changes["ai.txt"].pk)
    assert "It counts as lasting." in steward.text("change", world.change.pk)


def test_lost_bytes_are_told_and_the_events_stay(watched: Watched, steward: Pages) -> None:
    content = watched.changes["rsl"].after.content
    assert content
    content.warc_file = "gone.warc.gz"
    content.save()
    seen = steward.text("change", watched.changes["rsl"].pk)
    assert "restore it from a backup" in seen
    assert "Really Simple Licensing" in seen


def test_hostile_words_of_a_site_are_shown_and_not_obeyed(steward: Pages) -> None:
    event = {"kind": "text-changed", "agent": "*", "before": "<script>alert(1)</script>", "after": "x" * 5000}
    body = steward.get("change", made("wiki.example", changes=[event]).pk).content
    assert b"<script>alert" not in body
    assert b"&lt;script&gt;alert(1)" in body


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_a_page_that_says_what_it_means(steward: Pages, kind: str) -> None:
    event = {"kind": kind, "agent": "GPTBot", "before": "none", "after": "all", "quotes": ["before it", "after it"]}
    seen = steward.text("change", made("wiki.example", changes=[event]).pk)
    assert KINDS[kind].meaning[1:] in seen


def test_an_old_change_without_kinds_still_reads(steward: Pages) -> None:
    old = made("wiki.example", changes=[{"agent": "GPTBot", "before": "none", "after": "all"}])
    assert "GPTBot Nothing refused became Whole site refused" in steward.text("change", old.pk)
    assert "Permits something else" in steward.text("changes")


def test_other_changes_of_the_same_document_are_one_step_away(steward: Pages) -> None:
    first, second = made("wiki.example", hours=30), made("wiki.example", hours=2)
    assert str(first.pk) in steward.get("change", second.pk).content.decode()


# --- events in words ---------------------------------------------------------------------------------------


def test_equal_events_of_several_agents_are_one() -> None:
    events = [{"kind": "level-up", "agent": name, "before": "none", "after": "some"} for name in ("A", "B")]
    other = {"kind": "agent-freed", "agent": "C", "before": "all", "after": "none"}
    assert [event.agents for event in happenings([other, *events])] == [("A", "B"), ("C",)]


def test_the_headline_tells_the_move_of_most_agents_and_how_many_others_there_are() -> None:
    events = [{"kind": "level-up", "agent": name, "before": "none", "after": "some"} for name in ("A", "B")]
    other = {"kind": "usage-flipped", "agent": "*", "channel": "rsl", "before": "allowed", "after": "disallowed"}
    assert headline([other, *events]) == ("an agent may fetch less than before, and 1 other event", "")


def test_the_axis_of_a_clause_has_its_name() -> None:
    event = {
        "kind": "clause-added",
        "agent": "*",
        "axis": "no_redistribution_or_competition",
        "before": "",
        "after": "",
    }
    assert happenings([event])[0].subject == "No redistribution or competing use"
