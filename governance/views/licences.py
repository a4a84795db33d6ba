"""Licences: what each is taken to allow, by what source, and what admins here said over that."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from datacards.judging import COMPONENTS, ambiguous_words, told
from datacards.licenses import CHAINS, Licence, default_table
from datacards.models import Dataset, LicenceClaim, LicenceOverride
from datacards.overriding import licence_table
from governance import board_acts
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

DATASETS = 20
UNKNOWN = "unknown"


class OverrideForm(forms.Form):
    """What a licence allows, component by component, as it holds now; sets of names are separated by commas."""

    reason = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, shipped: Licence, now: Licence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before, holds = told(shipped.vector), told(now.vector)
        for name, title in COMPONENTS.items():
            made = _chain(name, before[name]) if name in CHAINS else _names(before[name])
            made.label, made.required, made.initial = title, False, holds[name]
            self.fields[name] = made
        self.order_fields([*COMPONENTS, "reason"])

    @property
    def changes(self) -> dict[str, str | list[str]]:
        """Every component as it was chosen."""
        chosen = {name: self.cleaned_data.get(name) or "" for name in COMPONENTS}
        return {name: value if name in CHAINS else _listed(value) for name, value in chosen.items() if value}


def _chain(name: str, shipped: str) -> forms.ChoiceField:
    values = (*CHAINS[name], UNKNOWN)
    return forms.ChoiceField(choices=[(each, f"{each} (as shipped)" if each == shipped else each) for each in values])


def _names(shipped: str) -> forms.CharField:
    return forms.CharField(max_length=1000, help_text=f"Names, “none” or “unknown”; shipped: {shipped}.")


def _listed(text: str) -> str | list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return UNKNOWN if names == [UNKNOWN] else [] if names == ["none"] else names


@require_GET
def licences(request: HttpRequest) -> HttpResponse:
    """Every licence that is known, with its components; and the words that leave it open."""
    table = licence_table().licences.values()
    q = request.GET.get("q", "").strip().lower()[:200]
    rows = [licence for licence in table if q in f"{licence.id} {licence.title}".lower()]
    context = {
        "rows": [(licence, list(told(licence.vector).values())) for licence in rows], "q": q,
        "components": COMPONENTS.values(), "ambiguous": ambiguous_words().items(), "total": len(table),
        "overridden": sum(bool(licence.overridden) for licence in table),
    }  # fmt: skip
    return render(request, "governance/datasets/licences.html", context)


@require_GET
def licence(request: HttpRequest, licence_id: str) -> HttpResponse:
    """One licence: its components with source and reason, who overrode what, and who is under it."""
    return _page(request, _found(licence_id), None)


@require_POST
def licence_override(request: HttpRequest, licence_id: str) -> HttpResponse:
    """Override what it allows, with a reason."""
    found = _found(licence_id)
    form = OverrideForm(request.POST, shipped=default_table().licences[found.id], now=found)
    person = who(request)
    if (
        attempt(form, lambda: board_acts.override(person, found.id, form.changes, reason=form.cleaned_data["reason"]))
        is None
    ):
        return _page(request, found, form)
    press(request, lambda: None, f"{found.id} is classified so from now on, and every dataset is judged by it.")
    return back_to("licence", found.id)


def _found(licence_id: str) -> Licence:
    found = licence_table().get(licence_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Licence, form: OverrideForm | None) -> HttpResponse:
    plain = default_table().licences[found.id]
    here, before = told(found.vector), told(plain.vector)
    rows = [
        {"title": title, "value": here[name], "shipped": before[name], "overridden": name in found.overridden}
        for name, title in COMPONENTS.items()
    ]
    under = list(_under(request, found)[: DATASETS + 1])
    context = {
        "entry": found, "rows": rows, "form": form or OverrideForm(shipped=plain, now=found),
        "history": LicenceOverride.objects.filter(licence=found.id).select_related("made_by"),
        "under": under[:DATASETS], "more_under": len(under) > DATASETS, "components": COMPONENTS,
    }  # fmt: skip
    return render(request, "governance/datasets/licence.html", context, status=UNPROCESSABLE if form else 200)


def _under(request: HttpRequest, found: Licence) -> QuerySet[Dataset]:
    """Datasets of which somebody says so, by its id or its title."""
    claims = LicenceClaim.objects.filter(expression__in=[found.id, found.title], dataset__isnull=False)
    rows = Dataset.objects.readable_by(who(request)).filter(pk__in=claims.values("dataset"))
    return rows.only("title").order_by("title", "pk")
