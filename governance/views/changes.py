"""The inbox of drift: what changed of what one may read, the newest first."""

import csv
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from crawler.models import ConsentChange
from datacards.models import Corpus
from governance import words
from governance.changes import Touch, Wanted, concerning, touches
from governance.forms import ChangesFilter
from governance.views.corpora import CSV_ROWS, _Echo, _harmless
from governance.views.paging import Order, page
from governance.views.shared import who

ROWS = 40
OFFERED = 200
NEWEST = Order("at", tie="id", descending=True)
HEAD = ("change", "domain", "at", "direction", "channel", "standing", "for", "corpus", "tokens", "share")


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """One page of the changes that this reader may know of."""
    form = _form(request)
    shown = page(_matching(request, form), NEWEST, lambda row: row.at, request.GET.get("at", ""), ROWS)
    hit = touches(request.user, shown.rows)
    rows = [{"change": c, "concerning": concerning(c.changes), "touches": hit[c.pk]} for c in shown.rows]
    asked = urlencode(_asked(request))
    context = {
        "form": form, "rows": rows, "page": shown, "said": _said(rows, shown.previous is None), "asked": asked,
        "next": _address(request, shown.next), "previous": _address(request, shown.previous),
    }  # fmt: skip
    return render(request, "governance/changes.html", context)


@require_GET
def changes_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What the list shows, as CSV, one row for each corpus touched: at most ten thousand changes."""
    rows = NEWEST.sorted(_matching(request, _form(request)), backwards=False)[:CSV_ROWS]
    response = StreamingHttpResponse(_lines(request, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="changes.csv"'
    return response


def offered(request: HttpRequest) -> list[tuple[str, str]]:
    """The corpora that this reader may choose from: id and name."""
    corpora = Corpus.objects.readable_by(who(request)).order_by("name")
    return [(str(pk), name) for pk, name in corpora.values_list("pk", "name")[:OFFERED]]


def _form(request: HttpRequest) -> ChangesFilter:
    return ChangesFilter(request.GET, corpora=offered(request))


def _matching(request: HttpRequest, form: ChangesFilter) -> QuerySet[ConsentChange]:
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    try:
        corpus = uuid.UUID(chosen["corpus"]) if chosen.get("corpus") else None
    except ValueError:
        return ConsentChange.objects.none()
    wanted = Wanted(corpus, **{name: value for name, value in chosen.items() if name != "corpus"})
    return wanted.of(request.user).select_related("domain")


def _asked(request: HttpRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.GET.items() if value and key in ChangesFilter.base_fields}


def _address(request: HttpRequest, at: str | None) -> str | None:
    return "?" + urlencode(_asked(request) | {"at": at}) if at else None


def _said(rows: list[dict[str, Any]], first: bool) -> str:
    """The answer in one sentence."""
    if not rows:
        return "Nothing here has changed what it permits."
    if not first:
        return "Earlier changes."
    newest = rows[0]["change"]
    return f"The newest: {newest.domain.name}, {words.look(newest.direction).word.lower()} {words.ago(newest.at)}."


def _lines(request: HttpRequest, rows: QuerySet[ConsentChange]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEAD)
    found = list(rows)
    for at in range(0, len(found), 500):
        part = found[at : at + 500]
        hit = touches(request.user, part)
        for change in part:
            for touch in hit[change.pk] or [None]:  # type: ignore[list-item]
                yield writer.writerow([_harmless(value) for value in _cells(change, touch)])


def _cells(change: ConsentChange, touch: Touch | None) -> list[Any]:
    told = [str(change.pk), change.domain.name, change.at.isoformat(), change.direction, change.channel]
    told += [change.standing, concerning(change.changes)]
    return told + ([touch.corpus.name, touch.tokens, touch.share] if touch else ["", "", ""])
