"""`manage.py report CORPUS`: write the report of the decision that stands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group
from rich.text import Text

from datacards.errors import BadInput
from datacards.models import Corpus
from governance.management.base import Command as Base
from governance.models import Decision
from governance.reports import report, write_report
from governance.summary import as_json, summary


class Command(Base):
    """Writes a report."""

    help = "Write the report of a corpus's newest decision: one HTML file, and its tables as CSV and Parquet."
    acting = "the report has only what that person may read"
    examples = "example:\n  manage.py report acme/web-2026 --out report/"

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("corpus", help="the corpus's name, such as acme/web-2026")
        parser.add_argument("--out", type=Path, default=Path("consentry-report"), help="folder (%(default)s)")

    def do(self, options: Mapping[str, Any]) -> None:
        reader = self.looker()
        decision = _newest(self.corpus(options["corpus"], reader))
        try:
            files = write_report(decision, options["out"], reader)
        except OSError as error:
            raise BadInput(f"--out: {options['out']} cannot be written: {error.strerror}.") from None
        made = report(decision, reader)
        where = Text(f"The report is in {options['out']}: {files[0].name} to read, and its tables as CSV and Parquet.")
        self.tell(as_json(made, files), lambda: Group(summary(made), where))


def _newest(corpus: Corpus) -> Decision:
    rows = Decision.objects.of(corpus).select_related("revision__corpus", "policy_version__policy")
    found = rows.filter(policy_version__policy__is_default=True).first()
    if found is None:
        raise BadInput(f"Nobody has decided on {corpus.name} yet; `decide {corpus.name}` does.")
    return found
