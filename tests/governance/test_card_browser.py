"""The Data Card in a real Chromium: filled by the keyboard alone, saved while typing, and usable without JavaScript."""

from typing import Any

import pytest

from datacards.models import CardVersion, Corpus
from governance import card_acts
from tests.governance.test_accessibility import (  # fixtures are used by their names
    Site,
    Window,
    chromium,
    db,
    meanwhile,
    pytestmark,
    site,
    sync_api,
    window,
)

__all__ = ["chromium", "db", "pytestmark", "site", "window"]
expect = sync_api.expect
CHOSEN = {"select-one": "ArrowDown", "checkbox": "Space"}
TYPED = {"overview.homepage": "https://example.org/data", "examples.fields": "text | string | The page."}


def card(of: Corpus) -> dict[str, Any]:
    """What the newest version says."""
    newest = meanwhile(lambda: CardVersion.objects.filter(corpus=of).order_by("-number").first())
    return {path: entry["value"] for path, entry in newest.values.items()} if newest else {}


def fill(page: Any) -> str:
    """Say something in the focused field as a person at a keyboard does; returns the field's name."""
    name, kind = page.evaluate("[document.activeElement.name, document.activeElement.type]")
    if kind in CHOSEN:
        page.keyboard.press(CHOSEN[kind])
    else:
        page.keyboard.type(TYPED.get(name, "What we know."))
    return str(name)


@pytest.mark.timeout(300)
def test_a_card_is_filled_for_the_hub_by_the_keyboard_alone(window: Window) -> None:
    corpus = window.site.world.undecided
    with window as page:
        page.goto(f"/corpora/{corpus.pk}/?profile=huggingface")
        page.locator("#licence summary").first.focus()
        if not page.locator("#id_expression").is_visible():
            page.keyboard.press("Enter")
        page.locator("#id_expression").focus()
        page.keyboard.type("CC-BY-4.0")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The licence is stated")).to_be_visible()
        page.goto(f"/corpora/{corpus.pk}/?profile=huggingface")
        page.keyboard.press("n")
        asked = page.locator("[data-wanted]").count()
        named = []
        for _ in range(asked):
            named.append(fill(page))
            page.keyboard.press("Control+Enter")
        expect(page.locator("#scores")).to_contain_text("17 of 17 asked fields are filled", timeout=15_000)
    assert len(set(named)) == asked > 5
    assert set(named) <= set(card(corpus))
    assert window.complaints == []


def test_a_pause_while_typing_saves_and_another_amends_the_version(window: Window) -> None:
    corpus = window.site.world.approved
    with window as page:
        page.goto(f"/corpora/{corpus.pk}/")
        field = page.locator("[id='id_overview.summary']")
        field.press_sequentially(" One.")
        expect(page.locator("#saved")).to_contain_text("saved, version")
        number = page.locator("#saved").inner_text().split("version ")[1].split(",")[0]
        with page.expect_response("**/card/"):
            field.press_sequentially(" Two.")
        expect(page.locator("#saved")).to_contain_text(f"version {number},")
        assert "saved" in page.locator("#saved").inner_text()
        assert field.evaluate("field => field === document.activeElement")
    assert card(corpus)["overview.summary"].startswith("One. Two.")


def test_only_the_field_that_changed_is_sent(window: Window) -> None:
    corpus, admin = window.site.world.derived, window.site.world.admin
    with window as page:
        page.goto(f"/corpora/{corpus.pk}/")
        meanwhile(lambda: card_acts.save_card(admin, corpus, {"overview.title": "The admin's title"}))
        page.fill("[id='id_overview.summary']", "The steward's summary.")
        page.keyboard.press("Tab")
        expect(page.locator("#saved")).to_contain_text("saved, version")
    said = card(corpus)
    assert said["overview.title"] == "The admin's title"
    assert said["overview.summary"] == "The steward's summary."


def test_what_cannot_be_used_is_told_at_the_field_which_keeps_it(window: Window) -> None:
    corpus = window.site.world.blocked
    with window as page:
        page.goto(f"/corpora/{corpus.pk}/?profile=huggingface")
        field = page.locator("[id='id_overview.homepage']")
        field.fill("example.org")
        field.press("Tab")
        expect(page.locator("#g-overview-homepage")).to_contain_text("takes a whole web address")
        assert field.input_value() == "example.org"
        assert field.get_attribute("aria-invalid") == "true"
        field.fill("https://example.org")
        field.press("Tab")
        expect(page.locator("#g-overview-homepage")).not_to_contain_text("takes a whole web address")
        assert field.get_attribute("aria-invalid") is None
    assert window.complaints == []


def test_a_missing_fields_link_unfolds_its_section_and_leads_into_it(window: Window) -> None:
    with window as page:
        page.goto(f"/corpora/{window.site.world.blocked.pk}/")
        page.locator("#scores summary", has_text="tests fail").click()
        page.locator("#scores a[href='#f-publication-format']").click()
        field = page.locator("[id='id_publication.format']")
        expect(field).to_be_focused()
        assert field.is_visible()


def test_letters_in_a_field_are_letters(window: Window) -> None:
    with window as page:
        page.goto(f"/corpora/{window.site.world.blocked.pk}/")
        page.locator("[id='id_overview.title']").focus()
        page.keyboard.type("n")
        expect(page.locator("[id='id_overview.title']")).to_be_focused()


def test_a_value_is_confirmed_and_a_version_compared_without_javascript(chromium: Any, site: Site) -> None:
    with Window(chromium, site, "approver", java_script_enabled=False) as page:
        page.goto(f"/corpora/{site.world.blocked.pk}/")
        page.get_by_role("button", name="Confirm Title", exact=True).click()
        assert page.get_by_text("It is confirmed.").is_visible()
        page.click("text=All versions")
        page.get_by_role("button", name="Compare the two").click()
        assert page.get_by_text("another ground").first.is_visible()
