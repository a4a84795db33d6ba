"""From bytes to text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.terms import classify
from crawler.terms.document import PdfTrouble, pdf_text
from crawler.terms.extract import EXTRACTOR_VERSION, MAX_TEXT, NotExtractable, extract, normalised

URL = "https://www.example.org/terms"
PAGE = """<!doctype html><html lang="en"><head><title> Terms
 of use</title><script>var robots</script></head><body><nav><a href="/">Home</a></nav><main><h1>Terms</h1>
<p>You may <b>not</b>:</p><ul><li>scrape the&nbsp;site;</li><li><p>lie:</p><ol><li>much</li></ol></li></ul>
<table><tr><td>1</td><td>No bots.</td></tr></table><p id="last">That is all.</p></main>
<footer>About us</footer></body></html>"""


def pdf(*lines: str) -> bytes:
    """A small PDF of one page."""
    shown = b"".join(b"(%s) Tj 0 -20 Td " % line.encode("latin-1") for line in lines)
    stream = b"BT /F1 12 Tf 50 700 Td " + shown + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


def test_a_page_keeps_its_lists_headings_and_cells_and_loses_its_scripts_and_menus() -> None:
    found = extract(PAGE.encode(), "text/html; charset=utf-8", URL)
    assert (found.title, found.language, found.kind) == ("Terms of use", "en", "html")
    assert found.text.startswith("# Terms\n\nYou may not:\n\n- scrape the site;\n- lie:")
    assert "    - much" in found.text
    assert "1 | No bots." in found.text
    assert not any(word in found.text for word in ("Home", "robots", "About us"))


def test_what_is_extracted_can_be_read() -> None:
    assert classify(extract(PAGE.encode(), "text/html", URL).text).scraping == "prohibited"


def test_a_selector_limits_what_is_read() -> None:
    assert extract(PAGE.encode(), "text/html", URL, selector="#last").text == "That is all."


@pytest.mark.parametrize(("selector", "said"), [("#none", "finds nothing"), ("p[", "no CSS selector")])
def test_a_selector_that_cannot_be_used_is_told(selector: str, said: str) -> None:
    with pytest.raises(NotExtractable, match=said):
        extract(PAGE.encode(), "text/html", URL, selector=selector)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<p>Größe zählt</p>".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ('<meta charset="windows-1252"><p>Größe zählt</p>'.encode("cp1252"), "text/html"),
        ("<p>Größe zählt</p>".encode(), ""),
        ("<p>Größe zählt</p>".encode("cp1252"), "text/html"),
        ("\ufeff<p>Größe zählt</p>".encode("utf-16"), "text/html"),
    ],
)
def test_the_encoding_is_found_where_it_is_said_or_guessed(body: bytes, content_type: str) -> None:
    assert extract(body, content_type, URL).text == "Größe zählt"


def test_a_pdf_is_read_whatever_it_is_served_as() -> None:
    found = extract(pdf("You must not scrape the site.", "Nor train AI with it."), "application/octet-stream", URL)
    assert (found.kind, found.language) == ("pdf", "en")
    assert "You must not scrape the site.\nNor train AI" in found.text


@pytest.mark.parametrize("body", [b"%PDF-1.4 and nothing more", b"%PDF-" + bytes(range(256)) * 20])
def test_a_broken_pdf_is_told_and_harms_nobody(body: bytes) -> None:
    with pytest.raises(NotExtractable, match="PDF"):
        extract(body, "application/pdf", URL)


def test_a_pdf_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(PdfTrouble, match="seconds"):
        pdf_text(pdf("slow"), seconds=0.001)


@pytest.mark.parametrize(
    ("body", "kind"), [(b"GIF89a", "image/gif"), (b"  ", "text/html"), (b"<script>x</script>", "")]
)
def test_a_body_without_text_is_told(body: bytes, kind: str) -> None:
    with pytest.raises(NotExtractable, match=r"www\.example\.org"):
        extract(body, kind, URL)


def test_a_page_may_nest_as_deeply_as_it_likes() -> None:
    assert extract(b"<div>" * 50_000 + b"deep", "text/html", URL).text == "deep"


def test_a_long_text_is_cut_and_says_so() -> None:
    found = extract(b"<p>" + b"word " * 300_000, "text/html", URL)
    assert (len(found.text), found.cut) == (MAX_TEXT, True)


def test_the_extractor_has_a_version_that_names_what_it_is_made_of() -> None:
    assert extract(b"<p>a", "", URL).version == EXTRACTOR_VERSION
    assert "selectolax/" in EXTRACTOR_VERSION
    assert "pypdf/" in EXTRACTOR_VERSION


@given(st.text(max_size=200))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.binary(max_size=300))
def test_any_page_is_read_or_told(body: bytes) -> None:
    with suppress(NotExtractable):
        assert extract(b"<p>" + body, "text/html", URL).text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Et saa kopioida tämän sivuston sisältöä automaattisilla ohjelmilla ilman lupaa.", "fi"),
        ("Sie dürfen die Inhalte der Seite nicht mit Robotern auslesen.", "de"),
    ],
)
def test_the_language_is_that_of_the_words(text: str, language: str) -> None:
    assert extract(f"<html lang='en'><p>{text}".encode(), "text/html", URL).language == language
