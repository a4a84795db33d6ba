"""What people do with cards of others: look at what an import would change, import it, and propose a card at the Hub.

What a person wrote or confirmed here is never overwritten by a file: where the two differ, that is a conflict, which is
told, and the file is kept as it came.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from datacards import cards
from datacards.errors import BadInput, Refused
from datacards.exchange.croissant.imported import Imported
from datacards.exchange.formats import reader
from datacards.models import CardOriginal, CardVersion, Corpus, LicenceClaim, User
from datacards.models.corpus import LicenceSource
from governance import card_acts
from governance.acts import manages

MAX_NAME = 1000


@dataclass(frozen=True)
class Difference:
    """A path of the card at which the file says something; `before` and `after` are as people type them."""

    path: str
    title: str
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """What an import would do: new and changed values, conflicts that stay, and what the card cannot take."""

    format: str
    name: str
    new: tuple[Difference, ...] = ()
    changed: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    same: int = 0
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    licence: str = ""  # empty where the file's licence is on record already
    licence_conflict: str = ""
    read: Imported | None = field(default=None, repr=False)

    @property
    def taken(self) -> tuple[Difference, ...]:
        """The values that the card takes."""
        return self.new + self.changed


def preview(by: User, corpus: Corpus, *, format: str, body: bytes, name: str = "") -> Plan:
    """What importing the file would change; nothing is stored."""
    _must_manage(by, corpus)
    return _plan(corpus, format, body, name, card_acts.newest_card(corpus))


def import_card(
    by: User, corpus: Corpus, *, format: str, body: bytes, name: str = ""
) -> tuple[CardVersion | None, Plan]:
    """Take a card in another's format into a new version of ours; the version is None where it changes nothing.

    The file is kept as it came, so that exports keep what the card has no field for; a licence that is not on record
    becomes a claim. All of it is stored, or nothing.
    """
    _must_manage(by, corpus)
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=corpus.pk)
        newest = card_acts.newest_card(corpus)
        plan = _plan(corpus, format, body, name, newest)
        version = _version(by, corpus, newest, plan)
        _claim(by, corpus, plan)
        _keep(by, corpus, plan, body)
    return version, plan


def _plan(corpus: Corpus, format: str, body: bytes, name: str, newest: CardVersion | None) -> Plan:
    found, read = reader(format)
    name = " ".join(name.split())[:MAX_NAME] or found.file
    if "\0" in name:
        raise BadInput("name: a name without NUL, such as README.md.")
    told, before = read(body), newest.values if newest else {}
    if "\0" in told.licence + told.licence_url:
        raise BadInput("The file names a licence with a NUL character in it: mend that name.")
    sorted_: dict[str, list[Difference]] = {"new": [], "changed": [], "conflicts": [], "same": []}
    for path, entry in told.values.items():
        if cards.knows(path) and not cards.field_at(path).computed:
            kind, why = _judged(before.get(path, {}), entry["value"])
            sorted_[kind].append(_difference(path, before.get(path, {}), entry["value"], why))
    licence, conflict = _licence(corpus, told.licence)
    return Plan(
        format, name, new=tuple(sorted_["new"]), changed=tuple(sorted_["changed"]),
        conflicts=tuple(sorted_["conflicts"]), same=len(sorted_["same"]), unknown=tuple(told.unknown),
        left_out=tuple(told.left_out), licence=licence, licence_conflict=conflict, read=told,
    )  # fmt: skip


def _judged(known: dict[str, Any], value: Any) -> tuple[str, str]:
    """What becomes of a value: new, changed, same, or a conflict with its reason."""
    if not cards.is_filled(known.get("value")):
        return "new", ""
    if known.get("value") == value:
        return "same", ""
    if known.get("confirmed_by"):
        return "conflicts", f"{known['confirmed_by']} confirmed what the card says."
    if known.get("source") == "person":
        return "conflicts", f"{known.get('by') or 'Somebody'} wrote what the card says."
    if known.get("source") == "computed":
        return "conflicts", "The card's value is computed from evidence."
    return "changed", ""


def _difference(path: str, known: dict[str, Any], value: Any, why: str) -> Difference:
    one = cards.field_at(path)
    return Difference(path, one.title, cards.shown(known.get("value"), one), cards.shown(value, one), why)


def _licence(corpus: Corpus, expression: str) -> tuple[str, str]:
    """The file's licence where nobody has claimed it yet, and what counts instead where a person said otherwise."""
    if not expression:
        return "", ""
    claims = LicenceClaim.objects.filter(corpus=corpus)
    known = {text.casefold() for text in claims.values_list("expression", flat=True)}
    new = "" if expression.casefold() in known else expression
    counts = LicenceClaim.objects.effective(corpus)
    differs = counts and counts.expression.casefold() != expression.casefold()
    return new, counts.expression if counts and differs and counts.source == LicenceSource.PERSON else ""


def _version(by: User, corpus: Corpus, newest: CardVersion | None, plan: Plan) -> CardVersion | None:
    assert plan.read is not None
    if not plan.taken:
        return None
    at, after = timezone.now().isoformat(), dict(newest.values if newest else {})
    for one in plan.taken:
        entry = plan.read.values[one.path]
        evidence = f"{plan.name}: {entry.get('evidence') or plan.format}"
        after[one.path] = {
            "value": entry["value"], "source": "import", "evidence": evidence, "by": by.get_username(), "at": at
        }  # fmt: skip
    number = newest.number + 1 if newest else 1
    return CardVersion.objects.create(corpus=corpus, revision=corpus.revision, number=number, values=after, made_by=by)


def _claim(by: User, corpus: Corpus, plan: Plan) -> None:
    if plan.licence and plan.read:
        LicenceClaim.objects.create(
            corpus=corpus, revision=corpus.latest, expression=plan.licence[:500], source=LicenceSource.IMPORT,
            quote=f"{plan.name}: {plan.read.licence_at}"[:2000], url=plan.read.licence_url[:2000], claimed_by=by,
        )  # fmt: skip


def _keep(by: User, corpus: Corpus, plan: Plan, body: bytes) -> None:
    digest = hashlib.sha256(body).hexdigest()
    rows = CardOriginal.objects.filter(corpus=corpus, format=plan.format).order_by("-imported_at", "-id")
    newest = rows.first()
    if newest is None or newest.digest != digest:
        CardOriginal.objects.create(
            corpus=corpus, format=plan.format, name=plan.name, body=body.decode(), digest=digest, imported_by=by
        )


def _must_manage(by: User, corpus: Corpus) -> None:
    if not manages(by, corpus):
        raise Refused(f"Only {corpus.owner.get_username()}, who owns {corpus.name}, or an admin may import its card.")
