"""Licences: what each is taken to allow, by what source, and what admins here said over that."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from datacards.judging import COMPONENTS, VALUES, Entry, shipped
from datacards.models import Dataset, LicenceClaim, LicenceOverride
from datacards.overriding import licence_table
from governance import board_acts
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

DATASETS = 20


class OverrideForm(forms.Form):
    """What a licence allows, component by component; as shipped where nothing is chosen."""

    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, shipped: Entry, now: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, title in COMPONENTS.items():
            self.fields[name] = _field(title, VALUES[name], shipped.values.get(name, ""), now.values.get(name, ""))
        self.order_fields([*COMPONENTS, "reason"])

    @property
    def changes(self) -> dict[str, str]:
        """What was chosen of each component."""
        return {name: value for name in COMPONENTS if (value := self.cleaned_data.get(name))}


def _field(title: str, values: tuple[str, ...], shipped: str, now: str) -> forms.ChoiceField:
    choices = [(value, f"{value} (as shipped)" if value == shipped else value) for value in values]
    return forms.ChoiceField(label=title, choices=choices, initial=now, required=False)


@require_GET
def licences(request: HttpRequest) -> HttpResponse:
    """Every licence that is known, with its components; and the words that leave it open."""
    table = licence_table()
    q = request.GET.get("q", "").strip().lower()[:200]
    rows = [entry for entry in table.entries.values() if q in f"{entry.id} {entry.title}".lower()]
    context = {
        "rows": [(entry, [entry.values.get(name, "") for name in COMPONENTS]) for entry in rows], "q": q,
        "components": COMPONENTS.values(), "ambiguous": table.ambiguous.items(), "total": len(table.entries),
        "overridden": sum(bool(entry.overridden) for entry in table.entries.values()),
    }  # fmt: skip
    return render(request, "governance/datasets/licences.html", context)


@require_GET
def licence(request: HttpRequest, licence_id: str) -> HttpResponse:
    """One licence: its components with source and reason, who overrode what, and who is under it."""
    return _page(request, _found(licence_id), None)


@require_POST
def licence_override(request: HttpRequest, licence_id: str) -> HttpResponse:
    """Override what it allows, with a reason."""
    entry = _found(licence_id)
    form = OverrideForm(request.POST, shipped=shipped().entries[entry.id], now=entry)
    changes = form.changes if form.is_valid() else {}
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    if attempt(form, lambda: board_acts.override(who(request), entry.id, changes, reason=reason)) is None:
        return _page(request, entry, form)
    press(request, lambda: None, f"{entry.id} is classified so from now on, and every dataset is judged by it.")
    return back_to("licence", entry.id)


def _found(licence_id: str) -> Entry:
    entry = licence_table().entries.get(licence_id)
    if entry is None:
        raise Http404
    return entry


def _page(request: HttpRequest, entry: Entry, form: OverrideForm | None) -> HttpResponse:
    plain = shipped().entries[entry.id]
    rows = [
        {"title": title, "value": entry.values.get(name, ""), "shipped": plain.values.get(name, ""),
         "overridden": name in entry.overridden}
        for name, title in COMPONENTS.items()
    ]  # fmt: skip
    under = _under(request, entry) if who(request).is_authenticated else Dataset.objects.none()
    context = {
        "entry": entry, "rows": rows, "form": form or OverrideForm(shipped=plain, now=entry),
        "history": LicenceOverride.objects.filter(licence=entry.id).select_related("made_by"),
        "under": list(under[: DATASETS + 1]), "most": DATASETS,
    }  # fmt: skip
    return render(request, "governance/datasets/licence.html", context, status=UNPROCESSABLE if form else 200)


def _under(request: HttpRequest, entry: Entry) -> QuerySet[Dataset]:
    """Datasets of which somebody says so, in these very words."""
    claims = LicenceClaim.objects.filter(expression=entry.id, dataset__isnull=False).values("dataset")
    return Dataset.objects.readable_by(who(request)).filter(pk__in=claims).defer("record").order_by("title", "pk")
