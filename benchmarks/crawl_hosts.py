"""The hosts of the loopback web that `benchmarks.crawl` crawls: what each serves, and what a crawl has to find.

A host's name says what it is: `h17.test` is ordinary, `bomb-17.test` a decompression bomb. Everything follows from the
name, so the web needs no list of its hosts, and a body can be told from any other host's.
"""

import gzip
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LIMIT = 500 * 1024  # of a body, this much is read
_WORDS = ("archive", "press", "shop", "search", "private", "account", "feed", "media", "print", "static", "tag", "user")
# 100 MB of `A`, compressed with Brotli 1.2 at quality 5.
_BROTLI = b64decode(
    "y///PwAkguKxQHLv//j//weABEAcFoDu/R////8AkACIwwLQvf/j//8fABIAcVgAuvd//P//A0ACIA4LQPf+j///fwBIAMRhAeje//H/"
    "/w8ACYA4LADd+z/+//8BIAEQhwWge//H//8/ACQA4rAAdO//+P//B4AEQBwWgO79H////wCQAIjDAtC9/8t/8DoAEgBxWAC62HU="
)
_SMUGGLED = b"User-agent: *\nDisallow: /smuggled\n"


@dataclass(frozen=True)
class Reply:
    """What a path answers: `head` and `body` as they are written, piece by piece with `pause` seconds in between.

    Without pieces to come the connection is kept, unless `close`; `endless` repeats the last piece until nobody reads.
    """

    pieces: tuple[bytes, ...]
    wait: float = 0.0
    pause: float = 0.0
    close: bool = False
    endless: bool = False


@dataclass(frozen=True)
class Hostile:
    """A kind of bad host: its robots.txt, and what the crawl has to say of it: a state, and words of its error."""

    reply: Callable[[str, str], Reply]
    states: tuple[str, ...]
    words: str = ""
    share: int = 1  # of the bad hosts, in parts


