"""What is asked by itself: schedules, groups of domains, hosts in trouble, and asking now."""

import uuid
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field, StrictBool

from crawler.models import DomainGroup, HostHealth, Schedule
from crawler.models.watching import LONGEST_HOURS
from datacards.errors import BadInput
from datacards.models import RunState
from governance import schedules
from governance.access import readable_domains
from governance.api.domains import found_domain
from governance.api.paging import Page, Place, Sort, newest, page
from governance.api.runs import IdempotencyHeader, RunItem, started
from governance.api.schemas import CorpusName, DocumentName, Given, Line, name_of
from governance.views.paging import Order
from governance.views.shared import readable, who

router = Router(tags=["Schedules"])
SOONEST = Sort(Order("next_at"), lambda row: row.next_at)
BY_NAME = Sort(Order("name"), lambda row: row.name)


class GroupName(BaseModel):
    """A group as others mention it."""

    id: uuid.UUID
    name: str


class ScheduleItem(BaseModel):
    """Whose sites are asked by themselves, how often, and how it went last."""

    id: uuid.UUID
    corpus: CorpusName | None
    group: GroupName | None
    every_hours: int
    jitter_minutes: int = Field(description="Each run begins up to so much later.")
    documents: list[DocumentName] = Field(description="Empty: what a crawl asks for by itself.")
    active: bool
    sentence: str = Field(description="Why it was paused by itself.")
    next_at: datetime
    last_at: datetime | None
    last_run: uuid.UUID | None
    last_state: RunState | None
    made_by: str | None
    made_at: datetime

    @classmethod
    def of(cls, row: Schedule) -> "ScheduleItem":
        """From its row."""
        names = ("every_hours", "jitter_minutes", "active", "sentence", "next_at", "last_at", "made_at")
        return cls(
            id=row.pk, corpus=CorpusName.of(row.corpus) if row.corpus else None,
            group=GroupName(id=row.group.pk, name=row.group.name) if row.group else None,
            documents=cast(list[DocumentName], row.documents), last_run=row.last_run_id,
            last_state=RunState(row.last_run.state) if row.last_run else None, made_by=name_of(row.made_by),
            **{name: getattr(row, name) for name in names},
        )  # fmt: skip


class Rhythm(Given):
    """How often, and what for."""

    every_hours: int = Field(24, ge=1, le=LONGEST_HOURS)
    jitter_minutes: int = Field(30, ge=0, description="At most half of the time between two runs.")
    documents: list[DocumentName] = Field([], max_length=20, description="None: what a crawl asks for by itself.")


class NewSchedule(Rhythm):
    """Whose sites to ask: those of a corpus that you manage, or of a group of yours."""

    corpus: uuid.UUID | None = None
    group: uuid.UUID | None = None


class ChangedSchedule(Given):
    """What to change; what is left out stays."""

    every_hours: int | None = Field(None, ge=1, le=LONGEST_HOURS)
    jitter_minutes: int | None = Field(None, ge=0)
    documents: list[DocumentName] | None = Field(None, max_length=20)
    active: StrictBool | None = Field(None, description="false pauses it, true resumes it from its next time on.")


class SchedulesQuery(Place):
    """Which schedules to list."""

    corpus: uuid.UUID | None = None
    active: bool | None = None


@router.get("schedules", response=Page[ScheduleItem])
def list_schedules(request: HttpRequest, response: HttpResponse, query: Query[SchedulesQuery]) -> Page[ScheduleItem]:
    """List the schedules of corpora that you may know of and of your groups, the next first."""
    rows = schedules.readable_schedules(who(request))
    if query.corpus:
        rows = rows.filter(corpus=readable(request, query.corpus).pk)
    if query.active is not None:
        rows = rows.filter(active=query.active)
    return page(request, response, rows, SOONEST, ScheduleItem.of, query)


@router.post("schedules", response={201: ScheduleItem})
def add_schedule(request: HttpRequest, schedule: NewSchedule) -> Status[ScheduleItem]:
    """Ask the sites of a corpus or of a group again and again, for the first time at once."""
    given = schedule.model_dump()
    corpus, group = given.pop("corpus"), given.pop("group")
    made = schedules.add(
        who(request), corpus=readable(request, corpus) if corpus else None,
        group=_group(request, group) if group else None, **given,
    )  # fmt: skip
    return Status(201, ScheduleItem.of(made))


@router.get("schedules/{uuid:schedule_id}", response=ScheduleItem)
def get_schedule(request: HttpRequest, schedule_id: uuid.UUID) -> ScheduleItem:
    """Get a schedule: when it runs next, and how it went last."""
    return ScheduleItem.of(_schedule(request, schedule_id))


@router.patch("schedules/{uuid:schedule_id}", response=ScheduleItem)
def change_schedule(request: HttpRequest, schedule_id: uuid.UUID, schedule: ChangedSchedule) -> ScheduleItem:
    """Change a schedule's rhythm, pause or resume it."""
    found, person = _schedule(request, schedule_id), who(request)
    given = {name: value for name, value in schedule.model_dump().items() if value is not None}
    active = given.pop("active", None)
    schedules.must_manage(person, found, "change this schedule")
    with transaction.atomic():
        if given:
            kept = {name: getattr(found, name) for name in Rhythm.model_fields}
            schedules.change(person, found, **(kept | given))
        if active is not None and active != found.active:
            (schedules.resume if active else schedules.pause)(person, found)
    return ScheduleItem.of(found)


@router.delete("schedules/{uuid:schedule_id}", response={204: None})
def remove_schedule(request: HttpRequest, schedule_id: uuid.UUID) -> Status[None]:
    """Delete a schedule; the runs that it started stay."""
    schedules.remove(who(request), _schedule(request, schedule_id))
    return Status(204, None)


