"""What the product's terminal commands share: whose rights they have, what they print, and how they end.

Whoever can run a command on this machine can read and change the database anyway, so a command asks for no password.
Commands that only look see everything, and `--as NAME` shows what that person would see. Commands that do something
do it as `--as NAME`, or as the account of the operating system's user, so that the record says who it was.
"""

import json
import logging
import os
import sys
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.table import Table

from datacards.errors import BadInput, Expected, Refused
from datacards.models import Corpus, Role, Run, User
from datacards.terminals import SafeConsole, harmless
from governance.locally import drive, local_person
from governance.models import Outcome
from governance.terminal import command_stack

DONE, FAILED, WRONG_USAGE, BLOCKED, INDETERMINATE, MISTAKE, CANCELLED = 0, 1, 2, 3, 4, 70, 130
DECIDED = {Outcome.APPROVED: DONE, Outcome.BLOCKED: BLOCKED, Outcome.INDETERMINATE: INDETERMINATE}
EXITS = """\
exit status:
  0  done      1  it could not be done, one sentence says why      2  wrong usage
  70  a mistake of Consentry's own      130  cancelled by Ctrl-C"""
PIPED_WIDTH = 160


class Ends(Exception):
    """The command is over, with this exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Command(BaseCommand):
    """A command of the product: subclasses say what they take (`take`) and do (`do`)."""

    examples = ""
    exits = EXITS
    acting = "what happens is recorded as theirs"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser, with the exit statuses and examples at the end of the help."""
        epilog = "\n\n".join(filter(None, (self.exits, self.examples)))
        parser = super().create_parser(
            prog_name, subcommand, epilog=epilog, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )
        for action in parser._actions:  # Django's own are for its developers, and hide ours
            if action.dest in ("version", "verbosity", "settings", "pythonpath", "force_color", "skip_checks"):
                action.help = SUPPRESS
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """The options that every command has, and the command's own."""
        self.take_common(parser)
        self.take(parser)

    def take_common(self, parser: ArgumentParser, again: bool = False) -> None:
        """--as and --json; `again` for the words of a command, behind which they may stand as well."""
        unset: dict[str, Any] = {"default": SUPPRESS} if again else {}
        parser.add_argument("--as", dest="person", metavar="NAME", help=f"whose rights to use; {self.acting}", **unset)
        parser.add_argument("--json", action="store_true", help="print one JSON document, and no progress", **unset)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; an expected error is one line and status 1, a bug is one line and status 70."""
        self.options = options
        stdout = getattr(self.stdout, "_out", self.stdout)
        self.console = self._console(stdout)
        self.progress = SafeConsole(stderr=True, quiet=options["json"], no_color=options["no_color"] or None)
        try:
            with command_stack():
                self.do(options)
        except Ends as end:
            sys.exit(end.status)
        except Expected as error:
            raise CommandError(self._told(error), returncode=FAILED) from None
        except KeyboardInterrupt:
            raise CommandError("Cancelled; nothing half-done was kept.", returncode=CANCELLED) from None
        except (CommandError, SystemExit):
            raise
        except Exception as error:
            self._mistaken(error)

    def _console(self, out: Any) -> Console:
        width = None if out.isatty() else int(os.environ.get("COLUMNS", PIPED_WIDTH))
        return SafeConsole(file=out, width=width, no_color=self.options["no_color"] or None, highlight=False)

    def _told(self, error: Expected) -> str:
        hint = " Say --as NAME to do it with somebody else's rights."
        return f"{harmless(str(error))}{hint if isinstance(error, Refused) and not self.options['person'] else ''}"

    def _mistaken(self, error: Exception) -> None:
        if self.options["traceback"]:
            raise error
        logging.getLogger(__name__).debug("a command errored", exc_info=error)
        sentence = f"Consentry made a mistake ({type(error).__name__}); --traceback shows where."
        raise CommandError(sentence, returncode=MISTAKE) from None

    def take(self, parser: CommandParser) -> None:
        """Declare the command's own arguments."""

    def do(self, options: Mapping[str, Any]) -> None:
        """What the command does."""
        raise NotImplementedError

    # --- whose rights --------------------------------------------------------------------------------------

    def person(self) -> User:
        """Who does it: --as, or the account of the operating system's user, made a steward on first use."""
        return named(self.options["person"]) if self.options["person"] else local_person()

    def looker(self) -> User:
        """Who looks: --as, or an admin who is nobody in particular."""
        return named(self.options["person"]) if self.options["person"] else nobody_in_particular()

    def corpus(self, name: str, reader: User) -> Corpus:
        """The corpus of that name, if this person may know of it."""
        corpora = Corpus.objects.readable_by(reader).select_related("owner", "latest__corpus")
        found = corpora.filter(name=name).first()
        if found is None:
            raise BadInput(f"There is no corpus called {name[:200]!r}; `corpora` lists them.")
        return found

    # --- what is told --------------------------------------------------------------------------------------

    def tell(self, plain: BaseModel | Mapping[str, Any], drawn: Callable[[], RenderableType]) -> None:
        """Print the answer: as a JSON document for programs, or drawn for people."""
        if self.options["json"]:
            document = plain.model_dump(mode="json") if isinstance(plain, BaseModel) else plain
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str))
        else:
            self.console.print(drawn())

    def driven(self, title: str, run: Run) -> Run:
        """Do a run here, beside any workers there may be, under a progress bar; returns it completed."""
        return drive({title: run}, self.progress)[0]


def named(username: str) -> User:
    """The living account of that name."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise BadInput(f"Nobody here is called {username[:150]!r}; `people` lists everybody.")
    return found


def nobody_in_particular() -> User:
    """The rights of this machine's terminal: an admin's, without an account."""
    return User(username="terminal", role=Role.ADMIN)


def table(*heads: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in `right` hold numbers."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        made.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return made


def facts(rows: Mapping[str, Any]) -> Table:
    """Names and values below each other; what is empty is left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in rows.items():
        if value not in (None, ""):
            grid.add_row(name, value if hasattr(value, "__rich_console__") else str(value))
    return grid
