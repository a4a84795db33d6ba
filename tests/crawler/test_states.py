"""What a fetch came to, and the bodies that try to be more than they say."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.states import NotDecodable, State, decode, state_of

FILE = b"User-agent: *\nDisallow: /\n"
PAGE = b"\n<!DOCTYPE html><html><body>Nothing here</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "cut", "hops", "state"),
    [
        (200, FILE, False, 0, State.OK),
        (206, FILE, False, 0, State.OK),
        (200, FILE, False, 2, State.REDIRECTED),
        (200, FILE, True, 0, State.OVERSIZE),
        (200, PAGE, False, 0, State.SOFT_404),
        (200, PAGE, False, 3, State.SOFT_404),
        (200, b"<pre>\n" + FILE, False, 0, State.OK),
        (200, b"\xef\xbb\xbf \n", False, 0, State.EMPTY),
        (204, b"", False, 0, State.EMPTY),
        (200, b"", True, 0, State.OVERSIZE),
        (404, PAGE, False, 0, State.UNAVAILABLE),
        (401, b"", False, 0, State.UNAVAILABLE),
        (403, b"", False, 1, State.UNAVAILABLE),
        (429, b"", False, 0, State.UNREACHABLE),
        (500, FILE, False, 0, State.UNREACHABLE),
        (503, b"", False, 0, State.UNREACHABLE),
        (202, PAGE, False, 0, State.UNREACHABLE),
        (304, b"", False, 0, State.UNREACHABLE),
        (999, b"", False, 0, State.UNREACHABLE),
    ],
)
def test_an_answer_comes_to_a_state(status: int, body: bytes, cut: bool, hops: int, state: State) -> None:
    assert state_of(status, body, cut, hops) == state


@pytest.mark.parametrize("encoding", ["gzip", "X-GZIP", " gzip "])
def test_gzip_is_undone(encoding: str) -> None:
    two_members = gzip.compress(FILE) + gzip.compress(FILE)
    assert decode(two_members, encoding, limit=1000).body == FILE + FILE


@pytest.mark.parametrize("wbits", [zlib.MAX_WBITS, -zlib.MAX_WBITS])
def test_deflate_is_undone_with_and_without_its_header(wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(FILE) + packer.flush()
    assert decode(packed, "deflate", limit=1000).body == FILE


def test_a_bomb_unfolds_no_further_than_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    found = decode(gzip.compress(b"\0" * 50_000_000), "gzip", limit=1000)
    assert (len(found.body), found.cut) == (1000, True)
    assert len(decode(bomb, "gzip", limit=100_000).body) < 100_000


def test_a_transfer_that_was_ended_early_is_cut_but_not_broken() -> None:
    packed = gzip.compress(bytes(range(256)) * 40)
    found = decode(packed[: len(packed) // 2], "gzip", limit=100_000, partial=True)
    assert found.cut
    with pytest.raises(NotDecodable):
        decode(packed[: len(packed) // 2], "gzip", limit=100_000)


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(NotDecodable, match="br"):
        decode(b"...", "br", limit=10)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", ""]), st.booleans())
def test_no_bytes_unfold_beyond_the_limit_or_fail_otherwise(body: bytes, encoding: str, partial: bool) -> None:
    try:
        assert len(decode(body, encoding, 50, partial).body) <= 50
    except NotDecodable:
        assert encoding
