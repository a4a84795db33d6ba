"""A Hub on loopback: the few answers of the Hugging Face Hub's API that its own client needs, from a dict of files."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ERRORS = {"RepoNotFound": 401, "GatedRepo": 403, "RevisionNotFound": 404, "EntryNotFound": 404}


@dataclass
class Repository:
    """A dataset: its files, and whether one must ask before reading them."""

    files: dict[str, bytes]
    gated: bool = False
    reads: list[str] = field(default_factory=list)
    commits: list[dict[str, object]] = field(default_factory=list)


class Hub(ThreadingHTTPServer):
    """Answers for the repositories it is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories: dict[str, Repository] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        for pattern, answer in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found:
                return self.answer_for(found, answer)
        return self.refuse("EntryNotFound")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def answer_for(self, found: re.Match[str], answer: str) -> None:
        groups = found.groupdict()
        repository = self.server.repositories.get(groups.pop("id"))
        if repository is None:
            return self.refuse("RepoNotFound")
        if groups.get("revision") not in (None, "main", COMMIT):
            return self.refuse("RevisionNotFound")
        getattr(self, answer)(repository, groups)
        return None

    def info(self, repository: Repository, groups: dict[str, str]) -> None:
        self.reply({"_id": "1", "id": "x/y", "sha": COMMIT, "gated": "manual" if repository.gated else False})

    def tree(self, repository: Repository, groups: dict[str, str]) -> None:
        self.reply([entry(name, body) for name, body in repository.files.items()])

    def paths(self, repository: Repository, groups: dict[str, str]) -> None:
        names = json.loads(self.body)["paths"]
        self.reply([entry(name, repository.files[name]) for name in names if name in repository.files])

    def auth(self, repository: Repository, groups: dict[str, str]) -> None:
        self.refuse("GatedRepo") if repository.gated else self.reply({})

    def resolve(self, repository: Repository, groups: dict[str, str]) -> None:
        if groups["path"] not in repository.files:
            return self.refuse("EntryNotFound")
        repository.reads.append(groups["path"])
        body = repository.files[groups["path"]]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if wanted:
            start, stop = int(wanted[1]), min(int(wanted[2]) + 1, len(body))
            return self.send(206, body[start:stop], {"Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"})
        return self.send(200, body, {})

    def preupload(self, repository: Repository, groups: dict[str, str]) -> None:
        names = [file["path"] for file in json.loads(self.body)["files"]]
        self.reply({"files": [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]})

    def commit(self, repository: Repository, groups: dict[str, str]) -> None:
        """Record what was sent: the query, the token, and the lines of the commit."""
        lines = [json.loads(line) for line in self.body.splitlines()]
        sent = {"query": urlsplit(self.path).query, "token": self.headers.get("Authorization", ""), "lines": lines}
        repository.commits.append(sent)
        page = f"https://huggingface.co/datasets/{unquote(urlsplit(self.path).path).split('/datasets/')[1][:200]}"
        page = page.rpartition("/commit/")[0]
        told = {"commitOid": COMMIT, "commitUrl": f"{page}/commit/{COMMIT}"}
        self.reply(told | {"pullRequestUrl": f"{page}/discussions/1", "success": True})

    def reply(self, value: object) -> None:
        self.send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def refuse(self, code: str) -> None:
        self.send(ERRORS[code], b"{}", {"X-Error-Code": code})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "X-Repo-Commit": COMMIT, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


ROUTES = {
    r"/api/datasets/(?P<id>[^/]+/[^/]+)": "info",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/revision/(?P<revision>[^/]+)": "info",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/auth-check": "auth",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/tree/(?P<revision>[^/]+)(?:/.*)?": "tree",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/paths-info/(?P<revision>[^/]+)": "paths",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/preupload/(?P<revision>[^/]+)": "preupload",
    r"/api/datasets/(?P<id>[^/]+/[^/]+)/commit/(?P<revision>[^/]+)": "commit",
    r"/datasets/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)": "resolve",
}


def entry(name: str, body: bytes) -> dict[str, object]:
    """A file as the API lists it; Parquet is kept in LFS, whose id is the SHA-256."""
    told: dict[str, object] = {"type": "file", "path": name, "size": len(body), "oid": "0" * 40}
    if name.endswith(".parquet"):
        told["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 100}
    return told


@contextmanager
def serving() -> Iterator[Hub]:
    """A running Hub."""
    hub = Hub()
    threading.Thread(target=hub.serve_forever, args=(0.02,), daemon=True).start()
    yield hub
    hub.shutdown()
    hub.server_close()
