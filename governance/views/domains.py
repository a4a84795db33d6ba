"""A domain: what does this site say, since when?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crawler.channels import CHANNELS
from crawler.history import domain_history
from crawler.models import ConsentChange, Snapshot
from crawler.sayings import Saying, saying
from datacards.errors import Unavailable
from datacards.models import Corpus, Domain, DomainShare
from governance.access import readable_domains
from governance.board import named_by
from governance.forms import AsOfForm
from governance.models import Standing
from governance.sites import Line, Site, read
from governance.views.shared import who

SNAPSHOTS = 200
TOUCHED = 50
AROUND = 3
WHOLE = 120  # lines shown without gaps
CONFLICTS = 20


@dataclass(frozen=True)
class Spell:
    """A stretch of time over which a site said the same."""

    since: datetime
    until: datetime
    fetches: int
    snapshot: Snapshot


@require_GET
def domain(request: HttpRequest, name: str) -> HttpResponse:
    """Its verdicts, its file with the deciding lines, its history, and the corpora it touches; now, or as known by
    the end of a day."""
    site, form = readable_domain(request, name), AsOfForm(request.GET if "as_of" in request.GET else None)
    at = form.moment()
    newest_first = list(_by(domain_history(site), at)[:SNAPSHOTS])
    shown = _chosen(request, newest_first)
    reading = read(shown) if shown else None
    spells = _spells(newest_first)
    found = _saying(site, _until(newest_first, shown) or at)
    changes = ConsentChange.objects.filter(domain=site)
    context = {
        "form": form, "at": at, "asked_first": domain_history(site).last() if at and not newest_first else None,
        "saying": found, "documents": list(found.snapshots.items()) if found else [],
        "conflicts": list(found.conflicts.items())[:CONFLICTS] if found else [],
        "domain": site, "snapshot": shown, "reading": reading, "said": _said(reading, found, at),
        "latest": bool(newest_first) and shown == newest_first[0], "spells": spells, "since": _since(spells, shown),
        "lines": _excerpt(reading.lines) if reading else [], "touched": touched(request, site),
        "named_by": named_by(request.user, site), "changes": list((changes.filter(at__lte=at) if at else changes)[:20]),
    }  # fmt: skip
    return render(request, "governance/domain.html", context)


def _by(history: QuerySet[Snapshot], at: datetime | None) -> QuerySet[Snapshot]:
    return history.filter(fetched_at__lte=at) if at else history


def _until(newest_first: list[Snapshot], shown: Snapshot | None) -> datetime | None:
    """The last moment at which a fetch was the newest; None for now."""
    place = newest_first.index(shown) if shown else 0
    return newest_first[place - 1].fetched_at - timedelta(microseconds=1) if place else None


def _saying(site: Domain, at: datetime | None) -> Saying | None:
    """None where the store has lost the evidence, which the reading of robots.txt tells of."""
    try:
        return saying(site, at)
    except Unavailable:
        return None


def readable_domain(request: HttpRequest, name: str) -> Domain:
    """A domain of a corpus that this reader may read; that another corpus has it is nothing they may learn."""
    site = readable_domains(request.user).filter(name=name.lower()).first() if "\x00" not in name else None
    if site is None:
        raise Http404
    return site


def _shares(request: HttpRequest, site: Domain) -> QuerySet[DomainShare]:
    rows = DomainShare.objects.filter(domain=site)
    if who(request).administers:
        return rows
    return rows.filter(revision__corpus__in=Corpus.objects.readable_by(request.user))


def touched(request: HttpRequest, site: Domain) -> list[dict[str, Any]]:
    """The corpora whose newest revision has this domain, the most touched first."""
    rows = _shares(request, site).filter(revision__corpus__latest=F("revision"), revision__tokens__gt=0)
    rows = rows.select_related("revision__corpus").annotate(part=F("tokens") * 1.0 / F("revision__tokens"))
    found = list(rows.order_by("-part")[:TOUCHED])
    standings = Standing.objects.in_bulk([row.revision.corpus_id for row in found])
    corpora = [row.revision.corpus for row in found]
    return [
        {"corpus": corpus, "tokens": row.tokens, "share": row.part, "standing": standings.get(corpus.pk)}
        for row, corpus in zip(found, corpora, strict=True)
    ]


def _chosen(request: HttpRequest, snapshots: list[Snapshot]) -> Snapshot | None:
    wanted = request.GET.get("snapshot", "")
    return next((s for s in snapshots if str(s.pk) == wanted), snapshots[0] if snapshots else None)


def _spells(newest_first: list[Snapshot]) -> list[Spell]:
    """Fetches in a row that say the same are one stretch."""
    found = []
    for _, same in groupby(newest_first, key=lambda s: (s.state, s.content_id)):
        fetches = list(same)
        found.append(Spell(fetches[-1].fetched_at, fetches[0].fetched_at, len(fetches), fetches[0]))
    return found


def _since(spells: list[Spell], shown: Snapshot | None) -> datetime | None:
    return next((s.since for s in spells if shown and s.since <= shown.fetched_at <= s.until), None)


def _said(site: Site | None, found: Saying | None, at: datetime | None) -> str:
    """The answer in one sentence."""
    if site is None:
        return "This site had not been asked by that day." if at else "This site has not been asked yet."
    training = dict(found.everybody)["ai-train"] if found else None
    if training and training.value == "disallowed" and training.deciding[0].channel != "robots":
        by = list(dict.fromkeys(CHANNELS[statement.channel].title for statement in training.deciding))
        return f"This site refuses training to everybody, by {' and '.join(by[:3])}."
    return _said_in_robots(site)


def _said_in_robots(site: Site) -> str:
    if site.snapshot.state == "unreachable":
        return "This site could not be reached, so everything counts as refused."
    training = site.purpose("train")
    match training.verdict if training else "":
        case "disallowed":
            names = [said.name for said in training.agents] if training else []
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            return f"This site refuses training to {', '.join(names[:3])}{more}."
        case "some":
            return "This site lets training crawlers read it, but for some parts."
        case "allowed":
            return "This site refuses nothing to training crawlers."
        case _:
            return "This site states nothing about training crawlers."


def _excerpt(lines: Sequence[Line]) -> list[Line | int]:
    """The file; in a long one only the lines around deciding ones, with the number of lines left out between."""
    if len(lines) <= WHOLE:
        return list(lines)
    marked = [line.number for line in lines if line.agents]
    near = {n for m in marked[:400] for n in range(m - AROUND, m + AROUND + 1)} or set(range(1, WHOLE))
    shown: list[Line | int] = []
    for keep, group in groupby(lines, key=lambda line: line.number in near):
        part = list(group)
        shown += part if keep else [len(part)]
    return shown
