"""Consent of a corpus over time, and the worklist of what its sites took back since it was acquired."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_GET

from crawler import registry
from crawler.series import Months, Question, months
from crawler.verdicts import since
from crawler.weighing import Scales
from datacards.errors import BadInput
from governance import lines, overtime
from governance.consent_forms import CHANNEL_CHOICES, OverTimeForm, TakedownForm
from governance.consent_tables import sums, takedown_table
from governance.reports import as_csv
from governance.views.corpus import tab_page
from governance.views.shared import readable
from governance.words import PURPOSES, percent

SHOWN = 200
MOST_AGENTS = 25
UNITS = {"tokens": "tokens", "domains": "sites", "documents": "documents"}


@require_GET
def corpus_consent_report(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Stacked levels by month, who is refused, robots against terms, a forecast, and what honouring would cost."""
    corpus = readable(request, corpus_id)
    agents = registry.active()
    form = OverTimeForm(request.GET, agents)
    found = months(corpus.revision, form.moment(), agents)
    more: dict[str, Any] = {"form": form, "found": found, "unit": UNITS[form.weight], "until": found.ends[-1:]}
    if found.ends:
        more |= (
            exported(form) | _pictures(form, found) | _sums(form, found) | _estimate(request.GET, corpus.revision, form)
        )
    more["said"] = said(form.question, more.get("shares", {}).get("all"), more["unit"], form.moment())
    return tab_page(request, corpus, "corpus-consent", "overtime", more)


def _pictures(form: OverTimeForm, found: Months) -> dict[str, Any]:
    question, by = form.question, form.weight
    shares, told = found.shares(question, by), overtime.outlook(found, question, by)
    companies = overtime.by_company(found, question.channel, by)
    purposes = overtime.by_purpose(found, question.channel, by)
    every = len(found.operators) if len(found.operators) > len(companies) else 0
    top = max(0.05, *(share for small in (*companies, *purposes) for share in small.shares))
    return {
        "shares": shares, "steps": overtime.steps(found, question, by), "legend": overtime.KINDS, "forecast": told,
        "outlook": lines.outlook(shares["all"], told, found.starts, _label(shares["all"])), "top": top,
        "coming": list(zip(*(told.shares, told.low, told.high), strict=True)) if told else [],
        "multiples": [("By company", _drawn(companies, top), every), ("By purpose", _drawn(purposes, top), 0)],
    }  # fmt: skip


def _drawn(smalls: list[overtime.Small], top: float) -> list[tuple[overtime.Small, str]]:
    return [(each, lines.small(each.shares, top, f"{each.name}: {percent(each.now)} refused")) for each in smalls]


def _label(shares: list[float]) -> str:
    return f"Refused share by month, from {percent(shares[0])} to {percent(shares[-1])}"


def _sums(form: OverTimeForm, found: Months) -> dict[str, Any]:
    now, purpose = found.at(len(found.ends) - 1), form.question.purpose
    purposes = [purpose] if purpose else []
    titles, honoured, ignored = dict(CHANNEL_CHOICES), form.honoured, form.said("ignore") or []
    scales = Scales(now, replace(form.question, channel=""), bool(form.said("unreachable")))
    weighed = scales.weigh(honoured, ignored)
    return {
        "now": now, "matrix": overtime.matrix(now, purpose), "stances": list(overtime.STANCE_NAMES.values()),
        "conflicts": now.share(now.conflicts(*purposes).tokens), "weighed": weighed,
        "channels": [
            (titles.get(each.name, each.name), each, honoured is None or each.name in honoured)
            for each in weighed.channels
        ],
        "agents": [
            (each, each.name in ignored)
            for place, each in enumerate(weighed.agents) if place < MOST_AGENTS or each.name in ignored
        ],
        "honoured": [titles[channel] for channel in honoured or []], "ignored": ignored,
        "more_agents": max(0, len(weighed.agents) - MOST_AGENTS),
    }  # fmt: skip


def _estimate(asked: QueryDict, revision: Any, form: OverTimeForm) -> dict[str, Any]:
    """Only where asked for: it looks at every site by itself."""
    if not asked.get("estimate"):
        return {}
    published = form.said("published") or ""
    try:
        found = overtime.estimate(revision, form.moment(), form.question, published=published)
    except BadInput as error:
        return {"estimate_problem": str(error)}
    return {"estimated": found}


def exported(form: OverTimeForm) -> dict[str, str]:
    """The question, and its date alone, as the API's exports take them."""
    named = {name: form.said(name) for name in ("agent", "purpose", "company", "channel")}
    told, at = {name: value for name, value in named.items() if value}, form.moment()
    when = {"as_of": _moment(at)} if at else {}
    return {"exported": urlencode(told | when), "exported_at": f"&{urlencode(when)}" if when else ""}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def said(question: Question, refused: list[float] | None, unit: str, at: datetime | None) -> str:
    """The answer in one sentence."""
    if not refused:
        return "None of its sites has been asked" + (" by that day." if at else " so far.")
    what = {"": "any channel", "machine": "any machine-readable channel", "signals": "signals beside robots.txt"}.get(
        question.channel, dict(CHANNEL_CHOICES).get(question.channel, question.channel)
    )
    whom = question.agent or PURPOSES.get(question.purpose, question.company and f"{question.company}’s agents")
    now, before = refused[-1], refused[max(0, len(refused) - 13)]
    are = "were" if at else "are"
    first = f"{percent(now)} of its {unit} {are} refused to {_small(whom) or 'AI training'} by {what}"
    if len(refused) < 2:
        return f"{first}."
    return f"{first}, {percent(before)} {'a year' if len(refused) > 12 else f'{len(refused) - 1} months'} before."


def _small(whom: str) -> str:
    return whom[:1].lower() + whom[1:] if whom in PURPOSES.values() else whom


@require_GET
def corpus_takedown(request: HttpRequest, corpus_id: uuid.UUID) -> HttpResponse:
    """Which sites refuse now, and what they said when the data was acquired; as a page or as CSV."""
    corpus = readable(request, corpus_id)
    form = TakedownForm(request.GET or None)
    acquired, at = form.day("acquired") or corpus.revision.made_at, form.day("as_of")
    compared = since(corpus.revision, acquired, at)
    turned = compared.turned
    if request.GET.get("format") == "csv":
        headers = {"Content-Disposition": f'attachment; filename="takedown-{corpus_id}.csv"'}
        return HttpResponse(as_csv(takedown_table(turned)), content_type="text/csv; charset=utf-8", headers=headers)
    total = corpus.revision.tokens
    more = {
        "form": form, "acquired": acquired, "at": at or timezone.now(), "sums": sums(turned), "total": total,
        "turned": sorted(turned, key=lambda each: each.kind != "new")[:SHOWN], "count": len(turned), "shown": SHOWN,
        "crossed": overtime.crossed(compared, total), "words": list(overtime.WORD_NAMES.values()),
        "exported": urlencode({"acquired": _moment(acquired)} | ({"as_of": _moment(at)} if at else {})),
        "share": sum(each.now.tokens for each in turned if each.kind == "new") / (total or 1),
    }  # fmt: skip
    return tab_page(request, corpus, "corpus-consent", "takedown", more)
