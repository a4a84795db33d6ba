"""Home, the list of corpora, runs and people: what is in them, in which order, and page by page."""

import csv
from collections.abc import Callable

import pytest

from datacards.models import Corpus
from governance.models import Standing
from governance.watch import add_missing_standings
from tests.factories import World, corpus, person, run
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
Names = Callable[..., list[str]]


@pytest.fixture
def names(steward: Pages) -> Names:
    """Names on the first page of the list of corpora under a filter."""

    def names(**query: str) -> list[str]:
        page = steward.get("corpora", **query).context["page"]
        return [row.corpus.name for row in page.rows]

    return names


def test_home_lists_a_flipped_decision_before_everything_else(steward: Pages) -> None:
    seen = steward.text("home")
    assert seen.index("Decisions that flipped") < seen.index("Runs in trouble")
    assert "was indeterminate. Consent was checked." in seen


def test_home_names_the_failed_run_and_why_it_failed(steward: Pages) -> None:
    assert "Registration of harbour/empty" in steward.text("home")
    assert "holds no file that can be read" in steward.text("home")


def test_home_shows_cards_to_finish_and_leave_that_ends(steward: Pages) -> None:
    seen = steward.text("home")
    assert "80.0 % of the required fields are filled." in seen
    assert "olga reads harbour/web-2026" in seen


def test_home_says_plainly_that_there_is_nothing_to_do(world: World) -> None:
    assert "Nothing needs you today." in Pages(person("newcomer", "steward")).text("home")


def test_home_tells_an_outsider_what_an_outsider_sees(world: World) -> None:
    assert "you see what is public" in Pages(world.outsider).text("home")


def test_a_steward_is_not_asked_to_mend_another_stewards_corpus(world: World) -> None:
    assert "harbour" not in Pages(world.other).text("home")


def test_corpora_are_found_by_a_part_of_name_or_title(names: Names) -> None:
    assert names(q="ENCYCLO") == ["harbour/encyclopedia"]
    assert names(q="filtered for quality") == ["harbour/web-2026-filtered"]
    assert names(q="no such corpus") == []


def test_a_percent_sign_in_a_search_is_a_percent_sign(names: Names) -> None:
    assert names(q="%") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"outcome": "approved"}, ["harbour/encyclopedia"]),
        ({"licence": "cc-by-4.0"}, ["harbour/web-2026-filtered"]),
        ({"audience": "public"}, ["harbour/encyclopedia"]),
        ({"owner": "bruno"}, []),
    ],
)
def test_corpora_are_filtered_by_decision_licence_audience_and_owner(
    names: Names, query: dict[str, str], found: list[str]
) -> None:
    assert names(**query) == found


def test_what_is_not_known_comes_last_in_either_direction(names: Names) -> None:
    assert names(sort="-refused")[-1] == names(sort="refused")[-1] == "harbour/forum-dump"


def test_sorting_by_refused_share_shows_what_is_most_at_risk_first(names: Names) -> None:
    assert names(sort="-refused")[0] == "harbour/web-2026"


def test_an_unknown_order_falls_back_to_the_newest(names: Names) -> None:
    assert names(sort="password") == names()


@pytest.fixture
def many(world: World) -> int:
    """120 corpora more; every third is undecided, so that pages cross from shares to none."""
    for number in range(120):
        corpus(world.steward, f"many/{number:03}", {})
    add_missing_standings()
    for number, row in enumerate(Standing.objects.filter(corpus__name__startswith="many/")):
        row.refused_share = None if number % 3 == 0 else (number % 7) / 10
        row.save()
    return Corpus.objects.filter(owner=world.steward).count()


@pytest.mark.parametrize("sort", ["name", "-name", "-refused", "refused", "-changed", "tokens", "card", "licence"])
def test_paging_forth_and_back_shows_every_corpus_once(many: int, steward: Pages, sort: str) -> None:
    seen, pages, at = [], [], ""
    while at is not None:
        page = steward.get("corpora", sort=sort, at=at).context["page"]
        pages.append([row.pk for row in page.rows])
        seen += pages[-1]
        at, back = page.next, page.previous
    assert len(seen) == len(set(seen)) == many
    page = steward.get("corpora", sort=sort, at=back).context["page"]
    assert [row.pk for row in page.rows] == pages[-2]


def test_the_list_takes_at_most_12_queries_whatever_its_length(many: int, steward: Pages) -> None:
    assert max(steward.queries(f"/corpora/?sort={sort}&q=many") for sort in ("name", "-refused", "-changed")) <= 12


def test_a_filter_stays_in_the_addresses_of_the_pages(many: int, steward: Pages) -> None:
    following = steward.get("corpora", q="many", sort="name").context["next"]
    assert "q=many" in following
    assert "sort=name" in following


def test_a_cursor_of_another_order_is_refused_and_does_not_break(many: int, steward: Pages) -> None:
    cursor = steward.get("corpora", sort="name").context["page"].next
    assert steward.get("corpora", sort="-changed", at=cursor).status_code == 400


def test_the_csv_holds_what_the_list_shows(names: Names, steward: Pages) -> None:
    body = b"".join(steward.get("corpora-csv", sort="name").streaming_content).decode()
    rows = list(csv.DictReader(body.splitlines()))
    assert [row["corpus"] for row in rows] == names(sort="name")


def test_a_title_that_looks_like_a_formula_is_harmless_in_the_csv(world: World, steward: Pages) -> None:
    Corpus.objects.filter(pk=world.blocked.pk).update(title="=HYPERLINK(1)")
    body = b"".join(steward.get("corpora-csv").streaming_content).decode()
    assert "'=HYPERLINK(1)" in body


def test_runs_are_listed_newest_first_and_by_trouble(world: World, steward: Pages) -> None:
    run("scan", "failed", world.steward, world.blocked, sentence="The newest trouble.")
    seen = steward.text("runs", state="trouble")
    assert seen.index("The newest trouble.") < seen.index("harbour/empty")
    assert "Consent crawl" not in seen


def test_a_reader_sees_the_runs_of_readable_corpora_only(world: World, reader: Pages) -> None:
    run("scan", "completed", world.other, world.hidden)
    seen = reader.text("runs")
    assert "harbour/web-2026" in seen
    assert "unreleased" not in seen
