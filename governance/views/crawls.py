"""Crawls: what is asked by itself, what runs now, and which hosts are in trouble?"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crawler.models import ConsentChange, DomainGroup, HostHealth, Schedule
from datacards.models import Corpus, Run, User
from datacards.models.work import RunQuerySet
from governance import acts, rates, schedules, words
from governance.access import readable_changes, readable_domains
from governance.changes import few_domains, known_shares
from governance.forms import GroupForm, ScheduleForm
from governance.views.domains import readable_domain
from governance.views.paging import Order, Page, page
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

EACH = 50
LATELY = 8
RUNS = 1000  # of the last day, for the picture of its hours
BEGUN = timedelta(days=7)  # of those, how long ago they may have begun
SOONEST = Order("next_at", tie="id")
LAST_ASKED = Order("last_at", tie="domain_id", descending=True)


@require_GET
def crawls(request: HttpRequest) -> HttpResponse:
    """Everything that a crawl operator looks after."""
    person, now = who(request), timezone.now()
    found = Run.objects.visible_to(person).filter(kind="crawl")
    living = list(found.living().select_related("corpus__owner", "started_by").order_by("created_at", "id")[: EACH + 1])
    context: dict[str, Any] = {
        "living": [(run, acts.drives(person, run)) for run in living[:EACH]], "more_living": len(living) > EACH,
    }  # fmt: skip
    if request.headers.get("HX-Target") == "living":
        return render(request, "governance/parts/living_crawls.html", context)
    trouble, changes = _known(person)
    hosts = page(trouble, LAST_ASKED, lambda row: row.last_at, request.GET.get("hosts", ""),
                 EACH)  # fmt: skip
    context |= _schedules(request) | {
        "trouble": hosts, "now": now, "hours": _hours(found, living, now),
        "said": _said(_next(person), living, hosts, now),
        "groups": _groups(person),
        "changes": changes.select_related("domain").order_by("-at", "-id")[:LATELY],
    }  # fmt: skip
    return render(request, "governance/crawls.html", context)


def _groups(person: User) -> list[DomainGroup]:
    rows = schedules.readable_groups(person).annotate(size=Count("domains"))
    return list(rows.order_by("name")[:EACH]) if person.stewards else []


def _known(person: User) -> tuple[QuerySet[HostHealth], QuerySet[ConsentChange]]:
    """Hosts in trouble and changes, as far as one may know of their domains."""
    trouble, changes = schedules.readable_trouble(person), readable_changes(person)
    if person.administers:
        return trouble, changes
    few = few_domains(known_shares(person))
    return (trouble, changes) if few is None else (trouble.filter(domain__in=few), changes.filter(domain__in=few))


def _schedules(request: HttpRequest) -> dict[str, Any]:
    """A page of those that are active, the next first; on the last page also the paused ones."""
    person = who(request)
    rows = schedules.readable_schedules(person)
    shown = page(rows.filter(active=True), SOONEST, lambda row: row.next_at, request.GET.get("schedules", ""), EACH)
    listed = list(shown.rows) + (
        [] if shown.next else list(rows.filter(active=False).order_by("-made_at", "id")[:EACH])
    )
    return {"schedules": [(each, schedules.manages(person, each)) for each in listed], "schedule_page": shown}


def _next(person: User) -> datetime | None:
    coming = schedules.readable_schedules(person).filter(active=True).order_by("next_at", "id")
    return coming.values_list("next_at", flat=True).first()


def _hours(found: RunQuerySet, living: list[Run], now: datetime) -> list[rates.Hour]:
    ended = found.filter(ended_at__gte=now - timedelta(days=1), created_at__gte=now - BEGUN)
    series = rates.hours([*living, *ended.order_by("-created_at", "-id")[:RUNS]], now)
    return series if any(hour.domains for hour in series) else []


def _said(coming: datetime | None, living: list[Run], trouble: Page[HostHealth], now: datetime) -> str:
    """The answer in one sentence."""
    under_way = _many(living[:EACH], len(living) > EACH, "crawl")
    parts = [f"{under_way} under way" if living else "nothing is being asked now"]
    if coming:
        parts.append("the next crawl is due" if coming <= now else f"the next crawl begins {words.ago(coming, now)}")
    failing = _many(trouble.rows, bool(trouble.next or trouble.previous), "host")
    parts.append(f"{failing} in trouble" if trouble.rows else "no host is in trouble")
    told = ", ".join(parts)
    return f"{told[0].upper()}{told[1:]}."


def _many(rows: Sequence[Any], more: bool, one: str) -> str:
    return f"{len(rows)} {one}s or more" if more else words.plural(len(rows), one)


# --- schedules ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def schedule_add(request: HttpRequest) -> HttpResponse:
    """A new schedule."""
    form = _schedule_form(request, initial={"target": request.GET.get("target", "")})
    made = attempt(form, lambda: _add(request, form)) if request.POST else None
    if made:
        messages.success(request, f"The sites of {made.target} are asked every {made.every_hours} h from now on.")
        return back_to("crawls")
    return _form_page(request, "governance/schedule.html", form)


def _schedule_form(request: HttpRequest, initial: dict[str, Any]) -> ScheduleForm:
    person = who(request)
    corpora = Corpus.objects.managed_by(person).order_by("name").values_list("pk", "name")[:500]
    groups = schedules.readable_groups(person).values_list("pk", "name")[:500]
    form = ScheduleForm(request.POST or None, initial=initial)
    form.fields["target"].choices = [  # type: ignore[attr-defined]
        ("Corpora", [(f"corpus:{pk}", name) for pk, name in corpora]),
        ("Groups", [(f"group:{pk}", name) for pk, name in groups]),
    ]
    return form


def _add(request: HttpRequest, form: ScheduleForm) -> Schedule:
    chosen = dict(form.cleaned_data)
    kind, _, pk = chosen.pop("target").partition(":")  # one of the choices, so one that there is
    if kind == "corpus":
        return schedules.add(who(request), corpus=Corpus.objects.select_related("owner").get(pk=pk), **chosen)
    return schedules.add(who(request), group=schedules.readable_groups(who(request)).get(pk=pk), **chosen)


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Change a schedule."""
    found = _schedule(request, schedule_id)
    schedules.must_manage(who(request), found, "change this schedule")
    initial = {n: getattr(found, n) for n in ("every_hours", "jitter_minutes", "documents")}
    form = ScheduleForm(request.POST or None, initial=initial)
    del form.fields["target"]
    act = partial(schedules.change, who(request), found)
    changed = attempt(form, lambda: act(**form.cleaned_data)) if request.POST else None
    if changed:
        messages.success(request, "The schedule is changed.")
        return back_to("crawls")
    return _form_page(request, "governance/schedule.html", form, schedule=found)


