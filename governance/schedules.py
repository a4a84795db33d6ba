"""Schedules: what is asked by itself, how often, and on whose behalf; groups of domains; and asking now.

A schedule acts with the rights of whoever made it, at the moment it starts a run: when that person may no longer
manage the corpus, or the group has nothing left that they may know of, it pauses and says why.
"""

import logging
import re
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crawler.documents import Document
from crawler.models import ROBOTS, DomainGroup, HostHealth, Schedule, Snapshot
from crawler.models.watching import LONGEST_HOURS
from datacards import runs
from datacards.errors import BadInput, Conflict, Expected, Refused
from datacards.interning import registrable, shard
from datacards.models import Corpus, Domain, Run, User
from datacards.models.corpus import Reader
from governance import acts
from governance.access import readable_domains

log = logging.getLogger(__name__)

MOST_DOMAINS = 10_000  # of a group
MOST_MISTAKES = 20  # told at once
ASKED_LATELY = timedelta(minutes=5)
HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*\Z")


# --- who sees what -----------------------------------------------------------------------------------------


def readable_schedules(reader: Reader) -> QuerySet[Schedule]:
    """Those of corpora that this reader may read, and those of their own groups; all for an admin."""
    rows = Schedule.objects.select_related("corpus__owner", "corpus__latest", "group__owner", "last_run", "made_by")
    if isinstance(reader, User) and reader.administers:
        return rows
    mine = Q(group__owner=reader) if isinstance(reader, User) else Q(pk=None)
    return rows.filter(Q(corpus__in=Corpus.objects.readable_by(reader)) | mine)


def readable_groups(reader: Reader) -> QuerySet[DomainGroup]:
    """One's own; all for an admin."""
    rows = DomainGroup.objects.select_related("owner")
    if not isinstance(reader, User) or not reader.is_active:
        return rows.none()
    return rows if reader.administers else rows.filter(owner=reader)


def readable_trouble(reader: Reader) -> QuerySet[HostHealth]:
    """Hosts in trouble among the domains that this reader may know of."""
    rows = HostHealth.objects.select_related("domain")
    if isinstance(reader, User) and reader.administers:
        return rows
    return rows.filter(domain__in=readable_domains(reader))


def manages(by: User, schedule: Schedule) -> bool:
    """This person may change this schedule: who manages its corpus, or owns its group; an admin."""
    return acts.manages(by, schedule.corpus) if schedule.corpus else _owns(by, schedule.group)


def _owns(by: User, group: DomainGroup | None) -> bool:
    return by.administers or bool(group and by.stewards and group.owner_id == by.pk)


def must_manage(by: User, schedule: Schedule, what: str) -> None:
    """Refuse whoever may not change this schedule; `what` ends the sentence."""
    if not manages(by, schedule):
        owner = schedule.target.owner.get_username()
        raise Refused(f"Only {owner}, whose {_noun(schedule)} it is, or an admin may {what}.")


def _noun(schedule: Schedule) -> str:
    return "corpus" if schedule.corpus_id else "group"


# --- schedules ---------------------------------------------------------------------------------------------


def add(
    by: User,
    *,
    corpus: Corpus | None = None,
    group: DomainGroup | None = None,
    every_hours: int = 24,
    jitter_minutes: int = 30,
    documents: Iterable[str] = (),
) -> Schedule:
    """Ask the sites of a corpus or of a group every so many hours, for the first time at once."""
    if (corpus is None) == (group is None):
        raise BadInput("corpus: name either a corpus or a group of domains.")
    schedule = Schedule(corpus=corpus, group=group, made_by=by, anchor=timezone.now())
    must_manage(by, schedule, "let its sites be asked by itself")
    return _saved(schedule, every_hours, jitter_minutes, documents)


def change(
    by: User, schedule: Schedule, *, every_hours: int, jitter_minutes: int, documents: Iterable[str] = ()
) -> Schedule:
    """Another rhythm, counted from the last run's start."""
    must_manage(by, schedule, "change this schedule")
    if schedule.last_at:
        schedule.anchor, schedule.occurrence = schedule.last_at, 1
    return _saved(schedule, every_hours, jitter_minutes, documents)


def pause(by: User, schedule: Schedule) -> Schedule:
    """Start no run until it is resumed; one that lives goes on."""
    must_manage(by, schedule, "pause this schedule")
    schedule.active, schedule.sentence = False, ""
    schedule.save(update_fields=["active", "sentence"])
    return schedule


