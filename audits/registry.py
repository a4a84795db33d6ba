"""The audits there are: one table; choices, commands and pages derive from it."""

from audits.content import ContentProfile
from audits.pii.audit import StructuredScan
from audits.protocol import Audit
from datacards.errors import BadInput

AUDITS: dict[str, Audit] = {audit.name: audit for audit in (StructuredScan(), ContentProfile())}
DEFAULT = StructuredScan.name
PROFILE = ContentProfile.name


def audit_named(name: str) -> Audit:
    """The audit of that name; `BadInput` names those there are."""
    if name not in AUDITS:
        raise BadInput(f"There is no audit called {name[:60]}: choose one of {', '.join(AUDITS)}.")
    return AUDITS[name]
