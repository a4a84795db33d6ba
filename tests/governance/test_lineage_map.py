"""The map of the lineage in a real Chromium: keys, zoom, touch, search, and what remains without it."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.lineage import drawn
from governance.ancestry.layout import lay_out
from tests.governance import lineages, test_accessibility
from tests.governance.test_accessibility import Site, Window, meanwhile, serious

pytestmark = test_accessibility.pytestmark
# The fixtures of a served world, for this module.
db, site, chromium = test_accessibility.db, test_accessibility.site, test_accessibility.chromium
READY = "[data-map][data-ready]"


@pytest.fixture(scope="module")
def kin(site: Site) -> lineages.Family:
    made: lineages.Family = meanwhile(lambda: lineages.family(site.world.steward))
    return made


@pytest.fixture
def opened(chromium: Any, site: Site, kin: lineages.Family) -> Iterator[Window]:
    """The map around the mixture, in the steward's window."""
    window = Window(chromium, site, "steward", reduced_motion="reduce")
    window.page.goto(f"/lineage/?focus={kin.mixture.latest_id}&steps=20")
    window.page.wait_for_selector(READY)
    yield window
    window.context.close()


FRAMES = """() => new Promise(done => {
    const frame = document.querySelector("[data-frame]"), began = performance.now();
    let left = 10;
    const next = () => {
        if (!left--) return done((performance.now() - began) / 10);
        frame.dispatchEvent(new KeyboardEvent("keydown", {key: left % 2 ? "0" : "+", bubbles: true}));
        requestAnimationFrame(next);
    };
    next();
})"""


def scale(page: Any) -> float:
    return float(page.get_attribute("[data-map]", "data-scale"))


def here(page: Any) -> str:
    return str(page.text_content("[data-name]"))


def press(page: Any, *keys: str) -> None:
    page.locator("[data-frame]").focus()
    for key in keys:
        page.keyboard.press(key)


def test_arrows_walk_along_the_edges_and_say_where_one_is(opened: Window) -> None:
    page = opened.page
    press(page, "Home")
    assert here(page) == "kin/mixture"
    press(page, "ArrowLeft", "ArrowLeft")
    assert here(page) == "Questions and answers"
    assert "dataset on record, CC-BY-NC-4.0, 1 edge up, 1 edge down" in page.text_content("[data-said]")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    assert here(page) == "kin/tuned"
    press(page, "ArrowRight")
    assert page.text_content("[data-said]") == "Nothing there."
    assert opened.complaints == []


def test_enter_opens_what_one_is_at(opened: Window, kin: lineages.Family) -> None:
    press(opened.page, "Home", "ArrowRight", "Enter")
    opened.page.wait_for_url(f"**/corpora/{kin.tuned.pk}/lineage/")


def test_plus_minus_and_nought_zoom_and_fit(opened: Window) -> None:
    page = opened.page
    fitted = scale(page)
    press(page, "+", "+")
    assert scale(page) == pytest.approx(fitted * 1.4**2, rel=0.01)
    press(page, "-")
    assert scale(page) == pytest.approx(fitted * 1.4, rel=0.01)
    press(page, "0")
    assert scale(page) == fitted
    page.get_by_role("button", name="Zoom in").click()
    assert scale(page) > fitted


def test_the_wheel_zooms_only_with_the_focus_on_the_map(opened: Window) -> None:
    page = opened.page
    fitted = scale(page)
    page.locator("[data-frame]").hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert scale(page) == fitted
    page.locator("[data-frame]").focus()
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"+document.querySelector('[data-map]').dataset.scale > {fitted}")


