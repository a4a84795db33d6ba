"""The pages in a real Chromium: for every reader, in both themes, at every width, with and without JavaScript."""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from datacards.models import CardVersion, Run, RunLine
from governance import digest
from tests.factories import PASSWORD, World, build_world
from tests.governance.pages import every_page
from tests.quick import begin_again

os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # else platformdirs warns when the browser's driver is imported
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = Path("/usr/bin/chromium")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
OPTIONS = [*QUIET.split(), "--disable-component-update", "--disable-sync"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium"),
]


@dataclass
class Site:
    """The product, served with a world in it, and the sessions of its people."""

    url: str
    world: World
    sessions: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Instead of pytest-django's: rows are committed, so that the served site sees them, and last for the module."""
    with django_db_blocker.unblock():
        yield
        begin_again()


@pytest.fixture(scope="module")
def site(db: None) -> Iterator[Site]:
    """One served world for all tests of this module."""
    world = build_world(watched=True)
    connections.settings["default"]["CONN_MAX_AGE"] = 0  # the server's threads must leave the database to its end
    server = LiveServer("127.0.0.1")
    made = Site(server.url, world)
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        made.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    yield made
    server.stop()


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Any]:
    """The browser."""
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield browser
        browser.close()


def meanwhile(act: Callable[[], Any]) -> Any:
    """Ask the database something in a thread of its own: the driver's loop, which Django minds, lives in this one."""

    def asked() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asked).result()


class Window:
    """Somebody's browser window, which remembers what the browser complained of."""

    def __init__(self, chromium: Any, site: Site, role: str = "", width: int = 1280, **options: Any) -> None:
        self.site = site
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=site.url, **options)
        if role:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": site.sessions[role], "url": site.url}
            self.context.add_cookies([cookie])
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self) -> Any:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.fixture
def window(chromium: Any, site: Site) -> Iterator[Window]:
    """The steward's window."""
    opened = Window(chromium, site, "steward")
    yield opened
    opened.context.close()


COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # the rules that look at colours


def serious(page: Any) -> list[str]:
    """What axe calls serious or critical on a page: all of it in the light theme, what colours decide in the dark one.

    The dark theme changes nothing but colours: `test_the_dark_theme_changes_nothing_but_colours`.
    """
    page.evaluate(axe.Axe().axe_script)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # a colour on its way to another is neither
    found = _serious(page, {})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"dark: {problem}" for problem in _serious(page, COLOURS)]


