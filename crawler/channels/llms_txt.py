"""llms.txt (llmstxt.org): a guide for language models in Markdown. It is recorded and never permits anything."""

from collections.abc import Iterator

from crawler.channels.documents import Documents
from crawler.channels.signals import EVERYBODY, Signal

NAME = "llms-txt"
FILE = "llms.txt"


def read(documents: Documents) -> Iterator[Signal]:
    """One signal that the file is there, quoting its title."""
    body = documents.llms_txt
    if not body or not body.strip():
        return
    title = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].splitlines()[0].decode("utf-8", "replace")
    missing = "" if title.startswith("# ") else "; it lacks the heading that its format begins with"
    yield Signal(
        NAME, "ai-input", EVERYBODY, "unstated", FILE, quote=title, note=f"present, which permits nothing{missing}"
    )
