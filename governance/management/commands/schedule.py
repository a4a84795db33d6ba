"""`manage.py schedule`: whose sites are asked by themselves; add, pause, resume, remove, ask now; groups of domains."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count, Q
from rich.console import RenderableType
from rich.text import Text

from crawler.documents import Document
from crawler.models import DomainGroup, Schedule
from datacards.errors import BadInput
from datacards.models import User
from governance import schedules
from governance.access import readable_domains
from governance.api.runs import RunItem
from governance.api.schedules import GroupItem, GroupWithDomains, ScheduleItem
from governance.management.base import Command as Base
from governance.management.base import table
from governance.management.commands.runs import described
from governance.summary import badge
from governance.words import ago, plural

MOST = 1000  # told at once


class Command(Base):
    """Lists schedules and groups of domains, and changes them."""

    help = "List whose sites are asked by themselves; add, pause, resume or remove a schedule, or ask its sites now."
    examples = """\
examples:
  manage.py schedule add acme/web-2026 --every-hours 24 --jitter-minutes 60
  manage.py schedule groups news --hosts news.example.org www.daily.example
  manage.py schedule add --group news --documents robots terms
  manage.py schedule pause acme/web-2026"""

    def take(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", metavar="list|add|pause|resume|remove|ask|groups")
        listed = tasks.add_parser("list", help="list them, the next first (as without a word)")
        add = tasks.add_parser("add", help="ask the sites of a corpus or of a group again and again")
        _take_rhythm(add)
        acts = [tasks.add_parser(name, help=told) for name, told in ACTS.items()]
        for act in acts:
            act.add_argument("which", help="the name of its corpus or group, or the first characters of its id")
        acts[-1].add_argument("--detach", action="store_true", help="leave the work to the workers of `up`")
        groups = tasks.add_parser("groups", help="list groups of domains; make, change or remove one")
        _take_group(groups)
        for task in (listed, add, *acts, groups):
            self.take_common(task, again=True)

    def do(self, options: Mapping[str, Any]) -> None:
        tasks = {"add": self._add, "ask": self._ask, "groups": self._groups}
        tasks |= dict.fromkeys(("pause", "resume", "remove"), self._act)
        tasks.get(options["task"], self._list)(options)

    def _list(self, options: Mapping[str, Any]) -> None:
        rows = schedules.readable_schedules(self.looker()).order_by("-active", "next_at", "id")
        found = list(rows[:MOST])
        plain = {"items": [ScheduleItem.of(schedule).model_dump(mode="json") for schedule in found]}
        self.tell(plain, lambda: _table(found))

    def _add(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        if bool(options["corpus"]) == bool(options["group"]):
            raise BadInput("Name either a corpus or, by --group, a group of domains.")
        made = schedules.add(
            person, corpus=self.corpus(options["corpus"], person) if options["corpus"] else None,
            group=_group(person, options["group"]) if options["group"] else None,
            every_hours=options["every_hours"], jitter_minutes=options["jitter_minutes"],
            documents=options["documents"] or (),
        )  # fmt: skip
        self._say(made, f"The sites of {made.target} are asked every {made.every_hours} h from now on.")

    def _act(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        found = _found(person, options["which"])
        plain = ScheduleItem.of(found)
        getattr(schedules, options["task"])(person, found)
        if options["task"] == "remove":
            self.tell(plain, lambda: Text(f"The schedule of {found.target} is removed; its runs stay."))
        else:
            self._say(found, f"The schedule of {found.target} {SAID[options['task']]}.")

    def _say(self, schedule: Schedule, said: str) -> None:
        self.tell(ScheduleItem.of(schedule), lambda: Text(said))

    def _ask(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        found = _found(person, options["which"])
        run = schedules.ask_now(person, found, wake=options["detach"])
        if not options["detach"]:
            run = self.driven(f"crawl {found.target}", run)
        self.tell(RunItem.of(run), lambda: described(run))

    # --- groups --------------------------------------------------------------------------------------------

    def _groups(self, options: Mapping[str, Any]) -> None:
        hosts = _hosts(options)
        if not options["name"]:
            self._list_groups()
        elif options["remove"]:
            self._remove_group(options["name"])
        elif hosts is None:
            self._tell_group(_group(self.looker(), options["name"]))
        else:
            self._save_group(options["name"], hosts)

    def _list_groups(self) -> None:
        found = list(schedules.readable_groups(self.looker()).annotate(size=Count("domains")).order_by("name")[:MOST])
        plain = {"items": [GroupItem.of(group).model_dump(mode="json") for group in found]}
        self.tell(plain, lambda: _group_table(found))

    def _save_group(self, name: str, hosts: str) -> None:
        person = self.person()
        known = schedules.readable_groups(person).filter(owner=person, name=name).first()
        if known is None:
            self._tell_group(schedules.add_group(person, name=name, domains=hosts))
        else:
            self._tell_group(schedules.change_group(person, known, name=name, domains=hosts))

    def _remove_group(self, name: str) -> None:
        person = self.person()
        found = _group(person, name)
        plain = _group_item(found)
        schedules.remove_group(person, found)
        self.tell(plain, lambda: Text(f"The group {name} and its schedules are removed."))

    def _tell_group(self, group: DomainGroup) -> None:
        names = readable_domains(group.owner).filter(pk__in=group.domains.values("pk")).order_by("name")
        domains = list(names.values_list("name", flat=True))
        plain = GroupWithDomains(**_group_item(group).model_dump(), domains=domains)
        said = f"{group.name} holds {plural(len(domains), 'domain')}: {', '.join(domains[:20])}"
        self.tell(plain, lambda: Text(said + (" …" if len(domains) > 20 else ".")))


ACTS = {
    "pause": "start no run until it is resumed",
    "resume": "start runs again, from its next time on",
    "remove": "delete it; its runs stay",
    "ask": "ask all its sites now, here",
}
SAID = {"pause": "is paused; a run that lives goes on", "resume": "goes on at its next time"}


def _take_rhythm(parser: Any) -> None:
    parser.add_argument("corpus", nargs="?", default="", help="the corpus's name, such as acme/web-2026")
    parser.add_argument("--group", default="", metavar="NAME", help="a group of domains, instead of a corpus")
    parser.add_argument("--every-hours", type=int, default=24, metavar="N", help="how often (%(default)s)")
    parser.add_argument(
        "--jitter-minutes", type=int, default=30, metavar="N", help="each run begins up to so much later (%(default)s)"
    )
    parser.add_argument(
        "--documents", nargs="+", metavar="NAME", help=f"only these: {', '.join(Document)} (default: as a crawl does)"
    )


def _take_group(parser: Any) -> None:
    parser.add_argument("name", nargs="?", default="", help="show this group")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--hosts", nargs="+", metavar="HOST", help="make it hold these")
    change.add_argument("--hosts-from", metavar="FILE", help="make it hold those of a file, one a line; - is the input")
    change.add_argument("--remove", action="store_true", help="delete it with its schedules")


def _hosts(options: Mapping[str, Any]) -> str | None:
    """The list of hosts that was given; None where none was."""
    if options["hosts"]:
        return "\n".join(options["hosts"])
    if not options["hosts_from"]:
        return None
    try:
        return sys.stdin.read() if options["hosts_from"] == "-" else Path(options["hosts_from"]).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{options['hosts_from']}: this is no text file that can be read ({error}).") from None


def _found(person: User, which: str) -> Schedule:
    rows = schedules.readable_schedules(person)
    named = Q(corpus__name=which) | Q(group__name=which)
    begun = Q(id__startswith=which.lower()) if which.replace("-", "").isalnum() else Q(pk=None)
    found = list(rows.filter(named)[:2]) or list(rows.filter(begun)[:2])
    if len(found) != 1:
        raise BadInput(
            f"{which[:200]!r} means more than one schedule; give the first characters of its id."
            if found else f"There is no schedule {which[:200]!r}; `schedule list` shows them."
        )  # fmt: skip
    return found[0]


def _group(person: User, name: str) -> DomainGroup:
    found = list(schedules.readable_groups(person).filter(name=name)[:2])
    if len(found) != 1:
        raise BadInput(
            f"More than one person has a group called {name[:200]!r}; say whose by --as."
            if found else f"There is no group called {name[:200]!r}; `schedule groups` lists them."
        )  # fmt: skip
    return found[0]


def _group_item(group: DomainGroup) -> GroupItem:
    group.size = group.domains.count()  # type: ignore[attr-defined]
    return GroupItem.of(group)


def _table(found: list[Schedule]) -> RenderableType:
    drawn = table("id", "whose sites", "every", "next", "last", "by")
    for schedule in found:
        following = ago(schedule.next_at) if schedule.active else badge("paused")
        last = badge(schedule.last_run.state) if schedule.last_run else "never"
        name = f"{schedule.target}{'' if schedule.corpus else ' (group)'}"
        by = str(schedule.made_by)
        drawn.add_row(str(schedule.pk)[:8], name, f"{schedule.every_hours} h", following, last, by)
    return drawn if found else Text("Nothing is asked by itself. `schedule add CORPUS` changes that.")


def _group_table(found: list[Any]) -> RenderableType:
    drawn = table("name", "owner", "domains", right=("domains",))
    for group in found:
        drawn.add_row(group.name, str(group.owner), f"{group.size:,}")
    return drawn if found else Text("There is none. `schedule groups NAME --hosts …` makes one.")
