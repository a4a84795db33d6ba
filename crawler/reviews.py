"""What terms of service come to when people have looked: the classifier's reading, axis by axis overridden by a person.

A review belongs to a text, wherever it is found, and outlives every newer extractor or classifier that reads the same
text. It changes our reading, not the world: no drift comes of it, and it holds for all dates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from crawler.models import Content, Mention, TermsReview, TermsStance, TermsVersion
from crawler.terms.verdict import Kind, Verdict, strictest_class
from datacards.errors import BadInput
from datacards.models import User

YES, NO = "true", "false"


@dataclass(frozen=True)
class Axis:
    """One question that terms answer; `kinds` are the clauses that speak of it."""

    name: str
    title: str
    question: str
    choices: tuple[tuple[str, str], ...]
    kinds: tuple[Kind, ...]


_MENTIONS = tuple((mention.value, str(mention.label)) for mention in Mention)
_YES_NO = ((YES, "Yes"), (NO, "No"))
AXES: dict[str, Axis] = {
    axis.name: axis
    for axis in (
        Axis("scraping", "Scraping", "May programs collect the site's pages?", _MENTIONS, (Kind.SCRAPING,)),
        Axis("ai_training", "AI training", "May its content train models?", _MENTIONS, (Kind.AI_TRAINING,)),
        Axis("non_commercial", "Non-commercial use only", "Is only private or non-commercial use granted?", _YES_NO,
             (Kind.NON_COMMERCIAL,)),
        Axis("no_redistribution", "No redistribution or competing use", "Is passing on or competing by it ruled out?",
             _YES_NO, (Kind.REDISTRIBUTION, Kind.COMPETITION)),
        Axis("output_only", "Speaks of output only", "Does a ban on training speak of generated output?", _YES_NO,
             (Kind.OUTPUT_TRAINING,)),
    )
}  # fmt: skip


def read_by_machine(version: TermsVersion) -> dict[str, str]:
    """Axis → what the classifier read."""
    told = {}
    for name in AXES:
        value = version.read[name]
        told[name] = value if isinstance(value, str) else YES if value else NO
    return told


def reviews_of(digests: Iterable[str]) -> dict[str, dict[str, TermsReview]]:
    """Text digest → axis → its newest review."""
    found: dict[str, dict[str, TermsReview]] = {}
    for review in TermsReview.objects.filter(text_digest__in=set(digests)).select_related("by").order_by("at", "id"):
        found.setdefault(review.text_digest, {})[review.axis] = review
    return found


def review(
    by: User, version: TermsVersion, axis: str, verdict: str, *, quote: str = "", reason: str = ""
) -> TermsReview:
    """Confirm or override one axis of a text, everywhere that the text is found."""
    known = AXES.get(axis)
    if known is None:
        raise BadInput(f"axis: {axis!r} is not one of {', '.join(AXES)}.")
    if verdict not in dict(known.choices):
        raise BadInput(f"verdict: {verdict!r} is not one of {', '.join(value for value, _ in known.choices)}.")
    if quote and quote not in version.text:
        raise BadInput("quote: these words are not in the text; copy them from it, exactly.")
    confirmed = read_by_machine(version)[axis] == verdict
    if not confirmed and not reason:
        raise BadInput("reason: an override needs one, for whoever looks at it later.")
    with transaction.atomic():
        made = TermsReview.objects.create(
            text_digest=version.text_digest, axis=axis, verdict=verdict, confirmed=confirmed, quote=quote,
            reason=reason, by=by,
        )  # fmt: skip
        settle([version.text_digest])
    return made


def settle(digests: Iterable[str]) -> None:
    """Bring the stance of every content with these texts up to date: its newest version under the newest reviews."""
    digests = set(digests)
    contents = TermsVersion.objects.filter(text_digest__in=digests).values("content")
    versions = TermsVersion.objects.filter(content__in=contents).order_by("content", "-made_at", "-id")
    newest = list(versions.distinct("content"))
    reviewed = reviews_of(version.text_digest for version in newest)
    changed = [
        Content(pk=version.content_id, stance=effective(version, reviewed.get(version.text_digest, {})))
        for version in newest
    ]
    Content.objects.bulk_update(changed, ["stance"])


def effective(version: TermsVersion, reviews: Mapping[str, TermsReview]) -> TermsStance:
    """The stance of a version where people have the last word."""
    if not reviews:
        return version.stance
    said = read_by_machine(version) | {axis: review.verdict for axis, review in reviews.items()}
    values: dict[str, Any] = {
        axis: value == YES if AXES[axis].choices is _YES_NO else value for axis, value in said.items()
    }
    stance, _ = TermsStance.objects.get_or_create(**values, paper_class=_class(version, said))
    return stance


def _class(version: TermsVersion, said: Mapping[str, str]) -> str:
    bans = {Kind(c["kind"]) for c in version.clauses if c["verdict"] == Verdict.PROHIBITED}
    for name in ("non_commercial", "no_redistribution"):
        kinds = AXES[name].kinds
        bans = bans - set(kinds) if said[name] == NO else bans if bans & set(kinds) else bans | {kinds[0]}
    conditional = any(c["verdict"] == Verdict.CONDITIONAL for c in version.clauses)
    return strictest_class(bans, conditional, Verdict(said["scraping"]), Verdict(said["ai_training"]))
