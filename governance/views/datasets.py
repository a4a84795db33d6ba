"""Datasets on record: of how many is the licence what the Hub says? And one dataset: who says what?"""

import csv
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from datacards.judging import VERDICTS
from datacards.models import Dataset
from governance import board, board_acts, disagreement
from governance.forms import ANY, Suggested
from governance.stated import stated
from governance.views.corpora import CSV_ROWS, _Echo, _harmless
from governance.views.paging import Order, page
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

ROWS = 40
CHILDREN = 50
BY_TITLE = Order("title", tie="id")
FLAGS = [
    ANY, ("disputed", "Claims disagree"), ("unsatisfiable", "Licences that exclude each other"),
    ("exposed", "Names a site that refuses training"), ("open_parents", "Parents to find"),
]  # fmt: skip
HEAD = (
    "identifier", "title", "register", "collection", "modality", "hub_id", "hub_says", "we_find", "disputed",
    "satisfiable",
)  # fmt: skip


class DatasetsFilter(forms.Form):
    """Which datasets the board shows; lives in the page's address."""

    q = forms.CharField(label="Name", required=False, max_length=200)
    hub = forms.ChoiceField(label="The Hub says", required=False)
    verdict = forms.ChoiceField(label="We find", required=False)
    flag = forms.ChoiceField(label="Only", required=False, choices=FLAGS)
    modality = Suggested(label="Modality", required=False)
    register = Suggested(label="Register", required=False)
    collection = forms.CharField(label="Collection", required=False, max_length=300)
    domain = forms.CharField(label="Names the site", required=False, max_length=253)

    def __init__(self, *args: Any, offered: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("hub", "verdict"):
            self.fields[name].choices = [ANY, *((v.name, v.title) for v in VERDICTS)]  # type: ignore[attr-defined]
        for name, values in offered.items():
            self.fields[name].choices = [ANY, *((value, value) for value in values)]  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        for name, field in self.fields.items():
            field.silent = True  # type: ignore[attr-defined]
            if name not in ("q", "collection", "domain"):
                field.widget.attrs["data-apply"] = ""

    @property
    def wanted(self) -> board.Wanted:
        """What was asked for, as far as it can be used: a field with an error filters nothing."""
        self.is_valid()
        return board.Wanted(**{name: value for name, value in self.cleaned_data.items() if value})


class DatasetClaimForm(forms.Form):
    """A person's word on the licence of a dataset."""

    expression = forms.CharField(
        label="Licence", max_length=500, help_text="Such as CC-BY-4.0, or MIT AND CC-BY-SA-4.0."
    )
    reason = forms.CharField(label="Why you say so", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    quote = forms.CharField(
        label="The words that say it", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    url = forms.CharField(label="Where one can read them", required=False, max_length=2000)


# --- the board ---------------------------------------------------------------------------------------------


@require_GET
def datasets(request: HttpRequest) -> HttpResponse:
    """How the Hub's word compares with what was found, and one page of the datasets."""
    reader = who(request)
    form = DatasetsFilter(request.GET, offered=board.choices(reader))
    wanted = form.wanted
    shown = page(_rows(wanted.of(reader)), BY_TITLE, lambda row: row.title, request.GET.get("at", ""), ROWS)
    exposed = board.exposed_of([row.pk for row in shown.rows])
    picture = disagreement.picture(board.crossed(wanted.about(reader)))
    context = {
        "form": form, "rows": [(row, exposed.get(row.pk, [])) for row in shown.rows], "picture": picture,
        "said": picture.said, "asked": urlencode(_asked(request)), "filtered": bool(_asked(request)),
        "next": _address(request, shown.next), "previous": _address(request, shown.previous),
    }  # fmt: skip
    return render(request, "governance/datasets/board.html", context)


def _rows(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    names = ("title", "register", "collection", "modality", "hub_verdict", "verdict", "disputed", "satisfiable")
    return rows.only("identifier", "hub_id", *names)


def _asked(request: HttpRequest) -> dict[str, str]:
    kept = DatasetsFilter.base_fields
    return {key: str(value) for key, value in request.GET.items() if value and key in kept}


def _address(request: HttpRequest, at: str | None) -> str | None:
    return "?" + urlencode(_asked(request) | {"at": at}) if at else None


@require_GET
def datasets_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What the board lists, as CSV: at most ten thousand rows."""
    reader = who(request)
    wanted = DatasetsFilter(request.GET, offered=board.choices(reader)).wanted
    rows = BY_TITLE.sorted(_rows(wanted.of(reader)), backwards=False)[:CSV_ROWS]
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="datasets.csv"'
    return response


def _lines(rows: QuerySet[Dataset]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEAD)
    for row in rows.iterator(chunk_size=1000):
        told = [row.identifier, row.title, row.register, row.collection, row.modality, row.hub_id]
        told += [
            row.hub_verdict,
            row.verdict,
            str(row.disputed),
            "" if row.satisfiable is None else str(row.satisfiable),
        ]
        yield writer.writerow([_harmless(value) for value in told])


# --- one dataset -------------------------------------------------------------------------------------------


@require_GET
def dataset(request: HttpRequest, dataset_id: uuid.UUID) -> HttpResponse:
    """Who says what of its licence, where they disagree, and what it was made from."""
    return _page(request, _found(request, dataset_id), DatasetClaimForm())


@require_POST
def dataset_claim(request: HttpRequest, dataset_id: uuid.UUID) -> HttpResponse:
    """State its licence, with a reason."""
    found, form = _found(request, dataset_id), DatasetClaimForm(request.POST)
    if attempt(form, lambda: board_acts.claim_licence(who(request), found, **form.cleaned_data)) is None:
        return _page(request, found, form)
    press(request, lambda: None, "Your statement is on record; it outranks what was imported.")
    return back_to("dataset", found.pk)


def _found(request: HttpRequest, dataset_id: uuid.UUID) -> Dataset:
    row = Dataset.objects.readable_by(who(request)).filter(pk=dataset_id).select_related("imported_by").first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, found: Dataset, form: DatasetClaimForm) -> HttpResponse:
    vendors = request.GET.get("vendors", "") != "out"
    children = list(board.children_of(found)[: CHILDREN + 1])
    context = {
        "dataset": found, "form": form, "vendors": vendors, "sources": board.sources_of(found),
        "parents": board.parents_of(found), "children": children[:CHILDREN], "more_children": len(children) > CHILDREN,
        "table": disagreement.table(found, vendors), "stated": stated(found.record),
    }  # fmt: skip
    return render(request, "governance/datasets/dataset.html", context, status=UNPROCESSABLE if form.errors else 200)
