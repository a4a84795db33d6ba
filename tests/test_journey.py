"""A steward's journey, in a real browser over the real product: server, worker, clock, database, and a web to ask.

One journey is made; each test makes one claim about what was seen on it.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawler import robots
from governance.demo import world
from governance.demo.files import write
from governance.demo.web import Web
from tests.processes import PROJECT, Program, left_of, until

os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # else platformdirs warns when the browser's driver is imported
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")

CHROMIUM = Path("/usr/bin/chromium")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
OPTIONS = [*QUIET.split(), "--disable-component-update", "--disable-sync"]
NAME, STEWARD, PASSWORD = "harbour/journey", "sanna", "tides turn twice a day"
MINUTE = 60_000  # milliseconds, as the browser counts
BLOCKED = 3  # exit status
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium"),
]


@dataclass
class Seen:
    """What the steward saw, in the order in which she came upon it."""

    first_address: str = ""
    registration: str = ""
    runs: list[str] = field(default_factory=list)
    verdict: str = ""
    reasons: list[str] = field(default_factory=list)
    consent: str = ""
    domain: str = ""
    marked: list[tuple[int, str]] = field(default_factory=list)
    report: dict[str, bytes] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


@dataclass
class Audited:
    """What `manage.py audit` said of the same folder, in an empty home of its own."""

    told: dict[str, Any]
    report: Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as on the Hugging Face Hub: README.md with metadata, and Parquet shards."""
    return write(tmp_path_factory.mktemp("world"))[world.WEB.name]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(world.SITES) as served:
        yield served


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, folder: Path, web: Web) -> Iterator[str]:
    """`manage.py up` with a steward in it; its address."""
    place = tmp_path_factory.mktemp("up")
    variables = {
        "CONSENTRY_HOME": str(place / "home"),
        "CONSENTRY_ROOTS": str(folder.parent),
        "CONSENTRY_CRAWL_LOOPBACK": web.address,
        "CONSENTRY_RECONSIDER_SECONDS": "2",
    }
    command("people", "add", STEWARD, "--role", "steward", "--password-stdin", told=PASSWORD, **variables)
    up = Program(str(PROJECT / "manage.py"), "up", "--workers=2", log=place / "log", **variables)
    up.wait_for("Ctrl-C stops it")
    found = re.search(r"http://localhost:\d+", up.output)
    assert found
    yield found[0]
    up.stop(seconds=30)
    until(lambda: not left_of(place), 10)


def command(*arguments: str, told: str = "", status: int = 0, **variables: str) -> str:
    """Run a command of the product; returns what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **variables}
    ended = subprocess.run(
        [sys.executable, "-m", "governance", *arguments],
        input=told, capture_output=True, text=True, env=environment, timeout=180,
    )  # fmt: skip
    assert ended.returncode == status, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def seen(product: str, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The journey."""
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        page = browser.new_context(base_url=product, accept_downloads=True).new_page()
        page.set_default_timeout(MINUTE)
        seen = Seen()
        page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        sign_in(page, seen)
        register(page, seen, folder)
        wait_for_decision(page, seen)
        look_at_consent(page, seen)
        download_report(page, seen, tmp_path_factory.mktemp("report"))
        yield seen
        browser.close()


