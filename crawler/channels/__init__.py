"""Every machine-readable way by which a site says what may be done with its content, read into one kind of record.

    read_signals(robots=b"User-agent: *\\nContent-Signal: ai-train=no\\n")
    # [Signal(channel="content-signals", purpose="ai-train", agent="*", value="disallowed", where="robots.txt line 2")]

Each channel has a module that follows its own specification (`CHANNELS` says which). Nothing here fetches, and no
body or header makes it raise. What the signals come to together is in `crawler.permissions`.
"""

from collections.abc import Callable, Iterator, Mapping

from crawler.channels import ai_txt as _ai_txt
from crawler.channels import aipref, c2pa, content_signals, noai
from crawler.channels import llms_txt as _llms_txt
from crawler.channels import rsl as _rsl
from crawler.channels import tdmrep as _tdmrep
from crawler.channels.documents import Body, Documents, Headers, header_lines, octets, text_file
from crawler.channels.signals import EVERYBODY, MOST, PURPOSES, USES, Signal, bounded, dump, load, ordered
from crawler.channels.words import CHANNELS, Channel, Purpose, Value

__all__ = [
    "CHANNELS", "EVERYBODY", "MOST", "PURPOSES", "USES", "Channel", "Purpose", "Signal", "Value", "dump",
    "licences_to_fetch", "load", "ordered", "read_signals",
]  # fmt: skip

# One reader a channel and document, for the bound on signals is a document's.
READERS: tuple[Callable[[Documents], Iterator[Signal]], ...] = (
    aipref.read, aipref.read_robots, content_signals.read, content_signals.read_robots, _rsl.read, _tdmrep.read,
    _tdmrep.read_file, noai.read, _ai_txt.read, c2pa.read, _llms_txt.read,
)  # fmt: skip


def read_signals(
    robots: Body | None = None,
    headers: Headers | None = None,
    html: Body | None = None,
    tdmrep: Body | None = None,
    ai_txt: Body | None = None,
    rsl: Body | Mapping[str, Body | None] | None = None,
    llms_txt: Body | None = None,
    media: Body | Mapping[str, Body] | None = None,
    url: str | None = None,
) -> list[Signal]:
    """All signals of what was fetched, in canonical order; at most MOST of each reader, refusals first.

    `headers` and `html` are of the response at `url` (the front page where none is told). `headers` are pairs or a
    mapping; repeated ones all count. `rsl` is one licence document, which then stands for all that are declared, or a
    mapping from address to document, None for one that could not be obtained. `media` is one file, or a mapping from
    address to file.
    """
    documents = Documents(
        robots=text_file(robots), headers=header_lines(headers), html=octets(html), tdmrep=octets(tdmrep),
        ai_txt=text_file(ai_txt), llms_txt=text_file(llms_txt), rsl=_addressed(rsl, _rsl.ANY), url=url or "",
        media={address: body for address, body in _addressed(media, url or "").items() if body},
    )  # fmt: skip
    return ordered(signal for read in READERS for signal in bounded(read(documents)))


def licences_to_fetch(
    robots: Body | None = None, headers: Headers | None = None, html: Body | None = None, url: str | None = None
) -> list[str]:
    """The absolute addresses of the RSL licences that a site declares, to be fetched and given to `read_signals`.

    At most ten: a licence that is declared and not given counts as a refusal.
    """
    return _rsl.addresses(
        Documents(robots=text_file(robots), headers=header_lines(headers), html=octets(html), url=url or "")
    )


def _addressed(
    bodies: Body | Mapping[str, Body | None] | Mapping[str, Body] | None, alone: str
) -> dict[str, bytes | None]:
    if bodies is None:
        return {}
    if isinstance(bodies, Mapping):
        return {address: octets(body) for address, body in bodies.items()}
    return {alone: octets(bodies)}