def resume(by: User, schedule: Schedule) -> Schedule:
    """Start runs again, from the next occurrence on; on behalf of whoever resumes it."""
    must_manage(by, schedule, "resume this schedule")
    schedule.active, schedule.sentence, schedule.made_by = True, "", by
    schedule.occurrence = schedule.rhythm.after(timezone.now())
    schedule.next_at = schedule.rhythm.at(schedule.occurrence)
    schedule.save(update_fields=["active", "sentence", "made_by", "occurrence", "next_at"])
    return schedule


def remove(by: User, schedule: Schedule) -> None:
    """Delete it; the runs that it started stay."""
    must_manage(by, schedule, "delete this schedule")
    schedule.delete()


def _saved(schedule: Schedule, every_hours: int, jitter_minutes: int, documents: Iterable[str]) -> Schedule:
    if not 1 <= every_hours <= LONGEST_HOURS:
        raise BadInput(f"every_hours: between 1 and {LONGEST_HOURS:,} hours (a year).")
    if not 0 <= jitter_minutes <= every_hours * 30:
        raise BadInput(f"jitter_minutes: at most half of the time between two runs, so {every_hours * 30:,} minutes.")
    unknown = sorted(set(documents) - {document.value for document in Document})
    if unknown:
        raise BadInput(f"documents: {unknown[0][:40]!r} is not one of {', '.join(Document)}.")
    schedule.every_hours, schedule.jitter_minutes = every_hours, jitter_minutes
    schedule.documents = [document.value for document in Document if document in set(documents)]
    schedule.next_at = schedule.rhythm.at(schedule.occurrence)
    schedule.save()
    return schedule


# --- starting runs -----------------------------------------------------------------------------------------


def run_due(now: datetime | None = None, wake: bool = True) -> list[Run]:
    """Start a run for each schedule that is due, exactly once; what was missed is not made up for."""
    now = now or timezone.now()
    due = Schedule.objects.filter(active=True, next_at__lte=now).order_by("next_at", "id")
    started = [_guarded(pk, now, wake) for pk in list(due.values_list("pk", flat=True))]
    return [run for run in started if run is not None]


def _guarded(pk: uuid.UUID, now: datetime, wake: bool) -> Run | None:
    """One schedule that cannot be started must not keep the others waiting."""
    try:
        with transaction.atomic():
            return _start(pk, now, wake)
    except OperationalError:
        raise
    except Exception:
        log.exception("schedule %s could not be started", pk)
        return None


def _start(pk: uuid.UUID, now: datetime, wake: bool) -> Run | None:
    rows = Schedule.objects.select_related("corpus__latest", "corpus__owner", "group__owner", "made_by")
    # Another beat, or somebody who asks for it now, is at this very schedule: it is looked at again at the next beat.
    schedule = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if schedule is None or _lives(schedule) or not _claimed(schedule, now):
        return None
    try:
        run = _run(schedule.made_by, schedule, wake)
    except Expected as error:
        Schedule.objects.filter(pk=pk).update(active=False, sentence=str(error)[:500])
        return None
    Schedule.objects.filter(pk=pk).update(last_run=run, last_at=now)
    return run


def _lives(schedule: Schedule) -> bool:
    """Its last run has not ended: it stays due, and starts when that has."""
    return bool(schedule.last_run_id) and Run.objects.living().filter(pk=str(schedule.last_run_id)).exists()


def _claimed(schedule: Schedule, now: datetime) -> bool:
    """Move the schedule on, if nobody else has: of two beats one gets True."""
    following = max(schedule.occurrence + 1, schedule.rhythm.after(now))
    ours = Schedule.objects.filter(pk=schedule.pk, active=True, next_at=schedule.next_at, next_at__lte=now)
    return bool(ours.update(occurrence=following, next_at=schedule.rhythm.at(following)))


def _run(by: User, schedule: Schedule, wake: bool, patient: bool = True) -> Run:
    must_manage(by, schedule, "have its sites asked")
    names = _names(schedule.group) if schedule.group else None
    params = schedule.params(names)
    if not patient:
        params |= {"patient": False, "fresh_for_hours": 0}
    reason = f"Every {schedule.every_hours} h." if patient else "Asked for now, beside its schedule."
    corpus = schedule.corpus
    return runs.start(
        "crawl", by=by, params=params, reason=reason, corpus=corpus, wake=wake,
        revision=corpus.revision if corpus else None,
    )  # fmt: skip


