"""How gunicorn serves Consentry: `gunicorn -c python:governance.gunicorn_conf`; the names are gunicorn's."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gunicorn.glogging import Logger

from datacards.processes import die_with_parent
from governance.environment import Environment

_env = Environment(os.environ)
_time = "" if _env.flag("CONSENTRY_LOG_WITHOUT_TIME") else "%(asctime)s "


class ReadableLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """Lines like the other parts'; an access line holds no address of a visitor and no query; static files get none."""

    error_fmt = _time + "%(levelname)-7s gunicorn: %(message)s"
    access_fmt = _time + "%(message)s"
    datefmt = "%Y-%m-%d %H:%M:%S"

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/static/"):  # gunicorn writes it decoded: line breaks, and what a terminal obeys
            super().access(resp, req, {**environ, "PATH_INFO": quote(path, encoding="latin-1")}, request_time)


wsgi_app = "governance.wsgi"
bind = [_env.text("CONSENTRY_BIND", "127.0.0.1:8000")]
workers = _env.number("CONSENTRY_WEB_PROCESSES", 2)
threads = _env.number("CONSENTRY_WEB_THREADS", 8)
worker_class = "gthread"
preload_app = True  # imported once, shared by all: half the start and half the memory
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a heartbeat must not wait for a disk
timeout = 60
graceful_timeout = 5
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
logger_class = ReadableLogger
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes in %(M)s ms"


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its master, also when that is killed."""
    die_with_parent(parent=server.pid)


def post_worker_init(worker: Any) -> None:
    """Tell `up` that requests are answered from now on."""
    worker.log.info("worker %s answers requests", worker.pid)
