"""Really Simple Licensing 1.0: where a licence is declared, and what it comes to."""

import pytest

from crawler.channels import licences_to_fetch, read_signals
from crawler.channels.rsl import links
from crawler.channels.rsl_document import MAX_CONTENTS, MAX_DOCUMENT, NotReadable, read_document
from crawler.permissions import answer
from tests.crawler.channels.saying import said

URL = "https://e.org/license.xml"
USES = ("search", "ai-input", "ai-train")


def rsl(*licences: str, content: str = 'url="/"', root: str = "") -> str:
    inside = "".join(f"<license>{licence}</license>" for licence in licences)
    return f'<rsl xmlns="https://rslstandard.org/rsl" {root}><content {content}>{inside}</content></rsl>'


def values(document: str | bytes) -> list[str]:
    """The answers for search, ai-input and ai-train."""
    signals = read_signals(rsl=document)
    return [answer(signals, "*", purpose).value for purpose in USES]


YES, NO, OPEN = "allowed", "disallowed", "unstated"


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ('<permits type="usage">search</permits>', [YES, NO, NO]),
        ('<permits type="usage">ai-train, ai-input</permits>', [NO, YES, YES]),
        ('<permits type="usage">ai-all</permits>', [NO, YES, YES]),
        ('<permits type="usage">ai-index</permits>', [NO, NO, NO]),
        ('<permits type="usage">all</permits><prohibits type="usage">ai-train</prohibits>', [YES, YES, NO]),
        ('<permits type="usage">ai-train</permits><prohibits type="usage">ai-all</prohibits>', [NO, NO, NO]),
        ('<permits type="usage">ai-train</permits><prohibits type="usage">all</prohibits>', [NO, NO, NO]),
        ('<prohibits type="usage">ai-train</prohibits>', [YES, YES, NO]),
        ('<permits type="usage"></permits>', [NO, NO, NO]),
        ('<permits type="usage">AI-TRAIN</permits>', [NO, NO, YES]),
        ("<permits>search</permits>", [YES, NO, NO]),
        ("", [YES, YES, YES]),
    ],
)
def test_permitted_uses_are_a_closed_set_and_a_prohibition_wins(licence: str, expected: list[str]) -> None:
    assert values(rsl(licence)) == expected


@pytest.mark.parametrize(
    "payment", ["purchase", "subscription", "training", "crawl", "use", "contribution", "inference"]
)
def test_what_asks_for_payment_is_not_permitted_to_everybody(payment: str) -> None:
    document = rsl(
        f'<permits type="usage">ai-train</permits><payment type="{payment}"><amount currency="USD">1</amount></payment>'
    )
    found = answer(read_signals(rsl=document), "*", "ai-train")
    assert found.value == "disallowed"
    assert found.deciding[0].note == f"permitted on condition: payment {payment}; max-age 30 days"


@pytest.mark.parametrize("payment", ['<payment type="free"/>', '<payment type="attribution"/>', "<payment/>"])
def test_a_free_licence_permits_and_its_payment_is_recorded(payment: str) -> None:
    found = answer(read_signals(rsl=rsl(f'<permits type="usage">ai-train</permits>{payment}')), "*", "ai-train")
    assert found.value == "allowed"
    assert "payment: " in found.deciding[0].note


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ('<permits type="user">non-commercial education</permits>', "user non-commercial, education"),
        ('<permits type="geo">US,CA</permits>', "geo us, ca"),
        ('<prohibits type="user">commercial</prohibits>', "not user commercial"),
        ('<prohibits type="geo">EU</prohibits>', "not geo eu"),
    ],
)
def test_a_licence_for_some_is_none_for_everybody(limit: str, told: str) -> None:
    found = answer(read_signals(rsl=rsl(f'<permits type="usage">all</permits>{limit}')), "*", "ai-train")
    assert found.value == "disallowed"
    assert told in found.deciding[0].note


def test_a_licence_server_has_to_be_asked() -> None:
    document = rsl('<permits type="usage">all</permits>', content='url="/" server="https://rslcollective.org/api"')
    found = answer(read_signals(rsl=document), "*", "search")
    assert (found.value, "https://rslcollective.org/api" in found.deciding[0].note) == ("disallowed", True)


