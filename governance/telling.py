"""A decision in plain words: one sentence, its weightiest reasons, and where each reason's evidence is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.facts import VOCABULARY, Kind
from governance.models import Decision, Outcome
from governance.policy import Check
from governance.words import exactly, percent, plural

# Where the evidence of a fact is shown: the fact's first word → a page of the corpus, and a place on it.
PLACES = {
    "licence": ("corpus", "licence"),
    "card": ("corpus", "card"),
    "origin": ("corpus-consent", "shares"),
    "consent": ("corpus-consent", "shares"),
    "scan": ("corpus-audits", "scan"),
    "lineage": ("corpus-lineage", "parents"),
}


WEIGHTIEST = ("consent.refused_share", "scan.personal_share", "licence.commercial", "scan.secrets")


@dataclass(frozen=True)
class Reason:
    """One finding as a reader meets it."""

    result: str
    title: str
    sentence: str
    why: str
    role: str
    level: str
    route: str
    anchor: str


def sentence(decision: Decision | None) -> str:
    """What the decision says, in one sentence."""
    if decision is None:
        return "Nobody has decided on this corpus yet. A decision follows by itself when there is evidence."
    held, unclear, passed = (_count(decision.findings, r, "block") for r in ("FAIL", "INDETERMINATE", "PASS"))
    warned = _count(decision.findings, "FAIL", "warn") + _count(decision.findings, "INDETERMINATE", "warn")
    match decision.outcome:
        case Outcome.APPROVED:
            rest = f", with {plural(warned, 'warning')}" if warned else ""
            return f"May be published and trained on: all {passed} required rules that apply hold{rest}."
        case Outcome.BLOCKED:
            rest = f", and {plural(unclear, 'more')} cannot be told" if unclear else ""
            rest = rest.replace("mores", "more")
            return f"May not be published or trained on: {plural(held, 'required rule')} {_do(held, 'fail')}{rest}."
        case _:
            return (
                f"May not be published or trained on yet: for {plural(unclear, 'required rule')} "
                "the evidence is missing."
            )


def reasons(decision: Decision | None, most: int = 3) -> list[Reason]:
    """The findings that weigh most; of an approval, those on consent, personal data and the licence."""
    if decision is None:
        return []
    found = decision.reasons
    if decision.outcome == Outcome.APPROVED:
        found = sorted(found, key=lambda finding: (finding["result"] == "PASS", _weight(finding)))
    return [reason(finding) for finding in found[:most]]


def _weight(finding: Mapping[str, Any]) -> int:
    places = [WEIGHTIEST.index(fact) for fact in finding["measured"] if fact in WEIGHTIEST]
    return min(places, default=len(WEIGHTIEST))


def reason(finding: Mapping[str, Any]) -> Reason:
    """A finding with the place where its evidence is shown."""
    facts: Sequence[str] = list(finding["measured"]) or [finding["rule"].replace("-", ".")]
    route, anchor = next((PLACES[f.split(".")[0]] for f in facts if f.split(".")[0] in PLACES), ("corpus", ""))
    named = {key: finding[key] for key in ("result", "title", "sentence", "why", "role", "level")}
    return Reason(**named, route=route, anchor=anchor)


def tally(decision: Decision) -> dict[str, int]:
    """How many findings there are of each result."""
    return dict(Counter(finding["result"] for finding in decision.findings))


def _count(findings: Sequence[Mapping[str, Any]], result: str, level: str) -> int:
    return sum(1 for f in findings if f["result"] == result and f["level"] == level)


def _do(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb


# --- rules in plain sentences ------------------------------------------------------------------------------

LIMITS = {"at_most": "at most {}", "at_least": "at least {}", "one_of": "one of {}"}
LIMITS["within_days"] = "at most {} days ago"


def spell(check: Check) -> str:
    """A rule's check as one says it: “share of tokens from domains that refuse AI training: at most 5 %”."""
    match check.operator:
        case "all":
            return "; and ".join(spell(part) for part in check.parts)
        case "any":
            return "; or ".join(spell(part) for part in check.parts)
        case "not":
            return _denied(check.parts[0])
    fact = VOCABULARY[check.fact]
    if fact.kind is Kind.BOOL:
        return fact.says.split("|")[0 if check.wanted else 1]
    wanted = check.wanted if check.operator == "within_days" else shown(fact.kind, check.wanted)
    return f"{fact.title}: {LIMITS.get(check.operator, '{}').format(wanted)}"


def _denied(check: Check) -> str:
    if check.operator in ("all", "any", "not"):
        return f"not so that {spell(check)}"
    fact = VOCABULARY[check.fact]
    if fact.kind is Kind.BOOL:
        return fact.says.split("|")[1 if check.wanted else 0]
    return f"{fact.title}: not {spell(check).removeprefix(fact.title).lstrip(': ')}"


def shown(kind: Kind, value: Any) -> str:
    """A fact's value as one says it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    match kind:
        case Kind.BOOL:
            return "yes" if value else "no"
        case Kind.SHARE:
            return percent(value).replace(".0 %", " %")
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.DATE:
            return exactly(datetime.fromisoformat(value))
        case _:
            return str(value)