def answer(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _whole(status: int, body: bytes, *headers: str, wait: float = 0.0) -> Reply:
    return Reply((answer(status, body, *headers),), wait)


# --- ordinary hosts ----------------------------------------------------------------------------------------


def robots(host: str) -> bytes:
    """An ordinary robots.txt, different for each host: 0.3 to 1.5 KB, of which every fourth refuses GPTBot."""
    seed = zlib.crc32(host.encode())
    lines = [f"# {host}", "User-agent: *", *(f"Disallow: /{word}/{seed % 97}" for word in _WORDS[: 2 + seed % 11])]
    if seed % 4 == 0:
        lines += ["", "User-agent: GPTBot", "User-agent: CCBot", "Disallow: /"]
    return "\n".join([*lines, *(f"# {word} {seed}" for word in _WORDS[: seed % 12]), ""]).encode()


def _page(host: str, title: str, links: str, paragraphs: int) -> bytes:
    text = f"<p>{host} writes about {', '.join(_WORDS)} and whatever else there is to be said of them.</p>\n"
    head = f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body>\n"
    return f"{head}<h1>{title} of {host}</h1>\n{text * paragraphs}<footer>{links}</footer></body></html>".encode()


def _home(host: str) -> bytes:
    seed = zlib.crc32(host.encode())
    links = "".join(f'<a href="/{word}">{word}</a>\n' for word in _WORDS)
    terms = '<a href="/terms">Terms of service</a>' if seed % 2 else '<a href="/agb">AGB</a>'
    return _page(host, "Home", links + terms, 10 + seed % 30)


def _ordinary(host: str, path: str) -> Reply:
    match path:
        case "/robots.txt":
            return _whole(200, robots(host), "Content-Type: text/plain")
        case "/":
            return _whole(200, _home(host), "Content-Type: text/html; charset=utf-8", f'ETag: "{host}"')
        case "/terms" | "/agb":
            return _whole(200, _page(host, "Terms", "", 40), "Content-Type: text/html; charset=utf-8")
        case "/ai.txt" if zlib.crc32(host.encode()) % 20 == 0:
            return _whole(200, b"User-agent: *\nDisallow: *.jpg\n", "Content-Type: text/plain")
    return _whole(404, b"<html><body>Nothing here</body></html>", "Content-Type: text/html")


# --- bad hosts ---------------------------------------------------------------------------------------------


def _slow(host: str, path: str) -> Reply:
    usual = _ordinary(host, path)
    return Reply(usual.pieces, wait=0.2 + zlib.crc32(f"{host}{path}".encode()) % 10 / 10)


def _bomb(encoding: str, packed: bytes) -> Callable[[str, str], Reply]:
    whole = _whole(200, packed, f"Content-Encoding: {encoding}", "Content-Type: text/plain")
    return lambda host, path: whole


def _to(status: int, target: Callable[[str], str]) -> Callable[[str, str], Reply]:
    return lambda host, path: _whole(status, b"", f"Location: {target(host)}")


def _further(host: str) -> str:
    """The next of endlessly many hosts: hops-7.test leads to hops-7-1.test, that to hops-7-2.test, and so on."""
    name, _, depth = host.removesuffix(".test").partition("-")[2].partition("-")
    return f"http://hops-{name}-{int(depth or 0) + 1}.test/robots.txt"


def _inner(host: str) -> str:
    inner = ("10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.0.1", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0")
    return f"http://{inner[zlib.crc32(host.encode()) % len(inner)]}/robots.txt"


_CHUNK = b"10000\r\n" + b"# and so on\n" * 5461 + b"# it\r\n"
_ENDLESS = Reply((b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n", _CHUNK), close=True, endless=True)
_HEAD = b"HTTP/1.1 200 x\r\nContent-Length: 5\r\nX-Long: "
_DRIP = tuple(bytes([octet]) for octet in b"HTTP/1.1 200 x\r\nX-Slow: " + b"a" * 500)
_UTF16 = "User-agent: *\nDisallow: /\n".encode("utf-16")
_MORE = answer(200, b"User-agent: *\n", length=14) + answer(200, _SMUGGLED)

BAD: dict[str, Hostile] = {
    "slow": Hostile(_slow, ("ok",), share=12),
    "dead": Hostile(lambda host, path: Reply((), wait=3600), ("unreachable",), "in time", share=6),
    "gone": Hostile(lambda host, path: Reply((), close=True), ("unreachable",), "answer", share=5),
    "endless": Hostile(lambda host, path: _ENDLESS, ("oversize",)),
    "bomb": Hostile(_bomb("gzip", gzip.compress(b"A" * 100_000_000, mtime=0)), ("oversize",)),
    "brotli": Hostile(_bomb("br", _BROTLI), ("unreachable",), "not asked for"),
    "loop": Hostile(_to(301, lambda host: f"http://{host}/robots.txt"), ("unreachable",), "redirects"),
    "hops": Hostile(_to(302, _further), ("unreachable",), "redirects"),
    "inner": Hostile(_to(301, _inner), ("unreachable",), "no public address"),
    "charset": Hostile(lambda h, p: _whole(200, _UTF16, "Content-Type: text/plain; charset=utf-16"), ("ok",), "UTF-8"),
    "bighead": Hostile(lambda h, p: Reply((_HEAD, *[b"a" * 100_000] * 100, b"\r\n\r\n12345"), close=True),
                       ("unreachable",), "no valid answer"),
    "driphead": Hostile(lambda h, p: Reply(_DRIP, pause=0.3, close=True), ("unreachable",), "in time"),
    "dripbody": Hostile(lambda h, p: Reply((answer(200, b"", length=900), *[b"#"] * 900), pause=0.3, close=True),
                        ("unreachable",), "in time"),
    "short": Hostile(lambda h, p: Reply((answer(200, _SMUGGLED, length=5000),), close=True),
                     ("unreachable",), "broke off"),
    "long": Hostile(lambda h, p: Reply((_MORE,)), ("ok",)),
    "garbage": Hostile(lambda h, p: Reply((b"\0\xff nothing that HTTP knows\r\n\r\n",), close=True),
                       ("unreachable",), "no valid answer"),
}  # fmt: skip


def kind_of(host: str) -> str:
    """The kind of a bad host; empty for an ordinary one, and for a name that this web does not have."""
    kind = host.partition("-")[0]
    return kind if kind in BAD else ""


def reply(host: str, path: str) -> Reply:
    """What a host answers. Inner addresses, should they ever be asked, answer like an ordinary host."""
    kind = kind_of(host)
    if host.startswith("toname-"):
        return _whole(301, b"", f"Location: http://inner{host[2:]}/robots.txt")
    return BAD[kind].reply(host, path) if kind else _ordinary(host, path)


def hosts(count: int, bad: float = 0.05) -> Iterator[str]:
    """So many hosts, of which a share is bad: each kind at least once, evenly spread."""
    kinds = [kind for kind, hostile in BAD.items() for _ in range(hostile.share)]
    many = max(len(BAD), round(count * bad))
    first = list(BAD) + [kinds[number % len(kinds)] for number in range(many - len(BAD))]
    names = [f"{kind}-{number}.test" for number, kind in enumerate(first)]
    names += [f"h{number}.test" for number in range(count - many)]
    return iter(sorted(names, key=lambda name: hashlib.md5(name.encode(), usedforsecurity=False).digest()))
