"""`manage.py schedule`: what the pages do, from a terminal."""

import io
from pathlib import Path

import pytest
from django.test import Client

from crawler.models import DomainGroup, Schedule
from datacards.models import Corpus, User
from tests.factories import corpus, person
from tests.governance.test_commands import plain, refused, told
from tests.site import Answer, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stella() -> User:
    return person("stella", "steward")


@pytest.fixture
def web(stella: User) -> Corpus:
    return corpus(stella, "harbour/web", {"news.example": 700, "wiki.example": 300})


def test_a_schedule_is_added_listed_paused_resumed_and_removed(web: Corpus) -> None:
    made = plain("schedule", "add", "harbour/web", "--every-hours", "12", "--documents", "robots", "--as", "stella")
    assert (made["every_hours"], made["documents"]) == (12, ["robots"])
    assert "harbour/web" in told("schedule")
    assert plain("schedule", "pause", "harbour/web", "--as", "stella")["active"] is False
    assert "Paused" in told("schedule", "list")
    assert plain("schedule", "resume", made["id"][:8], "--as", "stella")["active"] is True
    assert "is removed" in told("schedule", "remove", "harbour/web", "--as", "stella")
    assert not Schedule.objects.exists()


def test_the_list_for_programs_has_the_keys_of_the_api(web: Corpus, stella: User) -> None:
    told("schedule", "add", "harbour/web", "--as", "stella")
    client = Client()
    client.force_login(stella)
    (listed,), (item,) = plain("schedule")["items"], client.get("/api/v1/schedules").json()["items"]
    assert (listed.keys(), listed["id"], listed["corpus"]) == (item.keys(), item["id"], item["corpus"])


def test_asking_now_does_the_crawl_here(web: Corpus, settings: object, tmp_path: Path) -> None:
    robots = {"/robots.txt": Answer(b"User-agent: *\nDisallow:\n")}
    with serving({"news.example": robots, "wiki.example": robots}) as site:
        settings.CONSENTRY_CRAWL_LOOPBACK, settings.CONSENTRY_STORE = site.address, str(tmp_path)  # type: ignore[attr-defined]
        told("schedule", "add", "harbour/web", "--documents", "robots", "--as", "stella")
        done = plain("schedule", "ask", "harbour/web", "--as", "stella")
    assert (done["state"], done["outcome"]["fetched"]) == ("completed", 2)
    assert plain("schedule")["items"][0]["last_state"] == "completed"


def test_asking_detached_leaves_the_work_to_a_worker(web: Corpus) -> None:
    told("schedule", "add", "harbour/web", "--as", "stella")
    assert plain("schedule", "ask", "harbour/web", "--detach", "--as", "stella")["state"] == "pending"


def test_a_group_is_made_shown_changed_and_removed(web: Corpus) -> None:
    made = plain("schedule", "groups", "news", "--hosts", "news.example", "wiki.example", "--as", "stella")
    assert (made["size"], made["domains"]) == (2, ["news.example", "wiki.example"])
    told("schedule", "groups", "news", "--hosts", "wiki.example", "--as", "stella")
    assert plain("schedule", "groups", "news")["domains"] == ["wiki.example"]
    told("schedule", "add", "--group", "news", "--as", "stella")
    assert "news (group)" in told("schedule")
    assert "are removed" in told("schedule", "groups", "news", "--remove", "--as", "stella")
    assert (DomainGroup.objects.count(), Schedule.objects.count()) == (0, 0)


def test_hosts_come_from_a_file_or_the_input(web: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hosts.txt").write_text("news.example  # ours\n\nwiki.example\n")
    assert plain("schedule", "groups", "a", "--hosts-from", str(tmp_path / "hosts.txt"), "--as", "stella")["size"] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("news.example\n"))
    assert plain("schedule", "groups", "b", "--hosts-from", "-", "--as", "stella")["size"] == 1
    assert [row["name"] for row in plain("schedule", "groups")["items"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "harbour/web", "--as", "bruno"], "Only stella, whose corpus it is, or an admin may let its sites"),
        (["add", "--as", "stella"], "Name either a corpus or, by --group, a group of domains."),
        (["add", "nobody/knows", "--as", "stella"], "There is no corpus called 'nobody/knows'"),
        (
            ["add", "--group", "none", "--as", "stella"],
            "There is no group called 'none'; `schedule groups` lists them.",
        ),
        (["add", "harbour/web", "--every-hours", "0", "--as", "stella"], "every_hours: between 1 and 8,760"),
        (["add", "harbour/web", "--documents", "humans", "--as", "stella"], "documents: 'humans' is not one of robots"),
        (["pause", "harbour/web", "--as", "stella"], "There is no schedule 'harbour/web'"),
        (["groups", "n", "--hosts", "a b", "--as", "stella"], "is not a host name such as news.example.org"),
        (["groups", "n", "--hosts-from", "/nowhere", "--as", "stella"], "/nowhere: this is no text file"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(web: Corpus, words: list[str], sentence: str) -> None:
    person("bruno", "steward")
    said = refused("schedule", *words)
    assert sentence in said
    assert "\n" not in said


def test_another_steward_pauses_nothing(web: Corpus) -> None:
    told("schedule", "add", "harbour/web", "--as", "stella")
    person("bruno", "steward")
    assert "Only stella" in refused("schedule", "pause", "harbour/web", "--as", "bruno")
    assert Schedule.objects.get().active


def test_looking_as_somebody_shows_what_they_may_know_of(web: Corpus) -> None:
    told("schedule", "add", "harbour/web", "--as", "stella")
    Corpus.objects.update(audience="named")
    person("rita", "reader")
    assert plain("schedule", "--as", "rita")["items"] == []
    assert len(plain("schedule")["items"]) == 1