@require_POST
def schedule_pause(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Start no run until it is resumed."""
    return _pressed(request, schedule_id, schedules.pause, "The schedule is paused; a run that lives goes on.")


@require_POST
def schedule_resume(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Start runs again."""
    return _pressed(request, schedule_id, schedules.resume, "The schedule goes on at its next time.")


@require_POST
def schedule_remove(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Delete it."""
    return _pressed(request, schedule_id, schedules.remove, "The schedule is deleted; its runs stay.")


@require_POST
def schedule_ask(request: HttpRequest, schedule_id: uuid.UUID) -> HttpResponse:
    """Ask its sites now."""
    return _pressed(request, schedule_id, schedules.ask_now, "Asking its sites now.")


def _pressed(request: HttpRequest, schedule_id: uuid.UUID, act: Callable[..., Any], said: str) -> HttpResponse:
    found = _schedule(request, schedule_id)
    press(request, lambda: act(who(request), found), said)
    return back_to("crawls")


def _schedule(request: HttpRequest, schedule_id: uuid.UUID) -> Schedule:
    found = schedules.readable_schedules(who(request)).filter(pk=schedule_id).first()
    if found is None:
        raise Http404
    return found


# --- groups and hosts --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def group_add(request: HttpRequest) -> HttpResponse:
    """A new group of domains."""
    form = GroupForm(request.POST or None)
    made = attempt(form, lambda: schedules.add_group(who(request), **form.cleaned_data)) if request.POST else None
    if made:
        messages.success(request, f"{made.name} holds {words.plural(made.domains.count(), 'domain')}.")
        return redirect("group", made.pk)
    return _form_page(request, "governance/group.html", form)


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """A group's domains, as far as one may know of them."""
    found = _group(request, group_id)
    names = readable_domains(who(request)).filter(pk__in=found.domains.values("pk")).order_by("name")
    listed = list(names.values_list("name", flat=True)[: schedules.MOST_DOMAINS])
    form = GroupForm(request.POST or None, initial={"name": found.name, "domains": "\n".join(listed)})
    act = partial(schedules.change_group, who(request), found)
    changed = attempt(form, lambda: act(**form.cleaned_data)) if request.POST else None
    if changed:
        messages.success(request, "The group is changed.")
        return back_to("group", group_id)
    return _form_page(
        request, "governance/group.html", form, group=found, size=len(listed), schedules=_schedules_of(found)
    )


def _schedules_of(group: DomainGroup) -> QuerySet[Schedule]:
    return Schedule.objects.filter(group=group).select_related("group")


@require_POST
def group_remove(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """Delete a group with its schedules."""
    found = _group(request, group_id)
    press(request, lambda: schedules.remove_group(who(request), found), f"{found.name} and its schedules are deleted.")
    return back_to("crawls")


def _group(request: HttpRequest, group_id: uuid.UUID) -> DomainGroup:
    found = schedules.readable_groups(who(request)).filter(pk=group_id).first()
    if found is None:
        raise Http404
    return found


@require_POST
def host_ask(request: HttpRequest, name: str) -> HttpResponse:
    """Ask one host now, although it is left alone for a while."""
    site = readable_domain(request, name)
    press(request, lambda: schedules.ask_host(who(request), site), f"Asking {site.name} now.")
    return back_to("crawls")


def _form_page(request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=UNPROCESSABLE if form.errors else 200)
