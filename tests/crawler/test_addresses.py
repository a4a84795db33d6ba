"""Server-side request forgery: what the crawler refuses to connect to."""

import pytest

from crawler.addresses import Gate, NotAdmitted, host_header, is_public, parse_loopback

INNER = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::",
    "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1",
    "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "192.0.0.192", "168.63.129.16", "192.88.99.1", "5f00::1",
    "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "not an address", "", "1.2.3",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_the_gate_admits_public_addresses_on_the_usual_ports_only() -> None:
    gate = Gate()
    assert gate.admits("8.8.8.8", 443)
    assert not gate.admits("8.8.8.8", 22)
    with pytest.raises(NotAdmitted, match=r"10\.0\.0\.1 port 80"):
        gate.check("10.0.0.1", 80)


def test_with_a_loopback_address_nothing_else_is_open() -> None:
    gate = Gate(loopback=("127.0.0.1", 8080))
    assert gate.admits("127.0.0.1", 8080)
    assert not gate.admits("127.0.0.1", 80)
    assert not gate.admits("8.8.8.8", 443)
    assert gate.route("https://example.org/robots.txt?a") == "http://127.0.0.1:8080/robots.txt?a"


@pytest.mark.parametrize(
    ("url", "word"),
    [("ftp://a/", "scheme"), ("file:///etc/passwd", "scheme"), ("http://a:22/", "port 22"), ("http:///x", "host"),
     ("http://[::1/", "valid"), ("http://a:99999/", "valid"), ("javascript:alert(1)", "scheme"),
     ("http://user:word@a/", "login")],
)  # fmt: skip
def test_a_url_is_refused_by_scheme_port_or_form(url: str, word: str) -> None:
    assert word in (Gate().objection(url) or "")


def test_an_ordinary_url_meets_no_objection() -> None:
    assert Gate().objection("https://example.org/robots.txt") is None
    assert Gate(ports=frozenset({8080})).objection("http://example.org:8080/") is None


def test_the_host_header_leaves_out_the_usual_port() -> None:
    assert host_header("https://Example.org:443/a") == "example.org"
    assert host_header("http://example.org:8080/a") == "example.org:8080"
    assert host_header("http://[2606:4700::1]/") == "[2606:4700::1]"


def test_only_a_loopback_address_can_be_the_test_flag() -> None:
    assert parse_loopback("127.0.0.1:8080") == ("127.0.0.1", 8080)
    assert parse_loopback("[::1]:80") == ("::1", 80)
    assert parse_loopback("") is None
    with pytest.raises(ValueError, match="not a loopback"):
        parse_loopback("10.0.0.1:80")
