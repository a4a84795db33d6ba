"""A file from a stranger makes nobody fetch anything: a server counts who asks, and sockets are trapped."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from datacards.errors import BadInput
from datacards.exchange.croissant import read, write
from datacards.exchange.strictjson import dumps
from tests.datacards.croissant_shapes import SHAPES
from tests.datacards.descriptions import by_mlcroissant, whole


class Counting(BaseHTTPRequestHandler):
    """Answers every question with a context, and remembers what it was asked."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = json.dumps({"@context": {"name": "https://schema.org/name"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/ld+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as serving:
        serving.asked = []
        serving.address = f"http://127.0.0.1:{serving.server_port}"
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def trap(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Every try to open a connection or to resolve a name, refused and noted."""
    tried: list[tuple] = []

    def refuse(*args: object, **_: object) -> None:
        tried.append(args)
        raise OSError("the network is denied")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


def probes(at: str) -> dict[str, dict]:
    """Every place where JSON-LD may name something to fetch, or a reader may be tempted to."""
    return {
        "context": {"@context": f"{at}/context", "@type": "Dataset", "name": "x"},
        "list": {"@context": ["https://schema.org", f"{at}/list"], "@type": "Dataset", "name": "x"},
        "import": {"@context": {"@version": 1.1, "@import": f"{at}/import"}, "@type": "Dataset", "name": "x"},
        "scoped": {"@context": {"creator": {"@id": "sc:creator", "@context": f"{at}/scoped"}}, "@type": "Dataset"},
        "nested": {"@type": "Dataset", "name": "x", "creator": {"@context": f"{at}/nested", "name": "y"}},
        "in data": {"@type": "Dataset", "recordSet": {"data": [{"@context": f"{at}/data"}]}},
        "graph": {"@graph": [{"@context": {"@import": f"{at}/graph"}, "@type": "Dataset", "name": "x"}]},
        "id": {"@id": f"{at}/id", "@type": "Dataset", "name": "x", "creator": {"@id": f"{at}/creator"}},
        "base": {"@context": {"@base": f"{at}/base/"}, "@type": "Dataset", "name": "x", "license": {"@id": "l"}},
        "vocab": {"@context": {"ex": f"{at}/vocab#"}, "@type": ["Dataset", "ex:T"], "name": "x", "ex:p": "y"},
        "addresses": {
            "@type": "Dataset", "name": "x", "url": f"{at}/url", "license": f"{at}/license", "sameAs": f"{at}/same",
            "description": "d", "prov:wasDerivedFrom": {"@id": f"{at}/parent"}, "usageInfo": f"{at}/terms",
            "distribution": {
                "@type": "FileObject", "@id": "f", "contentUrl": f"{at}/file", "encodingFormat": "text/csv",
                "sha256": "a" * 64,
            },
        },
    }  # fmt: skip


REFUSED = ("context", "list", "import", "scoped", "nested", "in data", "graph")


@pytest.mark.parametrize("probe", REFUSED)
def test_a_context_to_fetch_is_refused(probe):
    with pytest.raises(BadInput, match="would have to be fetched"):
        read(dumps(probes("http://127.0.0.1:9")[probe]).encode())


def test_nothing_is_asked_for_by_import_or_by_export(server):
    """The server would answer: whoever asked would succeed, and be seen."""
    for file in probes(server.address).values():
        body = dumps(file).encode()
        with suppress(BadInput):
            imported = read(body)
            by_mlcroissant(write(whole(values=imported.values, parents=imported.parents), body))
    assert server.asked == []


def test_the_server_would_see_who_asks(server):
    from urllib.request import urlopen

    urlopen(f"{server.address}/seen").close()
    assert server.asked == ["/seen"]


def test_with_the_network_denied_all_shapes_come_in_go_out_and_are_validated(trap):
    for file in [*SHAPES.values(), *probes("http://consentry.example").values()]:
        body = dumps(file).encode()
        with suppress(BadInput):
            imported = read(body)
            out = write(whole(values=imported.values, parents=imported.parents), body)
            assert by_mlcroissant(out) == []
    assert trap == []


def test_the_trap_would_catch_who_connects(trap):
    with pytest.raises(OSError, match="denied"):
        socket.create_connection(("127.0.0.1", 9))
    assert len(trap) == 1


def test_mlcroissant_itself_would_fetch_what_our_importer_refuses(server):
    """Why foreign JSON-LD never reaches it: the same file, given to mlcroissant, asks the server."""
    file = {**probes(server.address)["import"], "conformsTo": "http://mlcommons.org/croissant/1.1"}
    with suppress(Exception):
        by_mlcroissant(dumps(file).encode())
    assert "/import" in server.asked
