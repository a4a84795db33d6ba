"""The queue of parents: which dataset is meant by what others wrote? One answer holds for all that wrote the same."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from datacards.models import Dataset, MentionState
from governance import board_acts, parents
from governance.views.shared import press, who
from governance.words import plural

OUTSIDE, AGAIN = "outside", "again"


class ParentsFilter(forms.Form):
    """Which texts the queue shows; lives in the page's address."""

    q = forms.CharField(label="Text", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=MentionState.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        self.fields["state"].widget.attrs["data-apply"] = ""
        for field in self.fields.values():
            field.silent = True  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for; open ones unless told."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return {"q": cleaned.get("q", ""), "state": cleaned.get("state") or MentionState.OPEN}


@require_GET
def dataset_parents(request: HttpRequest) -> HttpResponse:
    """One page of texts, those named most often first."""
    form = ParentsFilter(request.GET)
    chosen = form.chosen
    shown = parents.queue(who(request), chosen["state"], chosen["q"], request.GET.get("at", ""))
    counts, asked = parents.counts(who(request)), {name: value for name, value in chosen.items() if value}
    context = {
        "form": form, "rows": shown.rows, "chosen": chosen, "counts": counts, "said": _said(counts),
        "states": [(value, label, counts[value]) for value, label in MentionState.choices],
        "next": shown.next and "?" + urlencode(asked | {"at": shown.next}),
        "previous": shown.previous and "?" + urlencode(asked | {"at": shown.previous}),
        "last": request.GET.get("last", "")[:500], "asked": urlencode(asked),
    }  # fmt: skip
    return render(request, "governance/datasets/parents.html", context)


def _said(counts: Any) -> str:
    """The answer in one sentence."""
    total = sum(counts.values())
    if not total:
        return "No dataset on record names a parent."
    if not counts[MentionState.OPEN]:
        return f"All {plural(total, 'mention')} of a parent are answered."
    return f"Of {plural(total, 'mention')} of a parent, {counts[MentionState.OPEN]:,} still wait for an answer."


@require_POST
def dataset_parents_answer(request: HttpRequest) -> HttpResponse:
    """Say for all mentions of a text, or for one, which dataset is meant; that none is; or take that back."""
    person, choice = who(request), request.POST.get("choice", "")
    mentions = _mentions(request)
    text = request.POST.get("text", "")[:500]
    if choice == AGAIN:
        done = press(request, lambda: board_acts.reopen(person, mentions), f"“{text}” is open again.")
    elif choice == OUTSIDE:
        done = press(request, lambda: board_acts.leave_outside(person, mentions), f"“{text}” is not among the records.")
    else:
        dataset = _dataset(request, choice)
        done = press(request, lambda: board_acts.resolve(person, mentions, dataset), f"“{text}” is {dataset.title}.")
    return redirect(_back(request, text if done and choice != AGAIN else ""))


def _mentions(request: HttpRequest) -> Any:
    readable = parents.mentions(who(request))
    if mention := request.POST.get("mention", ""):
        return readable.filter(pk=int(mention)) if mention.isdecimal() and len(mention) < 19 else readable.none()
    text = request.POST.get("text", "")
    return readable.filter(text=text) if "\x00" not in text else readable.none()


def _dataset(request: HttpRequest, choice: str) -> Dataset:
    """By its id; or, as a person types it, by its identifier."""
    readable = Dataset.objects.readable_by(who(request)).defer("record")
    try:
        found = readable.filter(pk=uuid.UUID(choice)).first()
    except ValueError:
        found = readable.filter(identifier=choice).first() if choice and "\x00" not in choice else None
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, last: str) -> str:
    """Where the form was: the dataset's page, or the queue with its filter."""
    if (origin := request.POST.get("from", "")) and _is_id(origin):
        return reverse("dataset", args=[origin])
    asked = {name: request.POST.get(name, "")[:200] for name in ("q", "state")}
    query = urlencode({name: value for name, value in (asked | {"last": last}).items() if value})
    return reverse("dataset-parents") + (f"?{query}" if query else "")


def _is_id(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False