def _names(group: DomainGroup) -> list[str]:
    """A group's domains, as far as its owner may know of them now."""
    known = readable_domains(group.owner).filter(pk__in=group.domains.values("pk"))
    names = list(known.order_by("name").values_list("name", flat=True))
    if not names:
        raise BadInput(f"The group {group.name} holds no domain that its owner may know of: add some.")
    return names


def ask_now(by: User, schedule: Schedule, wake: bool = True) -> Run:
    """Ask all its sites now, also those that are left alone for a while; the schedule itself goes on as before."""
    must_manage(by, schedule, "have its sites asked")
    with transaction.atomic():
        held = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
        if held.last_run_id and _lives(held):
            raise Conflict("Its last run has not ended yet; wait for it, or cancel it.")
        run = _run(by, schedule, wake, patient=False)
        Schedule.objects.filter(pk=schedule.pk).update(last_run=run, last_at=timezone.now())
    return run


def ask_host(by: User, domain: Domain, wake: bool = True) -> Run:
    """Ask one host now, although it is left alone for a while; not more often than every few minutes."""
    if not by.stewards:
        raise Refused("Only stewards may have a site asked.")
    lately = Snapshot.objects.filter(domain=domain, channel=ROBOTS, fetched_at__gt=timezone.now() - ASKED_LATELY)
    if lately.exists():
        raise Conflict(f"{domain.name} was asked a few minutes ago; wait a little.")
    params = {"domains": [domain.name], "fresh_for_hours": 0}
    living = Run.objects.living().filter(kind="crawl", started_by=by, params=params).first()
    return living or runs.start("crawl", by=by, params=params, reason=f"Ask {domain.name} now.", wake=wake)


# --- groups ------------------------------------------------------------------------------------------------


def add_group(by: User, *, name: str, domains: str) -> DomainGroup:
    """A new group; `domains` is a list, one host a line."""
    if not by.stewards:
        raise Refused("Only stewards may make groups of domains.")
    return _group(DomainGroup(owner=by), by, name, domains)


def change_group(by: User, group: DomainGroup, *, name: str, domains: str) -> DomainGroup:
    """Another name, or other domains."""
    _must_own(by, group)
    return _group(group, by, name, domains)


def remove_group(by: User, group: DomainGroup) -> None:
    """Delete it with its schedules."""
    _must_own(by, group)
    group.delete()


def _must_own(by: User, group: DomainGroup) -> None:
    if not _owns(by, group):
        raise Refused(f"Only {group.owner.get_username()}, whose group it is, or an admin may do that.")


def _group(group: DomainGroup, by: User, name: str, domains: str) -> DomainGroup:
    group.name = name.strip()
    if not group.name or len(group.name) > 200 or not group.name.isprintable():
        raise BadInput("name: give it a name of 1 to 200 characters.")
    known = _known(by, _hosts(domains))
    try:
        with transaction.atomic():
            group.save()
            group.domains.set(known)
    except IntegrityError as error:
        raise Conflict(f"name: you have a group called {group.name} already.") from error
    return group


def _hosts(text: str) -> dict[str, int]:
    """Host → its line. Raises BadInput with every line that is none, up to a limit."""
    found: dict[str, int] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        host = line.partition("#")[0].strip().lower().rstrip(".")
        if host and not HOST.match(host):
            wrong.append(f"line {number}, {line.strip()[:60]!r}, is not a host name such as news.example.org")
        elif host:
            found.setdefault(host, number)
    _tell(wrong)
    if not found:
        raise BadInput("domains: give at least one host name, one a line.")
    if len(found) > MOST_DOMAINS:
        raise BadInput(f"domains: at most {MOST_DOMAINS:,}; these are {len(found):,}. Make a corpus of them instead.")
    return found


def _known(by: User, hosts: dict[str, int]) -> list[int]:
    """Their ids. An admin may watch any host; others those of corpora that they may read, and no other is told of."""
    if by.administers:
        rows = [Domain(name=h, registrable=registrable(h), shard=shard(registrable(h))) for h in sorted(hosts)]
        Domain.objects.bulk_create(rows, ignore_conflicts=True)
    readable = dict(readable_domains(by).filter(name__in=hosts).values_list("name", "id"))
    reason = "is in no corpus that you may read"
    _tell([f"line {line}, {host}, {reason}" for host, line in hosts.items() if host not in readable])
    return list(readable.values())


def _tell(wrong: list[str]) -> None:
    if wrong:
        more = f"; and {len(wrong) - MOST_MISTAKES} more lines" if len(wrong) > MOST_MISTAKES else ""
        raise BadInput(f"domains: {'; '.join(wrong[:MOST_MISTAKES])}{more}.")