@router.post("schedules/{uuid:schedule_id}/ask", response={202: RunItem})
def ask_schedule(
    request: HttpRequest, schedule_id: uuid.UUID, idempotency_key: IdempotencyHeader = None
) -> HttpResponse:
    """Ask all sites of a schedule now, also those that are left alone for a while."""
    found = _schedule(request, schedule_id)
    return started(request, idempotency_key, lambda: schedules.ask_now(who(request), found))


def _schedule(request: HttpRequest, schedule_id: uuid.UUID) -> Schedule:
    found = schedules.readable_schedules(who(request)).filter(pk=schedule_id).first()
    if found is None:
        raise Http404
    return found


# --- groups ------------------------------------------------------------------------------------------------


class GroupItem(GroupName):
    """Domains that somebody watches together."""

    owner: str
    size: int = Field(description="How many domains it holds.")
    made_at: datetime

    @classmethod
    def of(cls, row: Any) -> "GroupItem":
        """From its row, which knows its size."""
        return cls(id=row.pk, name=row.name, owner=row.owner.get_username(), size=row.size, made_at=row.made_at)


class GroupWithDomains(GroupItem):
    """A group with what it holds."""

    domains: list[str] = Field(description="Those that you may know of.")


class NewGroup(Given):
    """A name, and hosts."""

    name: Line
    domains: list[Line] = Field(description=f"Hosts, such as news.example.org; at most {schedules.MOST_DOMAINS:,}.")


class ChangedGroup(Given):
    """What to change; what is left out stays."""

    name: Line | None = None
    domains: list[Line] | None = Field(None, description="All that it holds then.")


@router.get("groups", response=Page[GroupItem])
def list_groups(request: HttpRequest, response: HttpResponse, place: Query[Place]) -> Page[GroupItem]:
    """List your groups of domains; an admin sees everybody's."""
    rows = schedules.readable_groups(who(request)).annotate(size=Count("domains"))
    return page(request, response, rows, BY_NAME, GroupItem.of, place)


@router.post("groups", response={201: GroupWithDomains})
def add_group(request: HttpRequest, group: NewGroup) -> Status[GroupWithDomains]:
    """Make a group of hosts that you may know of, to watch them together."""
    made = schedules.add_group(who(request), name=group.name, domains=_lines(group.domains))
    return Status(201, _told(request, made))


@router.get("groups/{uuid:group_id}", response=GroupWithDomains)
def get_group(request: HttpRequest, group_id: uuid.UUID) -> GroupWithDomains:
    """Get a group with its domains."""
    return _told(request, _group(request, group_id))


@router.patch("groups/{uuid:group_id}", response=GroupWithDomains)
def change_group(request: HttpRequest, group_id: uuid.UUID, group: ChangedGroup) -> GroupWithDomains:
    """Give a group another name or other domains."""
    found = _group(request, group_id)
    domains = _names(request, found) if group.domains is None else group.domains
    name = found.name if group.name is None else group.name
    return _told(request, schedules.change_group(who(request), found, name=name, domains=_lines(domains)))


@router.delete("groups/{uuid:group_id}", response={204: None})
def remove_group(request: HttpRequest, group_id: uuid.UUID) -> Status[None]:
    """Delete a group with its schedules; domains, runs and evidence stay."""
    schedules.remove_group(who(request), _group(request, group_id))
    return Status(204, None)


def _group(request: HttpRequest, group_id: uuid.UUID) -> DomainGroup:
    found = schedules.readable_groups(who(request)).filter(pk=group_id).first()
    if found is None:
        raise Http404
    return found


def _names(request: HttpRequest, group: DomainGroup) -> list[str]:
    known = readable_domains(who(request)).filter(pk__in=group.domains.values("pk")).order_by("name")
    return list(known.values_list("name", flat=True))


def _told(request: HttpRequest, group: DomainGroup) -> GroupWithDomains:
    group.size = group.domains.count()  # type: ignore[attr-defined]
    return GroupWithDomains(**GroupItem.of(group).model_dump(), domains=_names(request, group))


def _lines(domains: list[str]) -> str:
    """As the page's form has them; a host holds no line break."""
    if broken := next((host for host in domains if len(host.splitlines()) > 1), None):
        raise BadInput(f"domains: {broken[:60]!r} is not a host name such as news.example.org.")
    return "\n".join(domains)


# --- hosts -------------------------------------------------------------------------------------------------


class Trouble(BaseModel):
    """A host that gave no answer; schedules leave it alone for a while, longer with each failure."""

    domain: str
    failures: int = Field(description="In a row.")
    since: datetime = Field(description="When it failed first.")
    last_at: datetime
    last_error: str
    next_try_at: datetime

    @classmethod
    def of(cls, row: HostHealth) -> "Trouble":
        """From its row."""
        names = ("failures", "since", "last_at", "last_error", "next_try_at")
        return cls(domain=row.domain.name, **{name: getattr(row, name) for name in names})


@router.get("trouble", response=Page[Trouble])
def list_trouble(request: HttpRequest, response: HttpResponse, place: Query[Place]) -> Page[Trouble]:
    """List the hosts that failed when they were asked last, of those that you may know of; the last asked first."""
    rows = schedules.readable_trouble(who(request))
    return page(request, response, rows, newest("last_at"), Trouble.of, place)


@router.post("domains/{name}/ask", response={202: RunItem})
def ask_domain(request: HttpRequest, name: str, idempotency_key: IdempotencyHeader = None) -> HttpResponse:
    """Ask one host now, although it is left alone for a while; not twice within a few minutes."""
    domain = found_domain(request, name)
    return started(request, idempotency_key, lambda: schedules.ask_host(who(request), domain))
