"""The crawl's own log, replayed against the robots.txt it kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler import config, store
from crawler.judging import Judge, Request, Violation
from crawler.replay import Replay
from crawler.shard import folder_of
from crawler.warc import Exchange, writing
from crawler.wire import Manners
from datacards.models import Run
from tests.crawler.conftest import revision_of
from tests.site import Answer, serving

Crawled = Callable[..., Run]
START = datetime(2026, 3, 1, tzinfo=UTC)
HOME = Answer(b'<html><body><a href="/terms">Terms of service</a></body></html>', headers={"Content-Type": "text/html"})
PAGE = Answer(b"<html><body><p>These are the terms.</p></body></html>", headers={"Content-Type": "text/html"})
WEB = {
    "open.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /x\n"), "/": HOME, "/terms": PAGE},
    "closed.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /\n"), "/": HOME, "/terms": PAGE},
    "noterms.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /terms\n"), "/": HOME, "/terms": PAGE},
    "moved.test": {"/robots.txt": Answer.to("http://www.moved.test/robots.txt"), "/": Answer.to("http://away.test/")},
    "www.moved.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /ai.txt\n")},
    "away.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /private\n"), "/": HOME},
    "busy.test": {"/robots.txt": Answer(status=503), "/": HOME},
}
ASKED = ["open.test", "closed.test", "noterms.test", "moved.test", "busy.test"]
ALL = ["robots", "home", "tdmrep", "ai.txt", "llms.txt", "rsl", "terms"]


def replayed(run: Run, **changes: float) -> tuple[list[Violation], Replay]:
    """The violations of a run."""
    replay = Replay(run, store.configured(), replace(config.manners(), **changes))  # type: ignore[arg-type]
    return list(replay.violations()), replay


@pytest.mark.django_db(transaction=True)
class TestOfACrawl:
    def test_what_robots_txt_forbids_was_not_asked(self, crawled: Crawled) -> None:
        with serving(WEB) as site:
            found, replay = replayed(crawled(site, revision_of(dict.fromkeys(ASKED, 1)), documents=ALL))
        assert found == []
        assert replay.tally["requests"] == sum(site.asked.values()) - 1  # the 503 was asked twice, and kept once
        assert {path for host, path in site.asked if host in ("closed.test", "busy.test")} == {"/robots.txt"}
        assert (site.count("noterms.test", "/terms"), site.count("open.test", "/terms")) == (0, 1)
        assert (site.count("moved.test", "/ai.txt"), site.count("away.test", "/")) == (0, 1)

    def test_a_planted_request_is_told_with_line_and_rule(self, crawled: Crawled) -> None:
        with serving(WEB) as site:
            run = crawled(site, revision_of(dict.fromkeys(ASKED, 1)), documents=ALL)
        with store.configured().spool() as folder, writing(folder, f"{folder_of(run)}00000-9-000-001", "x") as writer:
            now = datetime.now(UTC)
            for host, path in (("noterms.test", "terms"), ("closed.test", ""), ("never.test", ""), ("open.test", "")):
                writer.response(Exchange(f"http://{host}/{path}", now, 200, (), b"planted"))
        found, _ = replayed(run)
        assert [each.why for each in found] == [
            "robots.txt of noterms.test, line 2: Disallow: /terms", "robots.txt of closed.test, line 2: Disallow: /",
            "no robots.txt of never.test had been obtained",
        ]  # fmt: skip
        assert found[0].where == "00000-9-000-001.warc.gz, record 1"

    def test_the_pace_was_kept(self, crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
        usual = config.manners
        monkeypatch.setattr(config, "manners", lambda: replace(usual(), delay=0.4))
        slow = {"slow.test": {**WEB["open.test"], "/robots.txt": Answer(b"User-agent: *\nCrawl-delay: 0.8\n")}}
        with serving({**WEB, **slow}) as site:
            run = crawled(site, revision_of({"open.test": 1, "slow.test": 1}), documents=ALL)
        found, replay = replayed(run)
        assert (found, replay.tally["pauses"]) == ([], sum(site.asked.values()) - 2)
        assert len(replayed(run, delay=2.0)[0]) == replay.tally["pauses"]


def judged(*requests: tuple[float, str, int, bytes], delay: float = 1.0) -> list[str]:
    """Why not, of requests after so many seconds: URL, status, body."""
    judge = Judge(Manners("Consentry-Test", delay=delay), frozenset({"a.test"}))
    made = [
        Request(START + timedelta(seconds=at), url, "log", status, "", lambda body=body: body)  # type: ignore[misc]
        for at, url, status, body in requests
    ]
    return [each.why for request in made for each in judge.judged(request)]


def test_two_requests_too_close_are_told() -> None:
    robots = (0.0, "http://a.test/robots.txt", 200, b"User-agent: *\nCrawl-delay: 5\n")
    assert judged(robots, (5.0, "http://a.test/", 200, b""), (6.0, "http://b.test/robots.txt", 404, b"")) == []
    assert judged(robots, (2.0, "http://a.test/", 200, b"")) == ["2.00 s after the last request to a.test, not 5 s"]


def test_the_newest_robots_txt_counts() -> None:
    first = (0.0, "http://a.test/robots.txt", 404, b"")
    second = (5.0, "http://a.test/robots.txt", 200, b"User-agent: consentry-test\nDisallow: /\n")
    assert judged(first, (2.0, "http://a.test/", 200, b""), second) == []
    assert judged(first, second, (9.0, "http://a.test/", 200, b"")) == ["robots.txt of a.test, line 2: Disallow: /"]


@pytest.mark.parametrize(("status", "why"), [(404, []), (503, ["robots.txt of a.test was unreachable"])])
def test_a_robots_txt_that_was_not_obtained_permits_nothing(status: int, why: list[str]) -> None:
    assert judged((0.0, "http://a.test/robots.txt", status, b""), (3.0, "http://a.test/", 200, b"")) == why
