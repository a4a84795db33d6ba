"""`manage.py check_manners`: status 0 for a crawl that behaved, 1 with the line and the rule for one that did not."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crawler import store
from crawler.shard import folder_of
from crawler.warc import Exchange, writing
from datacards.models import Run
from tests.crawler.conftest import crawled, revision_of
from tests.site import Answer, serving

pytestmark = pytest.mark.django_db(transaction=True)
Crawled = Callable[..., Run]
WEB = {"a.test": {"/robots.txt": Answer(b"User-agent: *\nDisallow: /private\n"), "/": Answer(b"<html>Home</html>")}}
__all__ = ["crawled"]


def checked(*words: str) -> tuple[int, Any]:
    """Exit status and the JSON document."""
    out, status = io.StringIO(), 0
    try:
        call_command("check_manners", *words, "--json", stdout=out)
    except SystemExit as end:
        status = int(str(end.code))
    return status, json.loads(out.getvalue())


def test_a_crawl_that_behaved_has_no_violations(crawled: Crawled) -> None:
    with serving(WEB) as site:
        run = crawled(site, revision_of({"a.test": 1}), documents=["robots", "home"])
    status, told = checked()
    assert (status, told["run"], told["requests"], told["judged"]) == (0, str(run.pk), 2, 1)
    assert (told["violations"], told["told"]) == (0, [])


def test_a_planted_request_makes_it_fail(crawled: Crawled) -> None:
    with serving(WEB) as site:
        run = crawled(site, revision_of({"a.test": 1}), documents=["robots", "home"])
    with store.configured().spool() as folder, writing(folder, f"{folder_of(run)}00000-9-000-001", "x") as writer:
        writer.response(Exchange("http://a.test/private/x", datetime.now(UTC), 200, (), b"planted"))
    status, told = checked("--run", str(run.pk))
    assert (status, told["violations"]) == (1, 1)
    assert told["told"][0]["why"] == "robots.txt of a.test, line 2: Disallow: /private"


def test_too_short_a_pause_makes_it_fail(crawled: Crawled) -> None:
    with serving(WEB) as site:
        crawled(site, revision_of({"a.test": 1}), documents=["robots", "home"])
    status, told = checked("--delay", "60")
    assert (status, told["pauses"]) == (1, 1)
    assert "after the last request to a.test, not 60 s" in told["told"][0]["why"]


@pytest.mark.parametrize(("words", "said"), [((), "No crawl has ended yet"), (("--run", "x"), "no crawl 'x'")])
def test_without_a_crawl_one_sentence_says_so(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("check_manners", *words)
