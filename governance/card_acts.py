"""What people do with a Data Card: write it, confirm what it says, ask about it, and settle what was asked.

Each act checks the person's right, then the input, then writes, as those of `governance.acts` do.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from datacards import cards
from datacards.errors import BadInput, Refused
from datacards.models import CardNote, CardVersion, Corpus, User
from governance.acts import manages
from governance.models import Decision

SITTING = timedelta(minutes=10)
MAX_NOTE = 2_000
MAX_EVIDENCE = 500


# --- writing -----------------------------------------------------------------------------------------------


def save_card(by: User, corpus: Corpus, values: Mapping[str, Any], *, sitting: bool = False) -> CardVersion:
    """Save what a person wrote in the Data Card, as a new version; what did not change keeps its source.

    `values` maps a field's path to what it is to say (see `datacards.cards.clean`); what is empty empties the field.
    When nothing changed, the newest version is returned and none is made.

    Pages that save while somebody types pass `sitting`: then the newest version is amended instead, as long as it is
    that person's own, at most ten minutes old, on the same revision, and nobody has built on it: no decision was made
    and no reviewer has asked since. An amended version's moment is that of its last change, so what was known at an
    earlier moment stays what it was.
    """
    _must_manage(by, corpus, "fill its Data Card")
    with transaction.atomic():
        newest = _locked(corpus)
        before = newest.values if newest else {}
        return _stored(by, corpus, newest, _merged(before, values, by), sitting)


def newest_card(corpus: Corpus) -> CardVersion | None:
    """The version that stands, with who made it."""
    newest = CardVersion.objects.filter(corpus=corpus).select_related("made_by").order_by("-number").first()
    if newest:
        newest.corpus = corpus
    return newest


def _locked(corpus: Corpus) -> CardVersion | None:
    Corpus.objects.select_for_update(of=("self",)).get(pk=corpus.pk)  # so that two savers get two numbers
    return newest_card(corpus)


def _stored(by: User, corpus: Corpus, newest: CardVersion | None, after: dict[str, Any], sitting: bool) -> CardVersion:
    if newest and after == newest.values:
        return newest
    if newest and sitting and _goes_on(newest, by, corpus):
        newest.values, newest.made_at = after, timezone.now()
        newest.save(update_fields=["values", "made_at"])
        return newest
    number = newest.number + 1 if newest else 1
    return CardVersion.objects.create(corpus=corpus, revision=corpus.revision, number=number, values=after, made_by=by)


def _goes_on(newest: CardVersion, by: User, corpus: Corpus) -> bool:
    """The person is still at it, and nobody has built on what is there."""
    own = newest.made_by_id == by.pk and newest.revision_id == corpus.latest_id
    if not own or timezone.now() - newest.made_at > SITTING:
        return False
    since = newest.made_at
    asked = CardNote.objects.filter(corpus=corpus, made_at__gte=since).exclude(made_by=by)
    return not asked.exists() and not Decision.objects.of(corpus).filter(decided_at__gte=since).exists()


def _merged(before: Mapping[str, Any], given: Mapping[str, Any], by: User) -> dict[str, Any]:
    after = dict(before)
    for path, raw in given.items():
        value, known, empty = cards.clean(path, raw), before.get(path, {}), cards.empty_of(path)
        if value == known.get("value", empty):
            continue
        if known.get("source") == "computed" or cards.field_at(path).computed:
            raise BadInput(f"“{cards.field_at(path).title}” is computed from evidence; it changes when that does.")
        after.pop(path, None)
        if value != empty:
            at = timezone.now().isoformat()
            after[path] = {"value": value, "source": "person", "evidence": "", "by": by.get_username(), "at": at}
    return after


# --- confirming --------------------------------------------------------------------------------------------


def may_confirm(by: User, corpus: Corpus) -> bool:
    """Whoever manages the corpus, or approves here."""
    return by.approves or manages(by, corpus)


def confirm(by: User, corpus: Corpus, path: str, *, evidence: str = "") -> CardVersion:
    """Say that what the card says at a field holds today; `evidence` may name where one looked.

    Confirming one's own words keeps them fresh; only somebody else's confirmation, or evidence, backs them.
    """
    if not may_confirm(by, corpus):
        raise Refused(f"Only {corpus.owner.get_username()}, an approver or an admin may confirm what this card says.")
    field, evidence = cards.field_at(path), _line("evidence", evidence)
    with transaction.atomic():
        newest = _locked(corpus)
        entry = newest.values.get(path, {}) if newest else {}
        if not cards.is_filled(entry.get("value")):
            raise BadInput(f"The card says nothing at “{field.title}” that one could confirm.")
        if entry.get("source") == "computed":
            raise BadInput(f"“{field.title}” is computed from evidence; nobody needs to confirm it.")
        said = {"confirmed_by": by.get_username(), "confirmed_at": timezone.now().isoformat()}
        more = {"evidence": evidence} if evidence else {}
        after = (newest.values if newest else {}) | {path: entry | said | more}
        return _stored(by, corpus, newest, after, sitting=True)


# --- reviewing ---------------------------------------------------------------------------------------------


def ask(by: User, corpus: Corpus, *, text: str, path: str = "") -> CardNote:
    """Ask the steward something at a field of the card, or (without a path) about all of it."""
    if not by.approves:
        raise Refused("Only an approver or an admin may ask about a card.")
    if path:
        cards.field_at(path)
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > MAX_NOTE or "\x00" in text:
        raise BadInput(f"text: ask something, in at most {MAX_NOTE:,} characters, without NUL.")
    return CardNote.objects.create(corpus=corpus, path=path, text=text, made_by=by)


def may_settle(by: User, note: CardNote) -> bool:
    """Whoever manages the corpus, and whoever asked."""
    return manages(by, note.corpus) or note.made_by_id == by.pk


def settle(by: User, note: CardNote) -> CardNote:
    """Say that what was asked is answered; the note stays on record."""
    if not may_settle(by, note):
        raise Refused(f"Only {note.corpus.owner.get_username()}, who asked, or an admin may settle this.")
    now = timezone.now()
    if CardNote.objects.filter(pk=note.pk, settled_at=None).update(settled_by=by, settled_at=now):
        note.settled_by, note.settled_at = by, now
    return note


def _must_manage(by: User, corpus: Corpus, what: str) -> None:
    if not manages(by, corpus):
        raise Refused(f"Only {corpus.owner.get_username()}, who owns {corpus.name}, or an admin may {what}.")


def _line(name: str, text: str) -> str:
    text = text.strip()
    if not text.isprintable() or len(text) > MAX_EVIDENCE:
        raise BadInput(f"{name}: one line of at most {MAX_EVIDENCE} characters, such as a web address.")
    return text
