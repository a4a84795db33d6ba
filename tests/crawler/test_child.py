"""The crawling child against a real web: every fetch state, with both handlers."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler import wire
from crawler.agents import Roll, shipped
from crawler.child import crawling
from crawler.states import State
from crawler.warc import Kept, read, records
from crawler.wire import Errand, Fetch, Handler, Job
from tests.crawler.conftest import ROBOTS_ONLY, Crawl, manners
from tests.site import Answer, Site, serving

RULES = b"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /admin\n"
PACKED = RULES + b"# packed\n"
PAGE = b"<!doctype html><html><body>Not found</body></html>"
BIG = b"User-agent: *\nDisallow: /\n" + b"Disallow: /a-rather-long-path\n" * 20_000
ROLL = Roll.of(shipped())


def at(path: str = "/robots.txt", **answer: object) -> dict[str, Answer]:
    """A host with one path."""
    return {path: Answer(**answer)}  # type: ignore[arg-type]


def to(url: str, status: int = 301) -> dict[str, Answer]:
    """A host whose robots.txt is elsewhere."""
    return {"/robots.txt": Answer.to(url, status)}


HOSTS = {
    "ok.test": at(body=RULES, headers={"Content-Type": "text/plain", "X-Robots-Tag": "noai", "X-Other": "1"}),
    "latin.test": at(body=RULES, headers={"Server": "Caf\xe9", "Location": "\xff"}),
    "gone.test": at(body=PAGE, status=410),
    "forbidden.test": at(status=403),
    "busy.test": at(status=429),
    "broken.test": at(body=RULES, status=503),
    "soft.test": at(body=PAGE, headers={"Content-Type": "text/html"}),
    "empty.test": at(),
    "big.test": at(body=BIG),
    "packed.test": at(body=gzip.compress(PACKED), headers={"Content-Encoding": "gzip"}),
    "bomb.test": at(body=gzip.compress(b"#" * 30_000_000), headers={"Content-Encoding": "gzip"}),
    "brotli.test": at(body=b"abc", headers={"Content-Encoding": "br"}),
    "silent.test": at(body=RULES, wait=30),
    "drip.test": at(body=BIG, drip=0.1),
    "hangup.test": at(hang_up=True),
    "short.test": at(body=RULES, length=5000),
    "nowhere.test": at(status=301),
    "mail.test": to("mailto:someone@example.org"),
    "inner-port.test": to("http://ok.test:22/robots.txt"),
    "moved.test": {**to("/elsewhere.txt#top", 308), **at("/elsewhere.txt", body=RULES)},
    "away.test": to("//ok.test/robots.txt", 302),
    "loop.test": to("http://loop.test/robots.txt"),
    "to-404.test": to("http://missing.test/robots.txt"),
    "to-inner.test": to("http://127.0.0.1/robots.txt"),
    "six.test": to("http://five.test/robots.txt"),
    "five.test": to("https://four.test/robots.txt"),
    "four.test": to("https://three.test/robots.txt"),
    "three.test": to("https://two.test/robots.txt"),
    "two.test": to("https://one.test/robots.txt"),
    "one.test": to("https://ok.test/robots.txt"),
}
EXPECTED = {
    "ok.test": State.OK, "latin.test": State.OK, "gone.test": State.UNAVAILABLE, "forbidden.test": State.UNAVAILABLE,
    "busy.test": State.UNREACHABLE, "broken.test": State.UNREACHABLE, "soft.test": State.SOFT_404,
    "empty.test": State.EMPTY, "big.test": State.OVERSIZE, "packed.test": State.OK, "bomb.test": State.OVERSIZE,
    "brotli.test": State.UNREACHABLE, "silent.test": State.UNREACHABLE, "drip.test": State.UNREACHABLE,
    "hangup.test": State.UNREACHABLE, "short.test": State.UNREACHABLE, "nowhere.test": State.UNREACHABLE,
    "mail.test": State.UNREACHABLE, "inner-port.test": State.UNREACHABLE, "moved.test": State.REDIRECTED,
    "away.test": State.REDIRECTED, "loop.test": State.UNREACHABLE, "to-404.test": State.UNAVAILABLE,
    "to-inner.test": State.UNREACHABLE, "five.test": State.REDIRECTED, "six.test": State.UNREACHABLE,
    "unknown.test": State.UNAVAILABLE, "not a host": State.UNREACHABLE,
}  # fmt: skip


class Told:
    """One crawl of all hosts."""

    def __init__(self, answers: list[wire.Answer], site: Site, folder: Path) -> None:
        self.results = {answer.domain: answer.fetches[0] for answer in answers}
        self.told, self.site, self.folder = len(answers), site, folder

    def __getitem__(self, domain: str) -> Fetch:
        return self.results[domain]

    def kept(self, domain: str) -> Kept:
        """The record of a domain's last answer."""
        with (self.folder / self[domain].warc_file).open("rb") as file:
            return read(file, self[domain].warc_offset)


