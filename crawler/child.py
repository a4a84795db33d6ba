"""The worker's end of a crawl: starts the child, feeds it, and yields what it tells."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.wire import Answer, Closed, Job, read_answer

PARENT = "CONSENTRY_PARENT"
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS")
_TREE = str(Path(__file__).resolve().parent.parent)


class ChildDied(Exception):
    """The crawling process ended before its work; what it told until then holds. `killed`: from outside."""

    def __init__(self, reason: str, killed: bool = False) -> None:
        super().__init__(reason)
        self.killed = killed


Answers = Iterator[Answer | Closed | None]


@contextmanager
def crawling(job: Job, patience: float = 0.5) -> Iterator[Answers]:
    """A child at work on the job. Yields its answers; None after each `patience` seconds without one.

    Leaving the block kills the child. The iterator raises ChildDied when it ends before its work.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawler"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            env=_environment(), cwd=_TREE,
        )  # fmt: skip
        try:
            yield _answers(child, job, patience, complaints.fileno())
        finally:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]


def _answers(child: "subprocess.Popen[bytes]", job: Job, patience: float, complaints: int) -> Answers:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write("\n".join(job.lines()).encode())
    with contextlib.suppress(BrokenPipeError):
        child.stdin.close()
    for line in _lines(child, patience):
        yield read_answer(line) if line else None
    if child.wait() != 0:
        raise ChildDied(f"exit {child.returncode}: {_last_words(complaints)}", child.returncode == -signal.SIGKILL)


def _lines(child: "subprocess.Popen[bytes]", patience: float) -> Iterator[str]:
    assert child.stdout is not None
    pipe, rest = child.stdout.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(patience):
                yield ""
                continue
            told = os.read(pipe, 1 << 16)
            if not told:
                return  # an unfinished line is of an answer whose evidence may be unfinished, too
            *lines, rest = (rest + told).split(b"\n")
            for line in lines:
                yield line.decode()


def _environment() -> dict[str, str]:
    """What a crawl needs of the parent's environment, so no secret."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return kept | {PARENT: str(os.getpid()), "PYTHONPATH": _TREE, "PYTHONUNBUFFERED": "1"}


def _last_words(complaints: int) -> str:
    size = os.fstat(complaints).st_size
    text = os.pread(complaints, 2000, max(0, size - 2000)).decode("utf-8", "replace")
    return text.strip().rpartition("\n")[2][:300] or "no message"
