"""The list of corpora: which are fit to publish, which are at risk? It reads standings, one row per corpus."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from datacards.errors import BadInput
from governance import acts
from governance.catalogue import Found, best, closest, facets, found, standings
from governance.forms import CorporaFilter, RegisterForm, usernames
from governance.models import Standing
from governance.views.paging import DAMAGED, Order, Page, page
from governance.views.shared import UNPROCESSABLE, attempt, who

ROWS = 40
CSV_ROWS = 10_000


@dataclass(frozen=True)
class Column:
    """A sortable column: its title, its value on a row, and its order both ways."""

    key: str
    title: str
    value: Callable[[Standing], Any]
    field: str
    descends: bool = True  # at the first click
    nullable: bool = False
    numeric: bool = False

    def order(self, descending: bool) -> Order:
        """As paging takes it."""
        return Order(self.field, descending=descending, nullable=self.nullable)


COLUMNS = (
    Column("name", "Corpus", lambda row: row.corpus.name, "corpus__name", descends=False),
    Column("decision", "Decision", lambda row: row.outcome, "outcome"),
    Column("refused", "Refuses training", lambda row: row.refused_share, "refused_share", nullable=True),
    Column("licence", "Licence", lambda row: row.licence, "licence", descends=False),
    Column("card", "Card", lambda row: row.card_share, "card_share", descends=False, nullable=True),
    Column("tokens", "Tokens", lambda row: row.tokens, "tokens", numeric=True),
    Column("changed", "Changed", lambda row: row.changed_at, "changed_at"),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_SORT = "-changed"


@require_GET
def corpora(request: HttpRequest) -> HttpResponse:
    """One page of the corpora that this reader may know of."""
    form = CorporaFilter(request.GET, owners=usernames(who(request)))
    chosen, (column, descending) = _chosen(form), _sort(request)
    by_words = bool(chosen.get("q") and not request.GET.get("sort"))
    among = found(request.user, chosen)
    rows = (
        _best(request, among, chosen["q"]) if by_words else _sorted(request, chosen, column.order(descending), column)
    )
    context = {
        "form": form, "page": rows, "heads": _heads(request, None if by_words else column, descending),
        "next": _address(request, at=rows.next), "previous": _address(request, at=rows.previous),
        "csv": urlencode(_asked(request)), "filtered": _filtered(form), "sort": request.GET.get("sort", ""),
        "at_start": not request.GET.get("at"), "facets": _facets(request, among, chosen),
        "closest": closest(request.user, chosen["q"]) if chosen.get("q") and not rows.rows else [],
    }  # fmt: skip
    return render(request, "governance/corpora.html", context)


def _sorted(request: HttpRequest, chosen: Mapping[str, Any], order: Order, column: Column) -> Page[Standing]:
    return page(standings(request.user, chosen), order, column.value, request.GET.get("at", ""), ROWS)


def _best(request: HttpRequest, among: Found, words: str) -> Page[Standing]:
    """What matches best comes first. This order is made anew for each page, so its pages are counted."""
    number = _page_number(request.GET.get("at", ""))
    ids = best(among, words)
    here = ids[number * ROWS : (number + 1) * ROWS]
    rows = standings(request.user, {}).in_bulk(here)
    more = len(ids) > (number + 1) * ROWS
    return Page(
        [rows[pk] for pk in here if pk in rows],
        str(number + 1) if more else None,
        str(number - 1) if number else None,
    )


def _page_number(at: str) -> int:
    if at and not re.fullmatch(r"[0-9]{1,4}", at):
        raise BadInput(DAMAGED)
    return int(at or 0)


def _facets(request: HttpRequest, among: Found, chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each facet with the addresses of its values; a value that is chosen leads back to all."""
    shown = []
    for facet in facets(among):
        here = chosen.get(facet.key, "")
        values = [
            {
                "value": v,
                "here": v.value == here,
                "href": _narrowed(request, facet.key, "" if v.value == here else v.value),
            }
            for v in facet.values
        ]
        if len(values) > 1 or here:
            shown.append({"facet": facet, "values": values})
    return shown


def _narrowed(request: HttpRequest, key: str, value: str) -> str:
    asked = {name: kept for name, kept in (_asked(request) | {key: value}).items() if kept}
    return "?" + urlencode(asked)


@require_GET
def corpora_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What the list shows, as CSV: the same filter and order, at most ten thousand rows."""
    form = CorporaFilter(request.GET, owners=usernames(who(request)))
    column, descending = _sort(request)
    rows = column.order(descending).sorted(standings(request.user, _chosen(form)), backwards=False)[:CSV_ROWS]
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="corpora.csv"'
    return response


def _chosen(form: CorporaFilter) -> dict[str, Any]:
    return form.cleaned_data if form.is_valid() else {}


def _sort(request: HttpRequest) -> tuple[Column, bool]:
    wanted = request.GET.get("sort") or DEFAULT_SORT
    column = BY_KEY.get(wanted.lstrip("-"))
    return (column, wanted.startswith("-")) if column else (BY_KEY[DEFAULT_SORT.lstrip("-")], True)


def _asked(request: HttpRequest) -> dict[str, str]:
    """The filter and the order in the address, without the place in the list."""
    kept = {*CorporaFilter.base_fields, "sort"}
    return {key: str(value) for key, value in request.GET.items() if value and key in kept}


def _address(request: HttpRequest, at: str | None) -> str | None:
    return "?" + urlencode(_asked(request) | {"at": at}) if at else None


def _heads(request: HttpRequest, sorted_by: Column | None, descending: bool) -> list[dict[str, Any]]:
    heads = []
    for column in COLUMNS:
        here = column is sorted_by
        down = not descending if here else column.descends
        asked = _asked(request) | {"sort": f"-{column.key}" if down else column.key}
        heads.append({"column": column, "href": "?" + urlencode(asked), "here": here, "descending": descending})
    return heads


def _filtered(form: CorporaFilter) -> bool:
    return form.is_valid() and any(form.cleaned_data.values())


def _lines(rows: QuerySet[Standing]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    head = ["corpus", "title", "owner", "audience", "decision", "refused_share", "licence", "card_share", "tokens"]
    yield writer.writerow([*head, "changed_at"])
    for row in rows.iterator(chunk_size=1000):
        corpus = row.corpus
        told: list[Any] = [corpus.name, corpus.title, corpus.owner.get_username(), corpus.audience, row.outcome]
        told += [row.refused_share, row.licence, row.card_share, row.tokens, row.changed_at.isoformat()]
        yield writer.writerow([_harmless(value) for value in told])


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is quoted (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


class _Echo:
    """A file that returns each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a corpus: what was typed is kept until it can be used."""
    form = RegisterForm(request.POST or None)
    run = attempt(form, lambda: acts.register(who(request), **form.cleaned_data)) if request.POST else None
    if run is None:
        status = UNPROCESSABLE if request.POST else 200
        context = {"form": form, "roots": settings.CONSENTRY_ROOTS}
        return render(request, "governance/register.html", context, status=status)
    messages.success(request, f"{form.cleaned_data['name']} is being registered.")
    return redirect("run", run.pk)
