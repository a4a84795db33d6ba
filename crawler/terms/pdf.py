"""The child process that reads one PDF from standard input and writes its title and text as JSON."""

import contextlib
import io
import json
import logging
import sys

MAX_PAGES = 300
MAX_CHARACTERS = 1_200_000
_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 30


def main() -> None:
    """Read and write; any failure is an exit status."""
    _limit()
    logging.disable(logging.CRITICAL)
    answer = read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer))


def read(body: bytes) -> dict[str, str]:
    """Title and text of a PDF's first pages."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body), strict=False)
    pages: list[str] = []
    for page in reader.pages[:MAX_PAGES]:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MAX_CHARACTERS:
            break
    title = (reader.metadata.title if reader.metadata else "") or ""
    return {"title": str(title), "text": "\n\n".join(pages)}


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
