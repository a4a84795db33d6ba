"""`manage.py decide CORPUS`: judge a corpus's newest revision by the policy, now."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType
from rich.text import Text

from governance import acts, telling
from governance.api.decisions import decision_item
from governance.management.base import DECIDED, Ends, facts, table
from governance.management.base import Command as Base
from governance.models import Decision, Outcome
from governance.summary import badge
from governance.words import exactly


class Command(Base):
    """Decides."""

    help = (
        "Decide on a corpus's newest revision by the default policy; the same evidence gives the decision that stands."
    )
    exits = """\
exit status:
  0  approved          1  it could not be done, one sentence says why      2  wrong usage
  3  blocked           4  indeterminate: something is not known yet
  70  a mistake of Consentry's own      130  cancelled by Ctrl-C"""
    examples = "example:\n  manage.py decide acme/web-2026 && ./publish.sh"

    def take(self, parser: CommandParser) -> None:
        parser.add_argument("corpus", help="the corpus's name, such as acme/web-2026")

    def do(self, options: Mapping[str, Any]) -> None:
        person = self.person()
        decision = acts.decide(person, self.corpus(options["corpus"], person))
        self.tell(decision_item(decision), lambda: _drawn(decision))
        raise Ends(DECIDED[Outcome(decision.outcome)])


def _drawn(decision: Decision) -> RenderableType:
    findings = table("result", "rule", "why")
    for finding in decision.findings:
        findings.add_row(badge(finding["result"]), finding["title"], finding["sentence"])
    version = decision.policy_version
    known = {
        "decided": exactly(decision.decided_at), "policy": f"{version.policy.title} v{version.number}",
        "because": decision.because, "decision": decision.pk,
    }  # fmt: skip
    return Group(badge(decision.outcome, heading=True), Text(telling.sentence(decision)), findings, facts(known))
