"""A Data Card from nothing to what the Hub asks for, in a real browser, by somebody who has no mouse.

One journey is made; each test makes one claim about what was seen on it. Nothing here clicks, fills or focuses: only keys.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from datacards import cards
from datacards.exchange.huggingface.checks import problems
from tests.governance.test_accessibility import CHROMIUM, Site, Window, chromium, db, meanwhile, serious, site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium"),
]
__all__ = ["chromium", "db", "site"]  # fixtures

ASKED = len(cards.profile_at("huggingface").asks)
LICENCE = "CC-BY-4.0"
WORDS = {
    "overview.title": "A forum’s archive",
    "overview.languages": "en",
    "overview.summary": "Answers of a forum on tides and harbours, as its members wrote them.",
    "overview.homepage": "https://forum.example/archive",
    "catalogue.size": "10K",  # a list is searched by typing
    "catalogue.tasks": "text-generation",
    "authorship.creators": "The harbour’s data office",
    "authorship.contact": "data@harbour.example",
    "use.intended": "Research on how people explain tides to each other.",
    "use.unsuitable": "Finding out who wrote an answer.",
    "examples.fields": "text | string | The answer\nurl | string | Where it stood",
    "motivation.reasons": "There was no open corpus on tides.",
    "collection.processing": "Markup was taken off, and empty answers left out.",
    "collection.sources": "The members of forum.example.",
    "sensitivity.fields": "Names that members gave themselves may stand in the texts.",
    "quality.known_limits": "One forum, one language, and mostly sailors.",
}
MOST_TABS, MOST_FIELDS = 400, 40
FOCUSED = """() => {
  const here = document.activeElement, edge = getComputedStyle(here);
  const kind = here.matches("select, textarea, input, a, button, summary") ? here.localName : "";
  return {kind, name: here.name || "", said: here.innerText?.trim() ?? "", address: here.getAttribute("href") ?? "",
          ring: edge.outlineStyle !== "none" || edge.boxShadow !== "none"};
}"""


@dataclass
class Seen:
    """What the steward saw, in the order in which she came upon it."""

    asked: list[str] = field(default_factory=list)
    ringless: list[str] = field(default_factory=list)
    versions: int = -1
    before: str = ""
    after: str = ""
    profile: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    exported: Path = Path()
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(chromium: Any, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The journey."""
    window, seen = Window(chromium, site, "steward", accept_downloads=True), Seen()
    seen.versions = meanwhile(site.world.undecided.cards.count)
    with window as page:
        page.goto(reverse("corpus", args=[site.world.undecided.pk]))
        choose_profile(page)
        seen.before = completeness(page)
        fill(page, seen)
        page.reload()
        seen.after, seen.profile = completeness(page), page.locator("#profile").input_value()
        seen.values = {path: said_at(page, path) for path in WORDS}
        seen.problems = serious(page)
        export(page, seen, tmp_path_factory.mktemp("export"))
    seen.complaints = window.complaints
    yield seen


def tab_to(page: Any, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Press Tab until what is looked for has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here: dict[str, Any] = page.evaluate(FOCUSED)
        if found(here):
            return here
    raise AssertionError(f"It is not reached by {MOST_TABS} Tabs on {page.url}.")


def choose_profile(page: Any) -> None:
    """In the list that the keyboard reaches; typing chooses, and the page comes back measured by it."""
    tab_to(page, lambda here: here["name"] == "profile")
    with page.expect_navigation():
        page.keyboard.type("Hugging")


def completeness(page: Any) -> str:
    return str(page.locator("#scores .scores > li").first.locator("p").inner_text())


def fill(page: Any, seen: Seen) -> None:
    """By the page's own key from one field that is asked and empty to the next, until there is none."""
    page.keyboard.press("n")
    for _ in range(MOST_FIELDS):
        here = page.evaluate(FOCUSED)
        seen.ringless += [] if here["ring"] else [here["name"]]
        seen.asked.append(here["name"])
        if here["name"] == "expression":
            return state_licence(page)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.type(WORDS[here["name"]])
            page.keyboard.press("Control+Enter")
    raise AssertionError(f"There is no end to it: {seen.asked}")


def state_licence(page: Any) -> None:
    page.keyboard.type(LICENCE)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def said_at(page: Any, path: str) -> str:
    return str(page.locator(f'[name="{path}"]').first.input_value())


def export(page: Any, seen: Seen, folder: Path) -> None:
    """On the tab Exchange, the file for the Hub."""
    tab_to(page, lambda here: here["kind"] == "a" and here["said"].startswith("Exchange"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, lambda here: here["address"].endswith("/huggingface/") or here["said"] == "README.md")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    seen.exported = folder / "README.md"
    download.value.save_as(seen.exported)


# --- what was seen -----------------------------------------------------------------------------------------


def test_it_began_with_nothing_at_all(seen: Seen) -> None:
    assert (seen.versions, seen.before) == (0, f"0 of {ASKED} asked fields are filled")


def test_the_key_led_to_each_asked_field_once_and_last_to_the_licence(seen: Seen) -> None:
    assert sorted(seen.asked) == sorted({*seen.asked})
    assert seen.asked[-1] == "expression"
    assert {*seen.asked} - {"expression"} <= {*WORDS}


def test_wherever_it_led_one_sees_the_focus(seen: Seen) -> None:
    assert seen.ringless == []


def test_after_a_reload_all_that_the_profile_asks_is_answered(seen: Seen) -> None:
    assert (seen.profile, seen.after) == ("huggingface", f"{ASKED} of {ASKED} asked fields are filled")


def test_what_was_typed_is_what_is_there(seen: Seen) -> None:
    typed = {path: words for path, words in WORDS.items() if path in seen.asked and path != "catalogue.size"}
    assert {path: seen.values[path] for path in typed} == typed


def test_the_full_page_has_no_serious_fault(seen: Seen) -> None:
    assert (seen.problems, seen.complaints) == ([], [])


def test_the_exported_card_is_one_that_the_hub_takes(seen: Seen) -> None:
    assert problems(seen.exported.read_bytes()) == []


def test_the_hubs_own_library_loads_it_with_what_was_typed(seen: Seen) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library itself
        from huggingface_hub import DatasetCard
    data = DatasetCard.load(seen.exported).data.to_dict()
    assert (data["license"], data["language"], data["task_categories"]) == ("cc-by-4.0", ["en"], ["text-generation"])
    assert data["pretty_name"] == WORDS["overview.title"]
