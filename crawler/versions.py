"""Versions of terms of service: the text of a fetched page, and what a classifier reads in it; each content once.

What a newer extractor or classifier makes of the same bytes is a technical upgrade: another version of the same
content, and no drift.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crawler import reviews
from crawler.models import Content, TermsStance, TermsVersion
from crawler.store import Store
from crawler.terms.endpoint import Classifier, Endpoint, Rules
from crawler.terms.extract import EXTRACTOR_VERSION, Extracted, NotExtractable, extract
from crawler.terms.verdict import RULES_VERSION, TermsVerdict

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A terms page whose bytes are in the store."""

    digest: str
    file: str
    offset: int
    url: str = ""
    content_type: str = ""
    selector: str = ""


@dataclass(frozen=True)
class Read:
    """What was made of a page."""

    page: Page
    text: Extracted
    verdict: TermsVerdict
    classifier: str


def name_of(classifier: Classifier) -> str:
    """Name and version of a classifier, as versions bear it."""
    extra = f" + {classifier.model}" if isinstance(classifier, Endpoint) else ""
    return f"rules {RULES_VERSION}{extra}"[:80]


def read(pages: Iterable[Page], store: Store, classifier: Classifier | None = None) -> Iterator[Read]:
    """Extract and classify the pages that no version of today's reading exists of; what holds no text is left out."""
    classifier = classifier or Rules()
    by_digest = {page.digest: page for page in pages}
    done = TermsVersion.objects.filter(
        content__in=by_digest, extractor=EXTRACTOR_VERSION, classifier=name_of(classifier)
    )
    for digest in by_digest.keys() - set(done.values_list("content_id", flat=True)):
        page = by_digest[digest]
        body = store.read(page.file, page.offset).body
        try:
            text = extract(body, page.content_type, page.url, page.selector)
        except NotExtractable as error:
            log.info("no terms in %s: %s", digest[:12], error)
            continue
        yield Read(page, text, classifier.classify(text.text, text.language or None), name_of(classifier))


def store_all(found: Iterable[Read]) -> list[str]:
    """Store what was read, and bring the stances of the contents up to date; returns the digests of the texts."""
    rows = [_version(each) for each in found]
    TermsVersion.objects.bulk_create(rows, ignore_conflicts=True)
    digests = [row.text_digest for row in rows]
    if digests:
        reviews.settle(digests)
    return digests


def _version(found: Read) -> TermsVersion:
    text = found.text.text
    clauses = [{"kind": c.kind.value, "verdict": c.verdict.value, "start": c.start, "end": c.end}
               for c in found.verdict.clauses]  # fmt: skip
    return TermsVersion(
        content_id=found.page.digest, extractor=EXTRACTOR_VERSION, classifier=found.classifier,
        title=found.text.title, language=found.text.language or found.verdict.language,
        supported=found.verdict.supported, text=text, text_digest=hashlib.sha256(text.encode()).hexdigest(),
        stance=stance_of(found.verdict), clauses=clauses,
    )  # fmt: skip


def stance_of(verdict: TermsVerdict) -> TermsStance:
    """The row of a verdict, made where it is new."""
    return TermsStance.objects.get_or_create(
        scraping=verdict.scraping.value, ai_training=verdict.ai_training.value, non_commercial=verdict.non_commercial,
        no_redistribution=verdict.no_redistribution_or_competition, output_only=verdict.output_only,
        paper_class=verdict.paper_class.value if verdict.paper_class else "",
    )[0]  # fmt: skip


def pages_of(contents: Iterable[Content], urls: Mapping[str, tuple[str, str]]) -> Iterator[Page]:
    """Contents as pages; `urls` are digest → (address, content type)."""
    for content in contents:
        url, kind = urls.get(content.digest, ("", ""))
        yield Page(content.digest, content.warc_file, content.warc_offset, url, kind)
