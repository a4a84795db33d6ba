"""`manage.py people`: who may sign in, and as what; add somebody, give another role or a new password."""

import getpass
import sys
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from rich.console import RenderableType
from rich.text import Text

from datacards.errors import BadInput
from datacards.models import Role, User
from governance import acts
from governance.api.people import Person
from governance.management.base import Command as Base
from governance.management.base import named, table
from governance.words import ago


class Command(Base):
    """Lists people, adds them, and changes roles and passwords."""

    help = "List who may sign in; add somebody, give another role, or set a new password."
    acting = "it is done with their rights"
    examples = """\
examples:
  manage.py people add ada --role admin
  manage.py people role rita steward
  pass show ada | manage.py people password ada --password-stdin"""

    def take(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", metavar="list|add|role|password")
        listed = tasks.add_parser("list", help="list everybody (as without a word)")
        add = tasks.add_parser("add", help="let somebody sign in; asks for a first password")
        add.add_argument("username", help="the name to sign in with")
        add.add_argument("--role", choices=Role.values, default=Role.READER, help="what they may do (%(default)s)")
        add.add_argument("--email", default="", help="where they read mail")
        role = tasks.add_parser("role", help="give somebody another role")
        role.add_argument("username")
        role.add_argument("role", choices=Role.values)
        password = tasks.add_parser("password", help="set a new password; ends their sessions")
        password.add_argument("username")
        for task in (add, password):
            task.add_argument("--password-stdin", action="store_true", help="read it from standard input")
        for task in (listed, add, role, password):
            self.take_common(task, again=True)

    def do(self, options: Mapping[str, Any]) -> None:
        tasks = {"add": self._add, "role": self._role, "password": self._password}
        tasks.get(options["task"] or "list", self._list)(options)

    def _list(self, options: Mapping[str, Any]) -> None:
        found = list(User.objects.order_by("username")[:1000])
        plain = {"items": [Person.of(person).model_dump(mode="json") for person in found]}
        self.tell(plain, lambda: _table(found))

    def _add(self, options: Mapping[str, Any]) -> None:
        chosen = {name: options[name] for name in ("username", "role", "email")}
        made = acts.add_person(self.looker(), password=_password(options), **chosen)
        said = f"{made.get_username()} may sign in as {made.get_role_display().lower()}."
        self.tell(Person.of(made), lambda: Text(said))

    def _role(self, options: Mapping[str, Any]) -> None:
        changed = acts.set_role(self.looker(), named(options["username"]), options["role"])
        self.tell(Person.of(changed), lambda: Text(f"{changed} is {changed.get_role_display().lower()} now."))

    def _password(self, options: Mapping[str, Any]) -> None:
        acts.must_administer(self.looker(), "set somebody's password")
        person, password = named(options["username"]), _password(options)
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise BadInput("password: " + " ".join(error.messages)) from None
        person.set_password(password)
        person.save(update_fields=["password"])
        self.tell(Person.of(person), lambda: Text(f"{person} has a new password."))


def _password(options: Mapping[str, Any]) -> str:
    """Never an argument: those are seen by everybody on the machine, and kept in a shell's history."""
    if options["password_stdin"]:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput("password: there is no terminal to ask at; give it by --password-stdin.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise BadInput("password: the two are not the same.")
    return first


def _table(found: list[User]) -> RenderableType:
    drawn = table("name", "role", "may sign in", "last time")
    for person in found:
        may = "yes" if person.is_active and person.has_usable_password() else "no"
        drawn.add_row(person.get_username(), person.role, may, ago(person.last_login) if person.last_login else "never")
    return drawn if found else Text("There is nobody. `people add NAME --role admin` lets the first one in.")