def test_of_several_licences_a_user_may_choose() -> None:
    paid = '<permits type="usage">ai-train</permits><payment type="crawl"/>'
    assert values(rsl(paid, '<permits type="usage">ai-train</permits>')) == [NO, NO, YES]


def test_a_content_without_licences_says_nothing() -> None:
    assert values(rsl()) == [OPEN, OPEN, OPEN]


def test_a_content_holds_for_its_paths() -> None:
    document = rsl('<prohibits type="usage">all</prohibits>', content='url="https://e.org/images/*"')
    signals = read_signals(rsl=document)
    assert answer(signals, "*", "ai-train", "/images/1.png").value == NO
    assert answer(signals, "*", "ai-train", "/text").value == OPEN


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://e.org/*", YES), ("https://www.e.org/", YES), ("https://*.e.org/", YES), ("/", YES), ("", YES),
        ("https://other.org/", OPEN), ("https://note.org/", OPEN), ("https://*.ote.org/", OPEN), ("https://[/", OPEN),
    ],
)  # fmt: skip
def test_a_licence_of_another_site_licenses_nothing_here(url: str, value: str) -> None:
    document = rsl('<permits type="usage">all</permits>', content=f'url="{url}"')
    assert answer(read_signals(rsl=document, url="https://e.org/"), "*", "ai-train").value == value


def test_the_age_is_in_days_thirty_unless_told() -> None:
    assert read_document(rsl("").encode()).max_age == 30
    assert read_document(rsl("", root='max-age="7"').encode()).max_age == 7
    assert read_document(rsl("", root='max-age="soon"').encode()).max_age == 30


def test_a_licence_may_be_an_item_of_a_feed() -> None:
    feed = (
        '<rss xmlns:rsl="https://rslstandard.org/rsl" version="2.0"><channel><item><title>x</title>'
        '<rsl:content url="https://e.org/a"><rsl:license><rsl:prohibits type="usage">ai-train</rsl:prohibits>'
        "</rsl:license></rsl:content></item></channel></rss>"
    )
    assert answer(read_signals(rsl=feed), "*", "ai-train", "/a").value == NO


# --- where it is declared --------------------------------------------------------------------------------

SEARCH_ONLY = rsl('<permits type="usage">search</permits>')


def test_before_any_group_robots_txt_licenses_everybody() -> None:
    signals = read_signals(robots=f"License: {URL}\n\nUser-agent: Googlebot\nAllow: /\n", rsl={URL: SEARCH_ONLY})
    assert {(signal.agent, signal.scope, signal.where) for signal in signals} == {("*", "site", "robots.txt line 1")}


def test_in_a_group_it_licenses_the_groups_agents() -> None:
    signals = read_signals(robots=f"User-agent: Googlebot\nLicense: {URL}\nAllow: /\n", rsl={URL: SEARCH_ONLY})
    assert {signal.agent for signal in signals} == {"Googlebot"}
    assert answer(signals, "GPTBot", "ai-train").value == OPEN


@pytest.mark.parametrize("given", [None, {}, {URL: None}, {"https://e.org/other.xml": SEARCH_ONLY}])
def test_a_licence_that_was_not_obtained_licenses_nothing(given: dict[str, str | None] | None) -> None:
    signals = read_signals(robots=f"License: {URL}", rsl=given)
    assert said(signals, "rsl") == {("*", purpose, "disallowed") for purpose in USES}
    assert {signal.note for signal in signals} == {f"the licence was not obtained: {URL}"}


def test_the_licences_to_fetch_are_told_once_each_and_absolute() -> None:
    found = licences_to_fetch(
        robots=f"License: {URL}\nLicense: /license.xml\nLicense: ftp://e.org/x\nLicense: file:///etc/passwd\n",
        headers={"Link": '<a.xml>; rel=license; type="application/rsl+xml"'}, url="https://e.org/p/q",
    )  # fmt: skip
    assert found == ["https://e.org/p/a.xml", URL]


def test_of_many_licences_only_the_first_are_fetched() -> None:
    assert len(licences_to_fetch(robots="".join(f"License: https://e.org/{n}\n" for n in range(100)))) == 10


