"""The Data Card's own pages: what its tab shows, confirming, asking and settling, versions and what differs."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.fields.json import KeyTransform
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from datacards import cards
from datacards.errors import BadInput, Expected, Refused
from datacards.models import CardNote, CardVersion, Corpus, LicenceClaim
from governance import acts, card_acts
from governance.card_form import CardForm, Shown, key_of, lenses
from governance.card_values import scored, stale_paths
from governance.computed import states
from governance.views.shared import UNPROCESSABLE, press, readable, who

EACH = 100  # versions on a page


# --- the tab -----------------------------------------------------------------------------------------------


def card_context(request: HttpRequest, corpus: Corpus, form: CardForm, claim: LicenceClaim | None) -> dict[str, Any]:
    """What the card tab shows besides the licence: the fields by lens, four scores, and what reviewers asked."""
    profile = chosen_profile(request)
    values, person = scored(form.version, claim), request.user
    stale = stale_paths(values, form.version)
    notes = open_notes(request, corpus)
    fields = form.shown(profile, values, notes, stale, states(form.version))
    return {
        "card": form, "version": form.version, "profile": profile, "profiles": cards.profiles(),
        "scores": cards.scores(values, profile, now=timezone.now(), stale=stale),
        "lenses": lenses(fields), "titles": {field.path: field.title for field in cards.fields()},
        "notes": notes, "card_notes": [note for note in notes if not note.path],
        "confirms": person.is_authenticated and card_acts.may_confirm(person, corpus),
        "asks": person.is_authenticated and person.approves,
    }  # fmt: skip


def chosen_profile(request: HttpRequest) -> cards.Profile:
    """The profile that the address or the form names; the default when there is none of that name."""
    try:
        return cards.profile_at(request.POST.get("profile") or request.GET.get("profile") or cards.default_profile().id)
    except BadInput:
        return cards.default_profile()


def open_notes(request: HttpRequest, corpus: Corpus) -> list[CardNote]:
    """What reviewers asked and nobody settled; for people with a role here only."""
    if not (request.user.is_authenticated and request.user.reads):
        return []
    notes = CardNote.objects.filter(corpus=corpus, settled_at=None).select_related("made_by", "corpus")
    return list(notes[:EACH])


def told(request: HttpRequest, corpus: Corpus, form: CardForm, saved: CardVersion | None) -> HttpResponse:
    """What became of a field, for the place beside it: the rest of the page stays as it is."""
    now = CardForm(saved, request.POST) if saved else form
    more = card_context(request, corpus, now, LicenceClaim.objects.effective(corpus))
    sent = [f for lens in more["lenses"] for group in lens.groups for f in group.fields if f.path in request.POST]
    groups = [g for lens in more["lenses"] for g in lens.groups if any(f in sent for f in g.fields)]
    context = more | {"corpus": corpus, "manages": True, "saved": saved, "sent": sent, "groups": groups}
    return render(request, "governance/parts/saved.html", context)


def back_to_card(request: HttpRequest, corpus: Corpus, place: str = "card") -> HttpResponse:
    profile = chosen_profile(request)
    query = f"?profile={profile.id}" if profile != cards.default_profile() else ""
    return redirect(f"{reverse('corpus', args=[corpus.pk])}{query}#{place}")


# --- confirming and reviewing ------------------------------------------------------------------------------


@require_POST
def corpus_card_confirm(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Confirm what the card says at a field."""
    corpus, path = readable(request, corpus_id), request.POST.get("path", "")
    evidence = request.POST.get("evidence", "")
    press(request, lambda: card_acts.confirm(who(request), corpus, path, evidence=evidence), "It is confirmed.")
    return back_to_card(request, corpus, _place(path))


