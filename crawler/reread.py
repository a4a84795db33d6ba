"""Terms of service read again from the kept bytes, after the extractor, the rules or the configured classifier changed.

Like every upgrade of our own this is no drift: another version of the same content, and no change is recorded.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from crawler import versions
from crawler.documents import Document
from crawler.models import Content, Snapshot, TermsPage, TermsVersion
from crawler.states import SPEAKING
from crawler.store import Store
from crawler.terms.endpoint import Classifier, Endpoint, Rules
from crawler.terms.extract import EXTRACTOR_VERSION

BATCH = 20  # an endpoint takes seconds for each


def configured() -> Classifier:
    """The classifier of the settings: the rules alone, or an endpoint beside them."""
    if not settings.CONSENTRY_TERMS_ENDPOINT:
        return Rules()
    return Endpoint(
        settings.CONSENTRY_TERMS_ENDPOINT, settings.CONSENTRY_TERMS_MODEL, settings.CONSENTRY_TERMS_KEY,
        timeout=settings.CONSENTRY_TERMS_TIMEOUT,
    )  # fmt: skip


def stale(classifier: Classifier) -> QuerySet[Content]:
    """The contents of terms that were not read by today's extractor and this classifier."""
    terms = Snapshot.objects.filter(content=OuterRef("pk"), channel=Document.TERMS, state__in=SPEAKING)
    today = TermsVersion.objects.filter(
        content=OuterRef("pk"), extractor=EXTRACTOR_VERSION, classifier=versions.name_of(classifier)
    )
    return Content.objects.filter(Exists(terms), ~Exists(today)).order_by("digest")


def reread(classifier: Classifier, store: Store) -> Iterator[int]:
    """Read all that is stale; yields how many contents were looked at after each batch. What was read is kept, so it is
    safe to repeat and to break off. Raises Unavailable where an endpoint does not answer.
    """
    done, last = 0, ""
    while batch := list(stale(classifier).filter(digest__gt=last)[:BATCH]):
        found = list(versions.read(_pages(batch), store, classifier))
        with transaction.atomic():
            versions.store_all(found)
        done, last = done + len(batch), batch[-1].digest
        yield done


def _pages(contents: list[Content]) -> Iterator[versions.Page]:
    """Contents as the pages that they were last seen on."""
    seen = Snapshot.objects.filter(content__in=contents, channel=Document.TERMS).order_by("content", "-fetched_at")
    newest = {snapshot.content_id: snapshot for snapshot in seen.distinct("content")}
    domains = [snapshot.domain_id for snapshot in newest.values()]
    pinned = dict(TermsPage.objects.filter(domain__in=domains).values_list("domain", "selector"))
    for content in contents:
        page = newest[content.digest]
        yield versions.Page(
            content.digest, content.warc_file, content.warc_offset, page.final_url,
            page.headers.get("content-type", ""), pinned.get(page.domain_id, ""),
        )  # fmt: skip