def _serious(page: Any, rules: dict[str, Any]) -> list[str]:
    found = page.evaluate("rules => axe.run(rules)", {"resultTypes": ["violations"], **rules})["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]} {v['nodes'][0].get('failureSummary', '')[:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_the_dark_theme_changes_nothing_but_colours() -> None:
    styles = Path(str(finders.find("governance/consentry.css"))).read_text()
    themes = re.findall(r"@media \(prefers-color-scheme: dark\) {\s*:root {([^}]*)}\s*}", styles)
    assert len(themes) == styles.count("prefers-color-scheme") == 1
    told = [line.strip() for line in themes[0].split(";") if line.strip()]
    colour = r"(0 \d+px \d+px )?(#[0-9a-f]{6}|rgb\([\d %/]+\))"
    assert [line for line in told if not re.fullmatch(rf"--[\w-]+: {colour}", line)] == []


@pytest.mark.parametrize(("theme", "told"), [("light", "color-contrast"), ("dark", "dark: color-contrast")])
def test_what_can_hardly_be_read_is_noticed_in_either_theme(window: Window, theme: str, told: str) -> None:
    faint = f"@media (prefers-color-scheme: {theme}) {{ h1 {{ color: #888; background: #999 }} }}"
    with window as page:
        page.goto("/corpora/")
        page.evaluate("s => { document.adoptedStyleSheets = [new CSSStyleSheet()]; "
                      "document.adoptedStyleSheets[0].replaceSync(s) }", faint)  # fmt: skip
        [problem] = serious(page)
    assert problem.startswith(told)


@pytest.mark.timeout(600)
def test_axe_finds_nothing_serious_on_any_page(chromium: Any, site: Site) -> None:
    opened = Window(chromium, site, "steward")
    found = {}
    with opened as page:
        for name, path in every_page(site.world):
            page.goto(path)
            for more in page.locator("details.more > summary").all():
                more.click()
            found[name] = serious(page)
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert opened.complaints == []


def test_axe_finds_nothing_serious_at_the_door_and_for_the_admin(chromium: Any, site: Site) -> None:
    with Window(chromium, site) as page:
        page.goto("/sign-in/")
        assert serious(page) == []
        page.fill("#id_username", "nobody")
        page.fill("#id_password", "wrong")
        page.click("text=Sign in >> nth=-1")
        assert serious(page) == []
    with Window(chromium, site, "admin") as page:
        page.goto("/people/")
        assert serious(page) == []
        page.goto("/nowhere/")
        assert serious(page) == []


@pytest.mark.timeout(400)
def test_no_page_scrolls_sideways(chromium: Any, site: Site) -> None:
    wide = []
    with Window(chromium, site, "steward") as page:
        for name, path in every_page(site.world):
            page.goto(path)
            wide += [(name, width) for width in (390, 768, 1920) if too_wide(page, width)]
    assert wide == []


def too_wide(page: Any, width: int) -> bool:
    """Whether the page, as it is, scrolls sideways in a window of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    inside, needed = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert inside == width
    return bool(needed > width)


def test_nothing_of_a_row_is_lost_at_390_pixels(chromium: Any, site: Site) -> None:
    with Window(chromium, site, "steward", width=390) as page:
        page.goto("/corpora/")
        row = page.locator("tbody tr", has_text="harbour/web-2026-filtered")
        for said in ("Blocked", "28.6 %", "CC-BY-4.0", "700 k"):
            assert row.get_by_text(said).is_visible()


# --- without JavaScript ------------------------------------------------------------------------------------


def test_a_steward_signs_in_filters_and_saves_without_javascript(chromium: Any, site: Site) -> None:
    with Window(chromium, site, java_script_enabled=False) as page:
        page.goto("/corpora/")
        page.fill("#id_username", "stella")
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        page.fill("#id_q", "encyclopedia")
        page.click("main form button")
        page.click("text=harbour/encyclopedia")
        page.fill("[id='id_overview.languages']", "en, de")
        page.click("text=Save the card")
        assert page.get_by_text("The card is saved.").is_visible()
        assert page.locator("[id='id_overview.languages']").input_value() == "en, de"


def test_a_run_is_cancelled_after_asking_once_without_javascript(chromium: Any, site: Site) -> None:
    run = site.world.runs["pending"]
    with Window(chromium, site, "steward", java_script_enabled=False) as page:
        page.goto(f"/runs/{run.pk}/")
        assert not page.get_by_role("button", name="Cancel the run").is_visible()
        page.click("text=Cancel…")
        page.get_by_role("button", name="Cancel the run").click()
        assert page.get_by_text("Cancelled by stella.").is_visible()


# --- with it -----------------------------------------------------------------------------------------------


def test_keys_search_walk_the_list_open_a_row_and_show_help(window: Window) -> None:
    with window as page:
        page.goto("/corpora/")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.matches('[data-search]')")
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("j")
        second = page.locator("[data-row]").nth(1)
        assert second.evaluate("row => row === document.activeElement")
        page.keyboard.press("k")
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#keys").is_visible()
        page.keyboard.press("Enter")
        page.wait_for_url("**/corpora/*-*/")


def test_letters_typed_into_a_field_are_letters(window: Window) -> None:
    with window as page:
        page.goto("/corpora/")
        page.locator("#id_q").press_sequentially("j/k?")
        assert page.locator("#id_q").input_value() == "j/k?"


def test_typing_filters_the_list_and_keeps_the_address(window: Window) -> None:
    with window as page:
        page.goto("/corpora/")
        page.locator("#id_q").press_sequentially("encyclo")
        page.wait_for_url("**q=encyclo**")
        sync_api.expect(page.locator("tbody tr")).to_have_count(1)
        assert page.locator("#id_q").input_value() == "encyclo"


def test_the_first_tab_leads_past_the_navigation(window: Window) -> None:
    with window as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_runs_progress_and_log_move_without_a_reload(window: Window) -> None:
    run = window.site.world.runs["running"]
    with window as page:
        page.goto(f"/runs/{run.pk}/")
        page.evaluate("window.same = true")
        page.click("text=Cancel…")
        meanwhile(lambda: Run.objects.filter(pk=run.pk).update(done=150_000))
        meanwhile(lambda: RunLine.objects.create(run=run, text="Part 3 of 4 is done."))
        sync_api.expect(page.locator("#progress")).to_contain_text("150,000")
        sync_api.expect(page.locator("#log")).to_contain_text("Part 3 of 4 is done.")
        assert page.locator("#log li", has_text="Part 3").count() == 1
        assert page.get_by_role("button", name="Cancel the run").is_visible()  # what was opened stays open
        assert page.evaluate("window.same")
    assert window.complaints == []


def test_a_crawl_under_way_moves_without_a_reload_and_its_question_stays_open(window: Window) -> None:
    run = window.site.world.runs["pending"]
    meanwhile(lambda: Run.objects.filter(pk=run.pk).update(state="running", started_at=timezone.now(), total=10))
    with window as page:
        page.goto("/crawls/")
        page.evaluate("window.same = true")
        page.locator("#living").get_by_text("Cancel…").click()
        meanwhile(lambda: Run.objects.filter(pk=run.pk).update(done=7))
        sync_api.expect(page.locator("#living")).to_contain_text("7 of 10 domains", timeout=9000)
        assert page.get_by_role("button", name="Cancel the run").is_visible()
        assert page.evaluate("window.same")
    assert window.complaints == []


def test_a_schedule_is_paused_and_resumed_by_the_keyboard(window: Window) -> None:
    with window as page:
        page.goto("/crawls/")
        page.get_by_role("button", name="Pause harbour/web-2026").focus()
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_text("The schedule is paused; a run that lives goes on.")).to_be_visible()
        page.get_by_role("button", name="Resume harbour/web-2026").focus()
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_text("The schedule goes on at its next time.")).to_be_visible()


def test_choosing_a_filter_of_changes_applies_it(window: Window) -> None:
    with window as page:
        page.goto("/changes/")
        page.select_option("#id_channel", "terms")
        page.wait_for_url("**channel=terms**")
        sync_api.expect(page.locator("tbody tr")).to_have_count(1)


def test_leaving_a_field_of_the_card_saves_it(window: Window) -> None:
    corpus = window.site.world.derived
    with window as page:
        page.goto(f"/corpora/{corpus.pk}/")
        page.fill("[id='id_overview.summary']", "Filtered pages of news sites.")
        page.keyboard.press("Tab")
        sync_api.expect(page.locator("#saved")).to_contain_text("saved, version 2")
    saved = meanwhile(lambda: CardVersion.objects.filter(corpus=corpus).latest("number"))
    assert saved.values["overview.summary"]["value"] == "Filtered pages of news sites."


def test_the_page_is_still_when_motion_is_unwanted(chromium: Any, site: Site) -> None:
    with Window(chromium, site, "steward", reduced_motion="reduce") as page:
        page.goto(f"/runs/{site.world.runs['running'].pk}/")
        assert page.evaluate("document.getAnimations().length") == 0


def test_a_printed_page_has_the_decision_and_no_navigation(window: Window) -> None:
    with window as page:
        page.goto(f"/corpora/{window.site.world.blocked.pk}/")
        page.emulate_media(media="print")
        assert page.get_by_text("May not be published or trained on").is_visible()
        assert not page.get_by_role("navigation", name="Main").is_visible()


def test_first_paint_does_not_shift(window: Window) -> None:
    with window as page:
        page.goto(f"/corpora/{window.site.world.blocked.pk}/consent/")
        shift = """() => new Promise(done => { let sum = 0;
            new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
                .observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 300); })"""
        assert page.evaluate(shift) < 0.01


# --- subscriptions -----------------------------------------------------------------------------------------


def test_the_way_out_of_mails_works_for_everybody_without_javascript(chromium: Any, site: Site) -> None:
    assert site.world.watched
    link = digest.unsubscribe_link(site.world.watched.subscriptions["email"])
    path = link.removeprefix(settings.CONSENTRY_URL)
    with Window(chromium, site, width=390) as page:
        page.goto(path)
        assert serious(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    with Window(chromium, site, java_script_enabled=False) as page:
        page.goto(path)
        page.get_by_role("button", name="End these mails").click()
        assert page.get_by_text("The mails have ended").is_visible()


def test_the_form_asks_for_what_the_way_needs_alone(window: Window) -> None:
    with window as page:
        page.goto("/subscriptions/")
        seen = {}
        for way in ("feed", "email", "webhook"):
            page.select_option("#id_way", way)
            seen[way] = (page.locator("#id_pace").is_visible(), page.locator("#id_url").is_visible())
        assert seen == {"feed": (False, False), "email": (True, False), "webhook": (False, True)}


def test_a_webhook_is_made_and_given_a_new_secret_by_keyboard(window: Window) -> None:
    with window as page:
        page.goto("/subscriptions/")
        page.select_option("#id_way", "webhook")
        page.fill("#id_url", "https://hooks.harbour.example/x")
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_text("Copy its secret now: it is shown this once.")).to_be_visible()
        first = page.locator("#secret").text_content()
        page.get_by_role("link", name="Send a test, and see").press("Enter")
        page.locator("summary", has_text="New secret…").press("Enter")
        page.get_by_role("button", name="Make a new secret").press("Enter")
        sync_api.expect(page.get_by_text("The new secret. Copy it now")).to_be_visible()
        assert page.locator("#secret").text_content() != first


def test_what_is_filtered_is_what_one_subscribes_to(window: Window) -> None:
    with window as page:
        page.goto("/changes/")
        page.select_option("#id_direction", "tightened")
        page.wait_for_url("**direction=tightened**")
        sync_api.expect(page.locator("#acts a").first).to_have_attribute("href", re.compile("direction=tightened"))
        page.locator("#acts a").first.click()
        assert page.locator("#id_direction").input_value() == "tightened"
