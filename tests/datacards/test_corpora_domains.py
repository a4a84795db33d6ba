"""From URLs to domains."""

from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacards.corpora import hosts_of

LABEL = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?", fullmatch=True)
HOST = st.builds(".".join, st.lists(LABEL, min_size=1, max_size=3)).map(lambda labels: f"{labels}.org")
PORT = st.just("") | st.integers(0, 65535).map(lambda port: f":{port}")
USER = st.sampled_from(["", "user@", "user:p%40ss@", "a@b@"])
PATH = st.from_regex(r"([/?#][!-~é中]{0,12})?", fullmatch=True).filter(lambda path: "\\" not in path)
URL = st.builds("{}://{}{}{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), USER, HOST, PORT, PATH)


def domains(*urls, bare=False):
    hosts = hosts_of(pa.array(urls, pa.string()), bare)
    return [hosts.names[int(code)].as_py() for code in hosts.codes]


@settings(max_examples=300, deadline=None)
@given(st.lists(URL, min_size=1, max_size=6))
def test_the_domain_of_a_web_address_is_the_host_that_the_standard_library_sees(urls):
    assert domains(*urls) == [urlsplit(url).hostname for url in urls]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.text(max_size=30), max_size=6))
def test_any_text_gives_a_domain_or_none(texts):
    assert all(name == "" or name.isascii() for name in domains(*texts))


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://WWW.Example.COM/x", "www.example.com"),
        ("https://example.com.", "example.com"),
        ("  https://example.com/  ", "example.com"),
        ("//cdn.example.com/x", "cdn.example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://例え.テスト/", "xn--r8jz45g.xn--zckzah"),
        ("https://ＦＯＯ.example/", "foo.example"),
        ("http://192.0.2.1:8080/", "192.0.2.1"),
        ("http://[2001:DB8:0::1]/", "[2001:db8::1]"),
        ("https://under_score.example.com/", "under_score.example.com"),
        ("https://example.com\\@evil.example/", "example.com"),
    ],
)
def test_hosts_are_brought_into_one_form(url, domain):
    assert domains(url) == [domain]


@pytest.mark.parametrize(
    "url",
    [
        None, "", "example.org/x", "mailto:a@example.org", "ftp://example.org/", "http://localhost/", "http://",
        "http://a..example/", "http://192.0.2.999/", "http://1.2.3/", "https://example.org:port/", "http://[::g]/",
        "http://" + "a" * 64 + ".example/", "http://" + "a." * 127 + "example/", "https://exa mple.org/", "https://\0.org",
        "https://a%2eorg/", "https://xn--\u00df-.example\u2488/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_has_no_domain(url):
    assert domains(url) == [""]


@pytest.mark.parametrize("text", ["example.org", "example.org/path", "Example.org:8080", "https://example.org"])
def test_bare_hosts_count_where_a_column_holds_hosts(text):
    assert domains(text, bare=True) == ["example.org"]


def test_domains_that_differ_only_in_form_are_one():
    hosts = hosts_of(pa.array(["https://A.example", "http://a.example.", "https://a.example:443/x"]))
    assert hosts.names.to_pylist() == ["a.example"]
