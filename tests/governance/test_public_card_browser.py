"""The public card in a real browser, by somebody without an account: no complaint, nothing lost, fit to print."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.governance.test_accessibility import CHROMIUM, Site, Window, chromium, db, serious, site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium"),
]
__all__ = ["chromium", "db", "site"]  # fixtures


def address(site: Site) -> str:
    """A public corpus's card."""
    return reverse("public-card", args=[site.world.approved.pk])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_the_content_policy_find_nothing_wrong(chromium: Any, site: Site, theme: str) -> None:
    opened = Window(chromium, site, color_scheme=theme)
    with opened as page:
        page.goto(address(site))
        assert serious(page) == []
    assert opened.complaints == []


@pytest.mark.parametrize("width", [390, 768, 1920])
def test_it_does_not_scroll_sideways(chromium: Any, site: Site, width: int) -> None:
    with Window(chromium, site, width=width) as page:
        page.goto(address(site))
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_on_paper_there_is_the_card_and_nothing_to_click(chromium: Any, site: Site, tmp_path: Path) -> None:
    with Window(chromium, site) as page:
        page.goto(address(site))
        page.emulate_media(media="print")
        assert not page.locator(".rail").is_visible()
        assert page.get_by_role("heading", name="Licence", exact=True).is_visible()
        assert page.pdf(path=tmp_path / "card.pdf").startswith(b"%PDF")