def test_the_link_header_licenses_its_page() -> None:
    header = '<style.css>; rel=preload, </license.xml>; rel="license"; type="application/rsl+xml"'
    signals = read_signals(headers={"Link": header}, rsl={URL: SEARCH_ONLY}, url="https://e.org/p")
    assert {(signal.where, signal.path, signal.scope) for signal in signals} == {("header Link", "/p$", "page")}


def test_a_link_element_licenses_its_page() -> None:
    html = '<link rel="license" type="application/rsl+xml" href="/license.xml"><link rel="license" href="/cc">'
    signals = read_signals(html=html, rsl={URL: SEARCH_ONLY}, url="https://e.org/p")
    assert {(signal.where, signal.path) for signal in signals} == {("link in the page", "/p$")}


def test_a_licence_may_stand_in_the_page() -> None:
    html = f'<html><head><script type="application/rsl+xml">{SEARCH_ONLY}</script></head></html>'
    signals = read_signals(html=html, url="https://e.org/p")
    assert said(signals, "rsl") == {("*", "search", YES), ("*", "ai-input", NO), ("*", "ai-train", NO)}
    assert {signal.where for signal in signals} == {"script in the page"}


@pytest.mark.parametrize(
    ("value", "targets"),
    [
        (b"<a>;rel=license", [("a", {"rel": "license"})]),
        (b"<a,b;c>; rel=x , <d>", [("a,b;c", {"rel": "x"}), ("d", {})]),
        (b'<a>; title="x, <y>; z"; REL="license"; rel=other', [("a", {"title": "x, <y>; z", "rel": "license"})]),
        (b"<a>; flag; rel=b", [("a", {"flag": "", "rel": "b"})]),
        (b"no link, <a>", []),
        (b"<a", []),
        (b"<a>; rel=\"open", []),
        (b"", []),
    ],
)  # fmt: skip
def test_a_link_header_is_read_as_far_as_it_is_one(value: bytes, targets: list[tuple[str, dict[str, str]]]) -> None:
    assert list(links(value)) == targets


# --- documents that are not what they should be -------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE rsl [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<rsl><content url="/"><license><permits>&c;</permits></license></content></rsl>'
)
OUTSIDE = '<!DOCTYPE rsl [<!ENTITY x SYSTEM "file:///etc/passwd">]><rsl><content url="/">&x;</content></rsl>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (LAUGHS.encode(), "document type or entities"),
        (LAUGHS.encode("utf-16"), "document type or entities"),
        (OUTSIDE.encode(), "document type or entities"),
        (b"<rsl><content>" + b"<a>" * 5000, "no well-formed XML"),
        (b"<rsl>" + b"<a>" * 500 + b"</a>" * 500 + b"</rsl>", "no well-formed XML"),
        (b"<rsl><content url='/'>", "no well-formed XML"),
        (b"<rsl><content url='/'>&undefined;</content></rsl>", "no well-formed XML"),
        (b"<rsl>\0</rsl>", "no well-formed XML"),
        (b"<rsl>\xff</rsl>", "not in UTF-8"),
        (b"<html><content/></html>", "neither rsl nor a feed"),
        (b"<rsl/>", "no content element"),
        (b'<rsl xmlns="https://other.org/"><content/></rsl>', "no content element"),
        (b"", "no well-formed XML"),
        (b" " * (MAX_DOCUMENT + 1), "more than 256 KiB"),
        (b"<rsl>" + b"<content/>" * (MAX_CONTENTS + 1) + b"</rsl>", "more than 500 contents"),
    ],
    ids=range(15),
)
def test_what_cannot_be_read_licenses_nothing(body: bytes, reason: str) -> None:
    with pytest.raises(NotReadable, match=reason):
        read_document(body)
    signals = read_signals(robots=f"License: {URL}", rsl={URL: body})
    assert {signal.value for signal in signals} == {"disallowed"}


def test_entities_of_xml_itself_are_read() -> None:
    document = read_document(b"<rsl><content url='/a&amp;b'><license/></content></rsl>")
    assert document.contents[0].url == "/a&b"


def test_a_comment_does_not_hide_a_prohibition() -> None:
    assert values(rsl('<prohibits type="usage"><!-- x -->ai-train</prohibits>')) == [YES, YES, NO]
