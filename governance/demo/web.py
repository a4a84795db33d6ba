"""A web of many hosts on one loopback port: the Host header says which site is asked.

with Web(sites) as web:
    os.environ["CONSENTRY_CRAWL_LOOPBACK"] = web.address
    web.change("a.example", "/robots.txt", text("User-agent: *\\nDisallow: /"))
"""

import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol

from governance.demo.responses import DROPPED, Response

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0  # seconds that an idle connection is kept


class Answers(Protocol):
    """A site: something that answers a GET of a path."""

    def answer(self, path: str) -> Response: ...


class Web:
    """Serves sites by host name from threads of this process, until closed. Safe to change while it serves."""

    def __init__(self, sites: Mapping[str, Answers], port: int = 0) -> None:
        self.sites = sites
        self.changes: dict[tuple[str, str], Response] = {}
        self.requests: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()
        self._server = _Server((LOOPBACK, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="web", daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, as CONSENTRY_CRAWL_LOOPBACK wants it."""
        return f"{LOOPBACK}:{self._server.server_address[1]}"

    def change(self, host: str, path: str, response: Response) -> None:
        """From now on `host` answers `path` with this."""
        self.changes[host, path] = response

    def asked(self, host: str, path: str = "/robots.txt") -> int:
        """How often a host was asked for a path."""
        return self.requests[host, path]

    def answer(self, host: str, path: str) -> Response:
        """What a host says; a host that does not exist gives no answer at all."""
        with self._counting:
            self.requests[host, path] += 1
        changed = self.changes.get((host, path))
        if changed is not None:
            return changed
        site = self.sites.get(host)
        return site.answer(path) if site else DROPPED

    def start(self) -> "Web":
        """Begin to serve."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Web":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], web: Web) -> None:
        super().__init__(address, _Handler)
        self.web = web

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo", ""
    timeout = PATIENCE
    server: _Server

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        response = self.server.web.answer(host, self.path)
        if response.dropped:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in (("Content-Type", response.type), *response.headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(response.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are counted, not printed."""