@require_POST
def corpus_card_ask(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Ask about a field, or about the whole card."""
    corpus, path, text = readable(request, corpus_id), request.POST.get("path", ""), request.POST.get("text", "")
    try:
        card_acts.ask(who(request), corpus, path=path, text=text)
    except Refused as error:
        raise PermissionDenied(str(error)) from error
    except Expected as error:
        return _field_page(request, corpus, path, typed=text, error=str(error).removeprefix("text: ").capitalize())
    messages.success(request, "You have asked; whoever answers for the card sees it there.")
    return back_to_card(request, corpus, _place(path))


@require_POST
def corpus_card_settle(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Say that what was asked is answered."""
    corpus, number = readable(request, corpus_id), request.POST.get("note", "")
    notes = CardNote.objects.filter(corpus=corpus).select_related("corpus__owner")
    note = notes.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if note is None:
        raise Http404
    press(request, lambda: card_acts.settle(who(request), note), "It is settled, and stays on record.")
    return back_to_card(request, corpus, _place(note.path))


def _place(path: str) -> str:
    return f"f-{key_of(path)}" if cards.knows(path) else "card"


# --- one field ---------------------------------------------------------------------------------------------


@require_GET
def corpus_card_field(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """One field by itself: what it says, on which ground, how it came about, and what reviewers asked."""
    return _field_page(request, readable(request, corpus_id), request.GET.get("path", ""))


def _field_page(request: HttpRequest, corpus: Corpus, path: str, typed: str = "", error: str = "") -> HttpResponse:
    """With an empty path it is about the whole card."""
    if path and not cards.knows(path):
        raise Http404
    newest, person = card_acts.newest_card(corpus), request.user
    entry = scored(newest, LicenceClaim.objects.effective(corpus)).get(path, {})
    known = cards.field_at(path) if path else None
    context = {
        "corpus": corpus, "path": path, "typed": typed, "error": error, "version": newest,
        "shown": known and Shown(known, entry, entry.get("value", "")),
        "past": _past(corpus, path) if path else [], "notes": _notes(request, corpus, path),
        "fresh": bool(entry) and cards.is_fresh(path, entry, timezone.now()), "evidenced": cards.is_evidenced(entry),
        "confirms": person.is_authenticated and card_acts.may_confirm(person, corpus),
        "asks": person.is_authenticated and person.approves, "chosen": [f for f in cards.profiles() if path in f.paths],
        "manages": person.is_authenticated and acts.manages(person, corpus),
    }  # fmt: skip
    return render(request, "governance/corpus/card_field.html", context, status=UNPROCESSABLE if error else 200)


def _past(corpus: Corpus, path: str) -> list[dict[str, Any]]:
    """The versions in which a field became what it was, newest first."""
    field = cards.field_at(path)
    rows = CardVersion.objects.filter(corpus=corpus).order_by("-number").annotate(entry=KeyTransform(path, "values"))
    found = list(rows.values("number", "made_at", "made_by__username", "entry")[:EACH])
    older = [row["entry"] for row in found[1:]] + [None]
    return [row | {"text": cards.shown((row["entry"] or {}).get("value"), field)} for row, before in
            zip(found, older, strict=True) if row["entry"] != before]  # fmt: skip


def _notes(request: HttpRequest, corpus: Corpus, path: str) -> list[CardNote]:
    if not (request.user.is_authenticated and request.user.reads):
        return []
    notes = CardNote.objects.filter(corpus=corpus, path=path)
    return list(notes.select_related("made_by", "settled_by", "corpus")[:EACH])


# --- versions ----------------------------------------------------------------------------------------------


@require_GET
def corpus_card_versions(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """All versions of a card, newest first; any two can be compared."""
    corpus = readable(request, corpus_id)
    rows = CardVersion.objects.filter(corpus=corpus).select_related("made_by", "revision").order_by("-number")
    before = _number(request, "before")
    found = list((rows.filter(number__lt=before) if before else rows)[: EACH + 1])
    counted = [(row, cards.completeness(row.values)) for row in found[:EACH]]
    older = found[EACH - 1].number if len(found) > EACH else None
    context = {"corpus": corpus, "versions": counted, "older": older}
    return render(request, "governance/corpus/card_versions.html", context)


@require_GET
def corpus_card_compare(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Two versions side by side: those that the address names, or the newest and the one before it."""
    corpus = readable(request, corpus_id)
    newest = card_acts.newest_card(corpus)
    last = newest.number if newest else 0
    to = _number(request, "to") or last
    first = _number(request, "from") or max(0, to - 1)
    rows = CardVersion.objects.filter(corpus=corpus, number__in=[first, to]).select_related("made_by", "revision")
    found = {row.number: row for row in rows}
    if to not in found or (first and first not in found):
        raise Http404
    left = found.get(first)
    context = {
        "corpus": corpus, "left": left, "right": found[to], "first": first, "to": to, "last": last,
        "numbers": range(last, 0, -1), "changes": cards.diff(left.values if left else {}, found[to].values),
    }  # fmt: skip
    return render(request, "governance/corpus/card_compare.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    """A number of the address; None when there is none that a version could have."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
