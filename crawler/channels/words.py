"""The words that every channel is read into, and the table of the channels."""

from dataclasses import dataclass
from typing import Literal

Purpose = Literal["crawl", "search", "ai-input", "ai-train"]
Value = Literal["allowed", "disallowed", "unstated"]

# group: the agents of a group of a robots.txt-like file, `*` being those whom no group names. site: everything that
# `path` matches. page: one response. asset: one media file. images: the images of one page, not the page.
Scope = Literal["group", "site", "page", "asset", "images"]


@dataclass(frozen=True)
class Channel:
    """A way by which a site says what may be done with its content."""

    name: str
    title: str
    document: str
    specification: str
    url: str
    meaning: str


_ROWS = (
    Channel(
        "robots", "robots.txt", "/robots.txt",
        "RFC 9309: Robots Exclusion Protocol", "https://www.rfc-editor.org/rfc/rfc9309",
        "What an agent may fetch. Where it may fetch nothing, it may also not do what it fetches for.",
    ),
    Channel(
        "aipref", "AI Preferences", "/robots.txt and the Content-Usage header",
        "IETF drafts aipref-vocab and aipref-attach", "https://datatracker.ietf.org/wg/aipref/documents/",
        "Training of AI and search, each allowed, disallowed or not said; a refusal outweighs a permission.",
    ),
    Channel(
        "content-signals", "Content Signals", "/robots.txt and the Content-Signal header",
        "Content Signals Policy", "https://contentsignals.org/",
        "Search, AI input and AI training, each yes or no; what is not named is neither granted nor denied.",
    ),
    Channel(
        "rsl", "Really Simple Licensing", "the licence that robots.txt, the Link header or the page points to",
        "RSL 1.0", "https://rslstandard.org/rsl",
        "A licence by use. What it does not list, asks payment for, or keeps from some is not permitted to everybody.",
    ),
    Channel(
        "tdmrep", "TDM Reservation Protocol", "/.well-known/tdmrep.json, response headers and the page",
        "W3C Community Group report TDMRep", "https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/",
        "Whether the rights of text and data mining are reserved (Directive (EU) 2019/790, article 4).",
    ),
    Channel(
        "noai", "noai", "the robots meta element and the X-Robots-Tag header",
        "noai and noimageai directives", "https://www.deviantart.com/team/journal/UPDATE-All-Deviations-Are-Opted-Out-of-AI-Datasets-934500371",
        "A page, or its images, may not be used to train AI.",
    ),
    Channel(
        "ai-txt", "ai.txt", "/ai.txt",
        "Spawning ai.txt", "https://site.spawning.ai/spawning-ai-txt",
        "Which media may be downloaded to train AI, in the grammar of robots.txt.",
    ),
    Channel(
        "c2pa", "Content Credentials", "the manifest inside a media file",
        "CAWG Training and Data Mining Assertion 1.1", "https://cawg.io/training-and-data-mining/1.1/",
        "Training and inference with one media file; constrained counts as not allowed. Signatures are not validated.",
    ),
    Channel(
        "llms-txt", "llms.txt", "/llms.txt",
        "The /llms.txt file", "https://llmstxt.org/",
        "A guide for language models. Its presence is recorded and permits nothing.",
    ),
    Channel(
        "terms", "Terms of service", "the site's terms",
        "The site's own text", "",
        "What the terms prohibit, permit or make conditional, each with the quoted clause.",
    ),
)  # fmt: skip

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _ROWS}
