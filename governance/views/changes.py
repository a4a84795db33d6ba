"""The inbox of drift: what changed of what one may read, the newest first. And one change: what happened, to whom?"""

import csv
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from crawler.models import ChangeStanding, ConsentChange
from datacards.models import Corpus
from governance import words
from governance.access import readable_changes
from governance.bothsides import compare
from governance.changes import Touch, Wanted, concerning, title, touches
from governance.forms import ChangesFilter
from governance.happenings import happenings, headline
from governance.views.corpora import CSV_ROWS, _Echo, _harmless
from governance.views.domains import touched
from governance.views.paging import Order, page
from governance.views.shared import who

ROWS = 40
OFFERED = 200
LATELY = 8
BATCH = 500
NEWEST = Order("at", tie="id", descending=True)
HEAD = ("change", "domain", "at", "direction", "channel", "standing", "for", "corpus", "tokens", "share")


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """One page of the changes that this reader may know of."""
    form = _form(request)
    shown = page(_matching(request, form), NEWEST, lambda row: row.at, request.GET.get("at", ""), ROWS)
    hit = touches(request.user, shown.rows)
    rows = [_row(each, hit[each.pk]) for each in shown.rows]
    context = {
        "form": form, "rows": rows, "said": _said(rows, shown.previous is None), "asked": urlencode(_asked(request)),
        "next": _address(request, shown.next), "previous": _address(request, shown.previous),
    }  # fmt: skip
    return render(request, "governance/changes.html", context)


def _row(change: ConsentChange, hit: list[Touch]) -> dict[str, Any]:
    what, subject = headline(change.changes)
    return {
        "change": change, "what": what, "subject": subject, "concerning": concerning(change.changes), "touches": hit
    }  # fmt: skip


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
    chosen = form.chosen
    try:
        corpus = uuid.UUID(chosen.pop("corpus")) if chosen.get("corpus") else None
    except ValueError:
        return ConsentChange.objects.none()
    return Wanted(corpus, **chosen).listed(request.user).select_related("domain")


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
    for at in range(0, len(found), BATCH):
        part = found[at : at + BATCH]
        hit = touches(request.user, part)
        for change in part:
            for touch in hit[change.pk] or (None,):
                yield writer.writerow([_harmless(value) for value in _cells(change, touch)])


def _cells(change: ConsentChange, touch: Touch | None) -> list[Any]:
    told = [str(change.pk), change.domain.name, change.at.isoformat(), change.direction, change.channel]
    told += [change.standing, concerning(change.changes)]
    return told + ([touch.corpus.name, touch.tokens, touch.share] if touch else ["", "", ""])


# --- one change --------------------------------------------------------------------------------------------


@require_GET
def change(request: HttpRequest, change_id: uuid.UUID) -> HttpResponse:
    """What happened, the evidence before and after side by side, and what it touches."""
    sides = (f"{side}__{part}" for side in ("before", "after") for part in ("content", "signals"))
    found = readable_changes(request.user).select_related("domain", *sides).filter(pk=change_id).first()
    if found is None:
        raise Http404
    hit = touched(request, found.domain)
    same = readable_changes(request.user).filter(domain=found.domain, channel=found.channel).exclude(pk=found.pk)
    context = {
        "change": found, "domain": found.domain, "title": title(found).rpartition(", ")[0],
        "concerning": concerning(found.changes), "happenings": happenings(found.changes), "both": compare(found),
        "standing": _standing(found), "others": list(same.order_by("-at", "-id")[:LATELY]),
        "touched": hit, "tokens": sum(row["tokens"] for row in hit),
    }  # fmt: skip
    return render(request, "governance/change.html", context)


def _standing(found: ConsentChange) -> str:
    """Whether it has lasted, in one sentence."""
    match found.standing:
        case ChangeStanding.SETTLING:
            until = words.exactly(found.settles_at) if found.settles_at else "it is looked at again"
            return f"It may still be taken back: until {until} nobody is told of it."
        case ChangeStanding.RETURNED:
            return "The site took it back before it had lasted, so nobody was told of it."
        case _ if found.settles_at:
            return f"It was not taken back by {words.exactly(found.settles_at)}, so it counts as lasting."
        case _:
            return "It counts as lasting."
