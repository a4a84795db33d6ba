"""`manage.py token make|list|revoke`: personal tokens for the API, from a terminal."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from rich.console import Group, RenderableType
from rich.text import Text

from datacards.errors import BadInput
from governance import tokens
from governance.api.people import FreshToken, Token
from governance.management.base import Command as Base
from governance.management.base import facts, table
from governance.models import ApiToken
from governance.words import ago, exactly


class Command(Base):
    """Makes, lists and revokes tokens."""

    help = "Make a personal token for the API, list them, or revoke one. A new one is printed once and kept nowhere."
    acting = "the tokens are theirs"
    examples = """\
examples:
  manage.py token make laptop --as ada --scope write --days 30
  manage.py token make ci --as ada --json | jq -r .secret
  manage.py token list --as ada"""

    def take(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True, metavar="make|list|revoke")
        make = tasks.add_parser("make", help="make one")
        make.add_argument("name", help="what it is for")
        make.add_argument("--scope", action="append", choices=list(tokens.SCOPES), help="what it may do (read)")
        make.add_argument("--days", type=int, default=30, help="how long it works (%(default)s)")
        listed = tasks.add_parser("list", help="list them")
        revoke = tasks.add_parser("revoke", help="end one at once")
        revoke.add_argument("id", type=uuid.UUID, help="its id, as `token list` shows it")
        for task in (make, listed, revoke):
            self.take_common(task, again=True)

    def do(self, options: Mapping[str, Any]) -> None:
        {"make": self._make, "list": self._list, "revoke": self._revoke}[options["task"]](options)

    def _make(self, options: Mapping[str, Any]) -> None:
        ends_at = timezone.now() + timedelta(days=max(0, min(options["days"], 10_000)))
        made, secret = tokens.make(
            self.person(), name=options["name"], scopes=options["scope"] or ["read"], ends_at=ends_at
        )  # fmt: skip
        plain = FreshToken(**Token.of(made).model_dump(), secret=secret)
        known = {"for": made.user, "may": ", ".join(made.scopes), "ends": exactly(made.ends_at), "id": made.pk}
        advice = Text("Copy it now: it is shown this once. Send it as “Authorization: Bearer …”.", style="dim")
        self.tell(
            plain, lambda: Group(Text(secret, style="bold", no_wrap=True, overflow="ignore"), advice, facts(known))
        )

    def _list(self, options: Mapping[str, Any]) -> None:
        found = list(ApiToken.objects.filter(user=self.person()).order_by("-made_at")[:100])
        plain = {"items": [Token.of(token).model_dump(mode="json") for token in found]}
        self.tell(plain, lambda: _table(found))

    def _revoke(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        found = tokens.mine(person, options["id"])
        if found is None:
            raise BadInput(f"{person} has no token {options['id']}; `token list` shows those there are.")
        revoked = tokens.revoke(person, found)
        self.tell(Token.of(revoked), lambda: Text(f"The token “{revoked.name}” no longer works."))


def _table(found: list[ApiToken]) -> RenderableType:
    drawn = table("id", "for", "may", "ends", "last used")
    for token in found:
        ends = "revoked" if token.revoked_at else ago(token.ends_at)
        used = ago(token.last_used_at) if token.last_used_at else "never"
        drawn.add_row(str(token.pk), token.name, ", ".join(token.scopes), ends, used)
    return drawn if found else Text("There is none. `token make` makes one.")