def test_a_node_is_chosen_by_a_click_and_the_map_is_dragged(opened: Window) -> None:
    page = opened.page
    press(page, "Home")  # the mixture is in the middle
    page.locator("canvas").click()
    assert here(page) == "kin/mixture"
    box = page.locator("canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5000, y, steps=4)
    page.mouse.up()
    press(page, "Home", "ArrowRight")
    assert here(page) == "kin/tuned"


def test_two_fingers_zoom_at_390_pixels(chromium: Any, site: Site, kin: lineages.Family) -> None:
    with Window(chromium, site, "steward", width=390, has_touch=True, reduced_motion="reduce") as page:
        page.goto(f"/lineage/?focus={kin.mixture.latest_id}")
        page.wait_for_selector(READY)
        before = scale(page)
        finger = """([type, id, x, y]) => {
            const canvas = document.querySelector("canvas"), box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            canvas.dispatchEvent(new PointerEvent(type, {pointerId: id, pointerType: "touch", bubbles: true,
                clientX: box.left + x, clientY: box.top + y}));
        }"""
        for step in (("pointerdown", 1, 100, 200), ("pointerdown", 2, 200, 200), ("pointermove", 2, 300, 200)):
            page.evaluate(finger, list(step))
        page.wait_for_function(f"+document.querySelector('[data-map]').dataset.scale > {before * 1.8}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_search_goes_to_the_node_without_a_reload_and_on_to_the_server_for_others(opened: Window) -> None:
    page = opened.page
    page.evaluate("window.same = true")
    page.fill("#id_q", "bulk")
    page.keyboard.press("Enter")
    assert here(page) == "Bulk of the web"
    assert page.evaluate("window.same")
    page.fill("#id_q", "encyclopedia")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=encyclopedia**")
    assert page.get_by_role("link", name="harbour/encyclopedia").is_visible()


def test_fewer_steps_show_fewer_nodes_and_keep_the_address(opened: Window) -> None:
    page = opened.page
    assert page.get_attribute("[data-map]", "data-ready") == "5"
    page.get_by_label("Steps around it").select_option("1")
    page.wait_for_selector("[data-map][data-ready='3']")
    assert "steps=1" in page.url


def test_without_javascript_a_picture_and_lists_say_the_same(chromium: Any, site: Site, kin: lineages.Family) -> None:
    with Window(chromium, site, "steward", java_script_enabled=False) as page:
        page.goto(f"/lineage/?focus={kin.mixture.latest_id}")
        assert page.locator("svg.lineage a.node").count() == 5
        assert not page.locator("canvas").is_visible()
        page.goto("/lineage/")
        page.get_by_role("link", name="kin/tuned").click()
        assert page.get_by_role("heading", name="kin/tuned").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_map(chromium: Any, site: Site, kin: lineages.Family, theme: str) -> None:
    with Window(chromium, site, "steward", color_scheme=theme) as page:
        for path in ("/lineage/", f"/lineage/?focus={kin.bulk.pk}", f"/corpora/{kin.mixture.pk}/lineage/?find=bulk"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert serious(page) == [], path


def test_the_map_prints(opened: Window) -> None:
    opened.page.emulate_media(media="print")
    assert opened.page.locator("canvas").is_visible()
    assert not opened.page.locator("#map-keys").is_visible()


def test_thousands_of_nodes_are_drawn_while_one_drags(chromium: Any, site: Site, kin: lineages.Family) -> None:
    pairs = drawn(5000, 10_000)
    picture = lay_out(5000, pairs)
    shown = {"kind": "corpus", "revision": 1, "outcome": "blocked", "refused_share": 0.1, "licences": [], "page": "/"}
    graph = {
        "nodes": [shown | {"id": str(n), "name": str(n), "x": x, "y": y} for n, (x, y) in enumerate(picture.places)],
        "edges": [{"parent": a, "child": b, "bends": picture.bends.get((a, b), ())} for a, b in pairs],
        "width": picture.width, "height": picture.height,
    }  # fmt: skip
    with Window(chromium, site, "steward", reduced_motion="reduce") as page:
        page.route("**/api/v1/lineage*", lambda route: route.fulfill(json=graph))
        page.goto("/lineage/")
        page.wait_for_selector("[data-map][data-ready='5000']")
        press(page, "Home", "+", "+")
        assert scale(page) > 0.6
        took = page.evaluate(FRAMES)
        print(f"5,000 nodes: a frame takes {took:.0f} ms")
        assert took < 1000
