"""Consent over thirty months in a real Chromium: pictures that a site of two days does not show."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crawler.channels.signals import Signal
from crawler.spells import rebuild_all
from datacards.models import Corpus
from tests.factories import REFUSES_ALL, corpus, domain, home, snapshot, terms
from tests.governance.test_accessibility import (  # noqa: F401 - fixtures
    Site,
    Window,
    chromium,
    db,
    meanwhile,
    pytestmark,
    serious,
    site,
    too_wide,
)

NO_GPT = b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
RESERVED = Signal("tdmrep", "ai-train", "*", "disallowed", "tdm-reservation", path="/", scope="site")
SITES = {f"long{place:02}.example": 1_000_000 // (place + 2) for place in range(40)}


@pytest.fixture(scope="module")
def long(site: Site) -> Corpus:  # noqa: F811 - a fixture
    """A corpus with a history; made in a thread, as the browser's driver has a loop in this one."""
    made: Corpus = meanwhile(lambda: _long(site))
    return made


def _long(site: Site) -> Corpus:  # noqa: F811 - a fixture
    """Site after site refuses, first two AI agents, then everybody; some by a signal or by terms."""
    made, now = corpus(site.world.steward, "harbour/long", SITES), timezone.now()
    for place, name in enumerate(SITES):
        snapshot(domain(name), at=now - timedelta(days=900 - place))
        if place % 2:
            snapshot(domain(name), NO_GPT, at=now - timedelta(days=880 - 20 * place))
        if place % 6 == 1:
            snapshot(domain(name), REFUSES_ALL, at=now - timedelta(days=400 - 9 * place))
        if place % 5 == 0:
            home(domain(name), RESERVED, at=now - timedelta(days=500 - 7 * place))
        if place % 7 == 0:
            terms(domain(name), at=now - timedelta(days=300))
    snapshot(domain("long02.example"), None, at=now - timedelta(days=40))
    list(rebuild_all())
    return made


def pages(of: Corpus) -> dict[str, str]:
    """The pages with what can be asked of them."""
    over, back = (reverse(name, args=[of.pk]) for name in ("corpus-consent-report", "corpus-takedown"))
    return {
        "long": over, "long weighed": f"{over}?weigh=1&honour=robots&honour=tdmrep&ignore=GPTBot&unreachable=on",
        "long sites": f"{over}?agent=GPTBot&channel=machine&by=domains&estimate=1&published=C4",
        "long none": f"{over}?as_of=2001-01-01", "long wrong": f"{over}?agent=Nobody",
        "long takedown": f"{back}?acquired={timezone.now() - timedelta(days=500):%Y-%m-%d}",
    }  # fmt: skip


@pytest.mark.timeout(400)
def test_axe_finds_nothing_serious_in_a_long_history(chromium: Any, site: Site, long: Corpus) -> None:  # noqa: F811
    opened, found = Window(chromium, site, "steward"), {}
    with opened as page:
        for name, path in pages(long).items():
            page.goto(path)
            for more in page.locator("details.more > summary").all():
                more.click()
            found[name] = serious(page)
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert opened.complaints == []


def test_a_long_history_does_not_scroll_sideways(chromium: Any, site: Site, long: Corpus) -> None:  # noqa: F811
    with Window(chromium, site, "steward") as page:
        for path in pages(long).values():
            page.goto(path)
            assert [width for width in (390, 1280) if too_wide(page, width)] == []


def test_a_long_history_is_forecast_with_its_error(chromium: Any, site: Site, long: Corpus) -> None:  # noqa: F811
    with Window(chromium, site, "steward") as page:
        page.goto(pages(long)["long"])
        assert page.locator("#forecast-title").is_visible()
        told = page.locator("section[aria-labelledby=forecast-title]").inner_text()
    assert "back-tests" in told
    assert "it stays as it is" in told


def test_choices_survive_from_one_form_to_the_other(chromium: Any, site: Site, long: Corpus) -> None:  # noqa: F811
    with Window(chromium, site, "steward", java_script_enabled=False) as page:
        page.goto(pages(long)["long sites"])
        page.locator("input[name=honour][value=tdmrep]").uncheck()
        page.click("text=Work it out")
        assert page.locator("#id_agent").input_value() == "GPTBot"
        assert page.locator("input[name=honour][value=robots]").is_checked()
        assert not page.locator("input[name=honour][value=tdmrep]").is_checked()