@pytest.fixture(scope="module", params=["aiohttp", "twisted"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All hosts, asked with each handler."""
    folder = tmp_path_factory.mktemp("warc")
    with serving(HOSTS) as site:
        errands = tuple(Errand(domain) for domain in EXPECTED)
        work = Job(manners(site, request.param), ROLL, str(folder), "a", 0, errands, ROBOTS_ONLY)
        with crawling(work) as answers:
            return Told([answer for answer in answers if isinstance(answer, wire.Answer)], site, folder)


def test_each_fetch_state_is_told_apart_and_each_domain_told_once(told: Told) -> None:
    assert {domain: result.state for domain, result in told.results.items()} == EXPECTED
    assert told.told == len(EXPECTED)


def test_levels_come_with_the_answer(told: Told) -> None:
    levels = ROLL.levels(told["ok.test"].letters)
    assert (levels["GPTBot"], levels["CCBot"]) == ("all", "some")
    assert set(told["soft.test"].letters) == {"n"}
    assert told["gone.test"].letters == told["broken.test"].letters == ""


def test_the_bytes_are_kept_as_evidence_under_their_digest(told: Told) -> None:
    kept = told.kept("packed.test")
    assert (kept.body, kept.digest, kept.status) == (PACKED, told["packed.test"].digest, 200)
    assert kept.headers["x-consentry-content-encoding"] == "gzip"
    assert kept.url == "http://packed.test/robots.txt"


def test_equal_contents_are_kept_once_and_revisited_after(told: Told) -> None:
    same = {host: r for host, r in told.results.items() if r.digest == told["ok.test"].digest}
    assert len(same) == 5
    assert sum(result.fresh for result in same.values()) == 1
    assert {told.kept(host).kind for host, r in same.items() if not r.fresh} == {"revisit"}


def test_an_over_large_file_is_cut_after_a_whole_line(told: Told) -> None:
    assert 511_900 < told["big.test"].size <= 512_000
    assert told.kept("big.test").body.endswith(b"-path\n")
    assert ROLL.levels(told["big.test"].letters)["CCBot"] == "all"


def test_refusals_and_errors_are_kept_as_evidence_too(told: Told) -> None:
    assert told.kept("forbidden.test").status == 403
    assert told.kept("gone.test").body == PAGE
    assert told["silent.test"].warc_offset == -1


def test_redirects_are_followed_five_times_and_listed(told: Told) -> None:
    assert len(told["five.test"].hops) == 5
    assert told["five.test"].final_url == "https://ok.test/robots.txt"
    assert told["six.test"].error == "more than 5 redirects"
    assert told["moved.test"].hops == ("http://moved.test/elsewhere.txt",)


def test_the_evidence_names_each_hop(told: Told) -> None:
    with (told.folder / told["ok.test"].warc_file).open("rb") as file:
        urls = [record.url for record in records(file) if record.status in (301, 302, 308)]
    assert {"http://six.test/robots.txt", "https://one.test/robots.txt"} <= set(urls)


def test_headers_that_speak_of_consent_are_told(told: Told) -> None:
    assert told["ok.test"].headers == {"content-type": "text/plain", "x-robots-tag": "noai"}


def test_a_server_in_trouble_is_asked_once_more_and_a_busy_one_is_not(told: Told) -> None:
    assert told.site.count("broken.test") == 2
    assert told.site.count("busy.test") == 1
    assert told.site.count("gone.test") == 1


def test_the_crawler_says_who_it_is(told: Told) -> None:
    assert told.site.agents == {"consentry-test"}


def test_a_known_content_is_only_revisited(crawl: Crawl) -> None:
    with serving({"a.test": at(body=RULES)}) as site:
        first = crawl(site, "a.test")["a.test"]
        again = crawl(site, "a.test", digests={"a.test": first.digest}, name="b")["a.test"]
    assert (first.fresh, again.fresh) == (True, False)
    assert again.digest == first.digest
    assert again.letters == first.letters


def test_two_requests_to_one_host_keep_their_distance(crawl: Crawl) -> None:
    times: list[float] = []

    def answer(host: str, path: str) -> Answer:
        import time

        times.append(time.monotonic())
        return Answer.to("/x.txt") if path == "/robots.txt" else Answer(RULES)

    with serving(answer) as site:
        crawl(site, "a.test", delay=0.7)
    assert len(times) == 2
    assert times[1] - times[0] >= 0.65


def fetched(handler: Handler, url: str, port: int, loopback: bool) -> list[str]:
    """What a fetch through the gate comes to, in a process of its own."""
    spec = json.dumps([handler, url, [port], ["127.0.0.1", port] if loopback else None])
    command = [sys.executable, "-m", "tests.crawler.fetch", spec]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return found


@pytest.mark.parametrize("handler", ["aiohttp", "twisted"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_no_connection_is_opened_to_an_inner_address(handler: Handler, host: str) -> None:
    with serving(lambda host, path: Answer(b"inner")) as site:
        port = int(site.address.rpartition(":")[2])
        assert fetched(handler, f"http://{host}:{port}/", port, loopback=False)[0] == "refused"
        assert not site.asked


@pytest.mark.parametrize("handler", ["aiohttp", "twisted"])
def test_the_loopback_flag_opens_its_own_address_alone(handler: Handler) -> None:
    with serving(lambda host, path: Answer(host.encode())) as site:
        port = int(site.address.rpartition(":")[2])
        assert fetched(handler, "https://10.0.0.1/x", port, loopback=True) == ["https://10.0.0.1/x", 200, "127.0.0.1"]
        assert site.count("10.0.0.1", "/x") == 1
