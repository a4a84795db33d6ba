"""Terms of service: what was read in them, the words that say so, and what a person says of that."""

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from crawler import domain_terms
from crawler.models import TermsReview, TermsStance
from crawler.reviews import AXES
from governance import acts, terms
from governance.access import readable_domains
from governance.api.domains import AsOf
from governance.api.paging import Page, Place, Sort, page
from governance.api.schemas import Address, Given, Line, name_of
from governance.views.paging import Order
from governance.views.shared import readable, who

router = Router(tags=["Terms"])
MOST_TOKENS = Sort(Order("tokens", descending=True), lambda row: row.tokens)


class Stance(BaseModel):
    """What terms come to, people's overrides included."""

    scraping: str
    ai_training: str
    non_commercial: bool
    no_redistribution_or_competition: bool
    output_only: bool
    paper_class: str = Field(description="One of the nine classes of Longpre et al. (2024).")

    @classmethod
    def of(cls, row: TermsStance) -> "Stance":
        """From its row."""
        said: dict[str, Any] = row.axes
        said["no_redistribution_or_competition"] = said.pop("no_redistribution")
        return cls(**said, paper_class=row.paper_class)


class TermsItem(BaseModel):
    """A site's terms in the queue."""

    domain: str
    fetched_at: datetime
    tokens: int = Field(description="Of the corpora that you may know of, or of the one asked for.")
    language: str
    supported: bool = Field(description="Whether the classifier reads this language.")
    reviewed: bool
    stance: Stance


class Clause(BaseModel):
    """A passage that speaks; the quote is `text[start:end]`."""

    kind: str
    verdict: str
    start: int
    end: int
    quote: str


class Review(BaseModel):
    """What a person said on one axis; the newest counts."""

    axis: str
    verdict: str
    confirmed: bool = Field(description="Whether the classifier had read the same.")
    quote: str
    reason: str
    by: str | None
    at: datetime

    @classmethod
    def of(cls, row: TermsReview) -> "Review":
        """From its row."""
        return cls(
            axis=row.axis, verdict=row.verdict, confirmed=row.confirmed, quote=row.quote, reason=row.reason,
            by=name_of(row.by), at=row.at,
        )  # fmt: skip


class Terms(BaseModel):
    """A site's terms at a date."""

    domain: str
    snapshot: uuid.UUID
    url: str
    fetched_at: datetime
    title: str
    language: str
    supported: bool
    digest: str = Field(description="SHA-256 of the text; a review names the text that it is about.")
    text: str
    stance: Stance
    clauses: list[Clause]
    reviews: list[Review]


class TermsQuery(Place):
    """Which terms to list."""

    state: Literal["open", "reviewed", "all"] = "open"
    says: Literal["", "prohibits", "conditional", "unread"] = ""
    corpus: uuid.UUID | None = Field(None, description="Of sites of this corpus's newest revision.")
    q: Line = Field("", description="Part of the site's name.")


class NewReview(Given):
    """Your word on one axis of a text."""

    digest: Line = Field(description="Of the text that you read.")
    axis: Literal["scraping", "ai_training", "non_commercial", "no_redistribution", "output_only"]
    verdict: Line = Field(description="prohibited, conditional, allowed or not_mentioned; true or false on the others.")
    quote: Line = Field("", description="Words of the text that say so.")
    reason: Line = Field("", description="Needed where you override what was read.")


class Pin(Given):
    """Where a site's terms are."""

    url: Address = Field("", description="Empty: the crawl looks for them on the home page.")
    selector: Line = Field("", description="CSS selector of the part that is the text.")


assert set(AXES) == set(NewReview.model_fields["axis"].annotation.__args__)  # type: ignore[union-attr]


@router.get("terms", response=Page[TermsItem])
def list_terms(request: HttpRequest, response: HttpResponse, query: Query[TermsQuery]) -> Page[TermsItem]:
    """List the terms that were read, those of most tokens first: by default the ones nobody has reviewed."""
    corpus = readable(request, query.corpus).pk if query.corpus else None
    rows = terms.queue(request.user, {"state": query.state, "says": query.says, "corpus": corpus, "q": query.q})
    found: Page[Any] = page(request, response, rows, MOST_TOKENS, lambda row: row, query)
    versions = terms.versions_of(found.items)
    items = [_item(row, versions[row.version]) for row in found.items]
    return Page[TermsItem](items=items, next=found.next, previous=found.previous)


def _item(row: Any, version: Any) -> TermsItem:
    return TermsItem(
        domain=row.name, fetched_at=row.fetched_at, tokens=row.tokens, language=version.language,
        supported=version.supported, reviewed=row.reviewed, stance=Stance.of(version.content.stance or version.stance),
    )  # fmt: skip


@router.get("domains/{name}/terms", response=Terms)
def get_terms(request: HttpRequest, name: str, query: Query[AsOf]) -> Terms:
    """Get a site's terms at a date, with the passages that count and what people say of them."""
    found = _found(request, name, query.as_of)
    version, text = found.version, found.version.text
    clauses = [Clause(**clause, quote=text[clause["start"] : clause["end"]]) for clause in version.clauses]
    return Terms(
        domain=name.lower(), snapshot=found.snapshot.pk, url=found.snapshot.final_url,
        fetched_at=found.snapshot.fetched_at, title=version.title, language=version.language,
        supported=version.supported, digest=version.text_digest, text=text, stance=Stance.of(found.stance),
        clauses=clauses, reviews=[Review.of(said.review) for said in found.axes if said.review],
    )  # fmt: skip


def _found(request: HttpRequest, name: str, at: datetime | None = None) -> domain_terms.Terms:
    domain = readable_domains(request.user).filter(name=name.lower()).first() if "\x00" not in name else None
    found = domain_terms.terms_of(domain, at) if domain else None
    if found is None:
        raise Http404
    return found


@router.post("domains/{name}/terms/reviews", response={201: Review})
def review_terms(request: HttpRequest, name: str, review: NewReview) -> Status[Review]:
    """Confirm or override what was read on one axis; it holds for every site that has this text."""
    given = review.model_dump()
    made = acts.review_terms(who(request), _found(request, name).version, given.pop("digest"), **given)
    return Status(201, Review.of(made))


@router.put("domains/{name}/terms/page", response=Pin)
def pin_terms(request: HttpRequest, name: str, pin: Pin) -> Pin:
    """Say where a site's terms are, for every later crawl."""
    domain = readable_domains(request.user).filter(name=name.lower()).first() if "\x00" not in name else None
    if domain is None:
        raise Http404
    made = acts.pin_terms(who(request), domain, url=pin.url, selector=pin.selector)
    return Pin(url=made.url, selector=made.selector) if made else Pin(url="", selector="")