@pytest.fixture(scope="module")
def audited(folder: Path, web: Web, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The same by one command."""
    place = tmp_path_factory.mktemp("audit")
    options = ("--name", NAME, "--loopback-web", web.address, "--out", str(place / "out"), "--json")
    told = command("audit", str(folder), *options, status=BLOCKED, CONSENTRY_HOME=str(place / "home"))
    return Audited(json.loads(told), place / "out")


def sign_in(page: Any, seen: Seen) -> None:
    page.goto("/")
    seen.first_address = page.url
    page.get_by_label("Name").fill(STEWARD)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()


def register(page: Any, seen: Seen, folder: Path) -> None:
    """Fill the form, and watch the run on its page until it has ended; the page is never loaded again."""
    page.get_by_role("link", name="Corpora").first.click()
    page.get_by_role("link", name="Register").first.click()
    page.get_by_label("Location").fill(str(folder))
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Completed").first.wait_for()
    seen.registration = page.get_by_role("log").inner_text()


def wait_for_decision(page: Any, seen: Seen) -> None:
    """Crawl, scan and decision follow by themselves."""
    page.get_by_role("link", name="Runs").first.click()
    again_until(page, lambda: page.get_by_role("row", name="Completed").count() == 4)
    seen.runs = page.get_by_role("row").all_inner_texts()[1:]
    open_corpus(page)
    decision = page.get_by_label("The decision")
    again_until(page, lambda: "1 required rule fails" in decision.inner_text())
    seen.verdict = decision.inner_text()
    seen.reasons = decision.get_by_role("listitem").all_inner_texts()


def again_until(page: Any, happened: Callable[[], bool]) -> None:
    """Load the page again, as people do, until it shows what one waits for."""
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline, page.get_by_role("main").inner_text()
        page.wait_for_timeout(1000)
        page.reload()


def open_corpus(page: Any) -> None:
    page.get_by_role("link", name="Corpora").first.click()
    page.get_by_role("link", name=NAME, exact=True).click()


def look_at_consent(page: Any, seen: Seen) -> None:
    """From the share to the largest site behind it, to the line that decides."""
    open_corpus(page)
    page.get_by_role("navigation", name="About this corpus").get_by_role("link", name="Consent").click()
    seen.consent = page.get_by_role("main").inner_text()
    page.locator("#domains").get_by_role("rowheader").get_by_role("link").first.click()
    seen.domain = page.get_by_role("heading", level=1).inner_text()
    for line in page.locator(".source li.mark").all():
        number, text = line.locator("span").first.inner_text(), line.locator("code").inner_text()
        seen.marked.append((int(number), text))


def download_report(page: Any, seen: Seen, to: Path) -> None:
    open_corpus(page)
    page.get_by_label("The decision").get_by_role("link", name="Report").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Everything (ZIP)").click()
    begun.value.save_as(to / "report.zip")
    with zipfile.ZipFile(to / "report.zip") as archive:
        seen.report = {Path(name).name: archive.read(name) for name in archive.namelist()}


# --- the claims -----------------------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in(seen: Seen) -> None:
    assert "/sign-in/" in seen.first_address


def test_the_registration_ends_before_her_eyes_and_says_what_it_found(seen: Seen) -> None:
    assert "Found 3 files of data" in seen.registration


def test_the_crawl_the_scan_and_the_profile_followed_by_themselves_and_completed(seen: Seen) -> None:
    assert len(seen.runs) == 4
    assert all("Completed" in run for run in seen.runs)


def test_the_decision_says_blocked_and_why(seen: Seen) -> None:
    assert "Blocked" in seen.verdict
    assert any("The card's required fields are filled" in reason for reason in seen.reasons)


def test_the_consent_page_shows_the_share_that_the_world_was_made_with(seen: Seen) -> None:
    assert "4.4 %" in seen.consent


def test_the_largest_refusing_site_is_shown_with_the_line_that_decides(seen: Seen) -> None:
    body = world.SITES[seen.domain].answer("/robots.txt").body
    verdict = robots.parse(body).check("GPTBot", f"https://{seen.domain}/")
    assert not verdict.allowed
    assert (verdict.line, verdict.rule) in seen.marked


def test_the_report_holds_one_page_and_every_table_twice(seen: Seen) -> None:
    tables = {name.partition(".")[0] for name in seen.report if name.endswith(".csv")}
    assert "report.html" in seen.report
    assert {"findings", "agents", "domains", "personal_data"} <= tables
    assert all(f"{table}.parquet" in seen.report for table in tables)


def test_the_browser_complained_of_nothing(seen: Seen) -> None:
    assert seen.complaints == []


def test_the_terminal_comes_to_the_same_result(seen: Seen, audited: Audited) -> None:
    in_browser = csv.DictReader(io.StringIO(seen.report["findings.csv"].decode()))
    findings = [(row["rule"], row["result"], undated(row["sentence"])) for row in in_browser]
    assert findings == [(f["rule"], f["result"], undated(f["sentence"])) for f in audited.told["findings"]]


@pytest.mark.parametrize("table", ["agents.csv", "purposes.csv", "personal_data.csv"])
def test_the_terminal_counts_the_same(seen: Seen, audited: Audited, table: str) -> None:
    assert seen.report[table] == (audited.report / table).read_bytes()


def undated(sentence: str) -> str:
    """A sentence without the moments in it, which differ from one look to the next."""
    return re.sub(r"\d+ \w+ \d{4}, \d\d:\d\d UTC", "then", sentence)
