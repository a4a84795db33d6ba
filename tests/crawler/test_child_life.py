"""How the crawling child lives and dies: with its parent, without Django, and never twice for one error."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from crawler import wire
from crawler.agents import Roll, shipped
from crawler.asking import Asker, NoAnswer, Question, Raw, Reply
from crawler.child import ChildDied, crawling
from crawler.documents import Document
from crawler.warc import Exchange, Place
from crawler.wire import Closed, Errand, Job, Manners, read_answer, read_job
from tests.crawler.conftest import ROBOTS_ONLY, manners
from tests.processes import gone, until
from tests.site import Answer, Site, serving

ROLL = Roll.of(shipped())
PARENT = """
import json, sys
from crawler.child import crawling
from crawler.wire import read_job
with crawling(read_job(sys.stdin.read().splitlines())) as answers:
    for answer in answers:
        print("going", flush=True)
"""


def job(site: Site, folder: Path, *domains: str, rotate: int = 0, timeout: float = 30.0) -> Job:
    """A job for some domains."""
    errands = tuple(Errand(domain) for domain in domains)
    return Job(manners(site, timeout=timeout), ROLL, str(folder), "a", rotate, errands, ROBOTS_ONLY)


def children(pid: int) -> list[int]:
    """Living children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_child_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    with serving(lambda host, path: Answer(wait=60)) as site:
        parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with parent:
            assert parent.stdin
            assert parent.stdout
            parent.stdin.write("\n".join(job(site, tmp_path, "a.test").lines()).encode())
            parent.stdin.close()
            parent.stdout.readline()
            (child,) = children(parent.pid)
            until(lambda: site.count("a.test") == 1)
            parent.send_signal(signal.SIGKILL)
        until(lambda: gone(child))


def test_the_child_ends_when_nobody_reads_its_results(tmp_path: Path) -> None:
    with serving(lambda host, path: Answer(b"User-agent: *\nDisallow: /\n", wait=0.5)) as site:
        child = subprocess.Popen([sys.executable, "-m", "crawler"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdin
        assert child.stdout
        child.stdout.close()
        child.stdin.write("\n".join(job(site, tmp_path, *[f"{i}.test" for i in range(900)]).lines()).encode())
        child.stdin.close()
        assert child.wait(20) == 1
    assert sum(site.asked.values()) < 900


def test_leaving_the_block_kills_the_child(tmp_path: Path) -> None:
    with serving(lambda host, path: Answer(wait=60)) as site:
        with crawling(job(site, tmp_path, "a.test"), patience=0.05) as answers:
            assert next(answers) is None
            (child,) = children(os.getpid())
        assert gone(child)


def test_a_killed_child_is_told_from_a_finished_one(tmp_path: Path) -> None:
    def answer(host: str, path: str) -> Answer:
        return Answer(b"User-agent: *\n", wait=60 if host == "slow.test" else 0)

    with serving(answer) as site, crawling(job(site, tmp_path, "quick.test", "slow.test"), patience=5) as answers:
        first = next(answers)
        assert isinstance(first, wire.Answer)
        assert first.domain == "quick.test"
        os.kill(children(os.getpid())[0], signal.SIGKILL)
        with pytest.raises(ChildDied, match="exit -9"):
            list(answers)


def test_a_file_of_evidence_ends_after_so_many_results(tmp_path: Path) -> None:
    domains = [f"{i}.test" for i in range(5)]
    with (
        serving(lambda host, path: Answer(host.encode())) as site,
        crawling(job(site, tmp_path, *domains, rotate=2)) as answers,
    ):
        told = list(answers)
    kinds = [type(answer) for answer in told if answer]
    assert kinds == [wire.Answer, wire.Answer, Closed, wire.Answer, wire.Answer, Closed, wire.Answer, Closed]
    assert {a.closed for a in told if isinstance(a, Closed)} == {f"a-00{i}.warc.gz" for i in (1, 2, 3)}


def test_the_child_knows_no_django() -> None:
    code = "import sys, crawler.__main__; print([m for m in sys.modules if m.split('.')[0] in ('django', 'celery')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_secrets_of_the_parent_stay_out_of_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hush")
    with serving(lambda host, path: Answer(wait=60)) as site, crawling(job(site, tmp_path, "a.test"), 0.05) as answers:
        assert next(answers) is None
        assert b"hush" not in Path(f"/proc/{children(os.getpid())[0]}/environ").read_bytes()


def test_what_is_told_survives_the_wire(tmp_path: Path) -> None:
    with serving(lambda host, path: Answer(b"User-agent: *\n")) as site:
        sent = job(site, tmp_path, "a.test", "b.test", rotate=3)
        with crawling(sent) as answers:
            told = [answer for answer in answers if answer]
    assert read_job(sent.lines()) == sent
    assert [read_answer(answer.line()) for answer in told] == told


class Memory:
    """An outbox that only remembers nothing."""

    def keep(self, exchange: Exchange, known: bool) -> Place:
        return Place("", 0)

    def unchanged(self, exchange: Exchange, digest: str) -> Place:
        return Place("", 0)


async def _anything(url: str) -> str | None:
    return None


def failing(*urls: str, error: NoAnswer) -> tuple[list[str], Reply]:
    """What is asked of a real web, which fails in the same way each time, and what it comes to."""
    asked: list[str] = []

    async def send(url: str, headers: Mapping[str, str], limit: int) -> Raw:
        asked.append(url)
        if url == "https://moved.test/robots.txt":
            return Raw(url, 301, (("Location", "https://b.test/robots.txt"),), b"")
        raise error

    asker = Asker(Manners("test", delay=0.0), send, Memory(), "")
    return asked, asyncio.run(asker.ask(Question(Document.ROBOTS, urls), "a.test", 0.0, _anything))


BOTH = ("https://a.test/robots.txt", "http://a.test/robots.txt")


def test_http_is_tried_where_https_has_no_answer() -> None:
    asked, reply = failing(*BOTH, error=NoAnswer("no complete answer in time"))
    assert (asked, reply.error) == (list(BOTH), "no complete answer in time")


def test_a_name_without_an_address_is_asked_no_further() -> None:
    asked, reply = failing(*BOTH, error=NoAnswer("the host's name has no public address", hopeless=True))
    assert (asked, reply.error) == ([BOTH[0]], "the host's name has no public address")


def test_a_name_of_an_inner_address_looks_like_one_without_an_address(tmp_path: Path) -> None:
    work = Job(Manners("test", timeout=2.0, delay=0.0), ROLL, str(tmp_path), "a", errands=(Errand("127.0.0.1"),))
    with crawling(work) as answers:
        (told,) = (answer for answer in answers if isinstance(answer, wire.Answer))
    assert [fetch.error for fetch in told.fetches] == ["the host's name has no public address"]


def test_a_hop_that_fails_is_asked_once_more() -> None:
    asked, reply = failing("https://moved.test/robots.txt", BOTH[1], error=NoAnswer("the answer broke off"))
    assert asked == ["https://moved.test/robots.txt", *["https://b.test/robots.txt"] * 2]
    assert reply.hops == ("https://b.test/robots.txt",)
