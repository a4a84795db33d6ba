"""Policies as data, and the decision they give on evidence. Pure: same evidence and policy, same decision.

A policy is a list of rules; a rule's check is a small JSON tree over named facts:

    {"fact": "consent.refused_share", "at_most": 0.01}
    {"all": [...]}   {"any": [...]}   {"not": {...}}

Three-valued (Kleene) logic keeps *unknown* apart from *false*. What is unknown, of the wrong type, or dated in the
future makes its rule INDETERMINATE, and an indeterminate blocking rule never lets anything through.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from datacards.errors import BadInput
from governance.facts import VOCABULARY, FactType, Kind


class Result(StrEnum):
    """What a rule says of a revision."""

    PASS = "PASS"  # noqa: S105 (a verdict, no password)
    FAIL = "FAIL"
    INDETERMINATE = "INDETERMINATE"
    NOT_APPLICABLE = "NOT APPLICABLE"


class Level(StrEnum):
    """What a rule's failure does."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Outcome(StrEnum):
    """What a policy says of a revision; only `approved` lets it through."""

    APPROVED = "approved"
    BLOCKED = "blocked"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True)
class Fact:
    """A value with the evidence rows it came from; `value` is None when it is not known."""

    value: Any
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A node of a rule's tree: either an operator over parts, or a test of one fact."""

    operator: str
    parts: tuple["Check", ...] = ()
    fact: str = ""
    wanted: Any = None


@dataclass(frozen=True)
class Rule:
    """One thing that must hold, why, and who answers for it."""

    id: str
    title: str
    why: str
    level: Level
    role: str
    check: Check
    applies_if: Check | None = None


@dataclass(frozen=True)
class Policy:
    """A titled list of rules."""

    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Finding:
    """A rule's result on the evidence, with its reason in one sentence."""

    rule: str
    title: str
    why: str
    level: Level
    role: str
    result: Result
    sentence: str
    measured: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The outcome and every finding, weightiest first as the policy lists them."""

    outcome: Outcome
    findings: tuple[Finding, ...]


# --- deciding ----------------------------------------------------------------------------------------------


def decide(evidence: Mapping[str, Any], policy: Policy) -> Decision:
    """Judge evidence (fact name → `Fact` or plain value) by a policy."""
    facts = {name: value if isinstance(value, Fact) else Fact(value) for name, value in evidence.items()}
    findings = tuple(_judge(rule, facts) for rule in policy.rules)
    return Decision(_outcome(findings), findings)


def _outcome(findings: Iterable[Finding]) -> Outcome:
    blocking = [f.result for f in findings if f.level is Level.BLOCK]
    if Result.FAIL in blocking:
        return Outcome.BLOCKED
    if Result.INDETERMINATE in blocking or Result.PASS not in blocking:
        return Outcome.INDETERMINATE
    return Outcome.APPROVED


def _judge(rule: Rule, facts: Mapping[str, Fact]) -> Finding:
    applies = _Reading(facts)
    if rule.applies_if and not applies.holds(rule.applies_if):
        result = Result.NOT_APPLICABLE if applies.truth is False else Result.INDETERMINATE
        return _finding(rule, result, applies)
    reading = _Reading(facts)
    truth = reading.holds(rule.check)
    result = {True: Result.PASS, False: Result.FAIL, None: Result.INDETERMINATE}[truth]
    return _finding(rule, result, reading)


def _finding(rule: Rule, result: Result, reading: "_Reading") -> Finding:
    return Finding(
        rule.id, rule.title, rule.why, rule.level, rule.role, result, reading.sentence(result),
        reading.measured, tuple(dict.fromkeys(reading.sources)),
    )  # fmt: skip


class _Reading:
    """One walk over a check, noting what was measured and what was missing."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.truth: bool | None = None
        self.measured: dict[str, Any] = {}
        self.sources: list[str] = []
        self.notes: dict[bool | None, list[str]] = {True: [], False: [], None: []}

    def holds(self, check: Check) -> bool | None:
        """Kleene's truth of a check: None is unknown."""
        self.truth = self._walk(check)
        return self.truth

    def _walk(self, check: Check) -> bool | None:
        if check.operator in COMBINERS:
            return COMBINERS[check.operator]([self._walk(part) for part in check.parts])
        fact = self.facts.get(check.fact, Fact(None))
        kind = VOCABULARY[check.fact]
        self.measured[check.fact] = fact.value
        self.sources.extend(fact.sources)
        truth, note = _test(check, kind, fact.value, self.facts.get("clock.now", Fact(None)).value)
        self.notes[truth].append(note)
        return truth

    def sentence(self, result: Result) -> str:
        """The reason, in words."""
        every = [note for group in self.notes.values() for note in group]
        wanted = {Result.PASS: True, Result.FAIL: False}.get(result)
        applies = result is not Result.NOT_APPLICABLE
        text = "; ".join(dict.fromkeys((self.notes[wanted] if applies else every) or every))
        return text[:1].upper() + text[1:] + "." if applies else f"Does not apply ({text})."


def _all(truths: list[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True


def _any(truths: list[bool | None]) -> bool | None:
    return True if True in truths else None if None in truths else False


def _not(truths: list[bool | None]) -> bool | None:
    return None if truths[0] is None else not truths[0]


COMBINERS: dict[str, Callable[[list[bool | None]], bool | None]] = {"all": _all, "any": _any, "not": _not}


# --- testing one fact --------------------------------------------------------------------------------------

COMPARE: dict[str, tuple[Callable[[Any, Any], bool], str, frozenset[Kind]]] = {
    "is": (lambda a, b: a == b, "", frozenset({Kind.BOOL, Kind.TEXT, Kind.COUNT})),
    "at_most": (lambda a, b: a <= b, "allowed at most {}", frozenset({Kind.SHARE, Kind.COUNT})),
    "at_least": (lambda a, b: a >= b, "wanted at least {}", frozenset({Kind.SHARE, Kind.COUNT})),
    "one_of": (lambda a, b: a in b, "wanted one of {}", frozenset({Kind.TEXT})),
    "within_days": (lambda a, b: a <= timedelta(days=b), "at most {} days ago allowed", frozenset({Kind.DATE})),
}


def _test(check: Check, fact: FactType, value: Any, now: Any) -> tuple[bool | None, str]:
    if value is None:
        return None, f"not known: {fact.title}. {fact.mend.rstrip('.')}"
    if not _typed(fact.kind, value):
        return None, f"unusable evidence: {fact.title} is not a {fact.kind}"
    compare, words, _ = COMPARE[check.operator]
    measured = value
    if check.operator == "within_days":
        moment, clock = _moment(value), _moment(now)
        if moment is None or clock is None or moment > clock + timedelta(minutes=5):
            return None, f"unusable evidence: {fact.title} has no date in the past"
        measured = max(clock - moment, timedelta())
    bound = f" ({words.format(_show_wanted(fact.kind, check.wanted))})" if words else ""
    return compare(measured, check.wanted), _said(fact, value) + bound


def _said(fact: FactType, value: Any) -> str:
    if fact.kind is Kind.BOOL:
        return fact.says.split("|")[0 if value else 1]
    return fact.says.format(_show(fact.kind, value))


def _typed(kind: Kind, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    match kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.COUNT:
            return number and value >= 0 and value == int(value)
        case Kind.SHARE:
            return number and 0 <= value <= 1
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.DATE:
            return _moment(value) is not None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _show(kind: Kind, value: Any) -> str:
    match kind:
        case Kind.SHARE:
            return _percent(value)
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.DATE:
            moment = _moment(value)
            return moment.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC") if moment else str(value)
        case _:
            return str(value)


def _percent(share: float) -> str:
    """A share as a percentage that never rounds to a bound it does not reach."""
    percent = share * 100
    if 0 < percent < 0.01:
        return "under 0.01 %"
    if 99.99 < percent < 100:
        return "over 99.99 %"
    return f"{percent:.2f}".rstrip("0").rstrip(".") + " %"


def _show_wanted(kind: Kind, wanted: Any) -> str:
    if isinstance(wanted, list | tuple):
        return ", ".join(wanted)
    return str(wanted) if kind is Kind.DATE else _show(kind, wanted)


# --- loading -----------------------------------------------------------------------------------------------

MAX_RULES, MAX_DEPTH = 200, 12


def load(data: Mapping[str, Any]) -> Policy:
    """Read a policy from its JSON form; `BadInput` says which rule cannot be used and why.

    Each rule carries examples, at least one that passes and one that fails, and they are run here.
    """
    title, rules = _text(data, "title", "The policy"), data.get("rules")
    if not isinstance(rules, list) or not 1 <= len(rules) <= MAX_RULES:
        raise BadInput(f"The policy needs a list of 1 to {MAX_RULES} rules under “rules”.")
    loaded = tuple(_rule(item, number) for number, item in enumerate(rules, 1))
    ids = [rule.id for rule in loaded]
    if len(set(ids)) < len(ids):
        raise BadInput(f"Rule ids must differ; “{next(i for i in ids if ids.count(i) > 1)}” occurs twice.")
    if not any(rule.level is Level.BLOCK for rule in loaded):
        raise BadInput("The policy needs at least one rule of level “block”, or it would decide nothing.")
    return Policy(title, loaded)


def _rule(item: Any, number: int) -> Rule:
    where = f"Rule {number}"
    if not isinstance(item, dict):
        raise BadInput(f"{where} must be an object with id, title, why, level, role and check.")
    where = f"Rule “{item['id']}”" if isinstance(item.get("id"), str) else where
    unknown = set(item) - {"id", "title", "why", "level", "role", "check", "applies_if", "examples"}
    if unknown:
        raise BadInput(f"{where} has an unknown key “{min(unknown)}”.")
    if item.get("level") not in set(Level):
        raise BadInput(f"{where} needs a level: block, warn or info.")
    rule = Rule(
        id=_text(item, "id", where), title=_text(item, "title", where), why=_text(item, "why", where),
        level=Level(item["level"]), role=_text(item, "role", where), check=_check(item.get("check"), where),
        applies_if=_check(item["applies_if"], where) if "applies_if" in item else None,
    )  # fmt: skip
    _run_examples(rule, item.get("examples"), where)
    return rule


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{where} needs a text under “{key}”.")
    return value.strip()


def _check(item: Any, where: str, depth: int = 0) -> Check:
    if depth > MAX_DEPTH:
        raise BadInput(f"{where} nests its check deeper than {MAX_DEPTH} levels.")
    if not isinstance(item, dict):
        raise BadInput(f"{where} needs a check such as {{“fact”: “licence.stated”, “is”: true}}.")
    if "fact" in item:
        return _test_of_fact(item, where)
    if len(item) != 1 or (operator := next(iter(item))) not in COMBINERS:
        raise BadInput(f"{where} has a check that is none of all, any, not, or a test of a fact.")
    parts = [item[operator]] if operator == "not" else item[operator]
    if not isinstance(parts, list) or not parts:
        raise BadInput(f"{where} needs a list of checks under “{operator}”.")
    return Check(operator, tuple(_check(part, where, depth + 1) for part in parts))


def _test_of_fact(item: dict[str, Any], where: str) -> Check:
    name, operators = item["fact"], [key for key in item if key != "fact"]
    fact = VOCABULARY.get(name) if isinstance(name, str) else None
    if fact is None:
        raise BadInput(f"{where} speaks of an unknown fact “{name}”; known are {', '.join(VOCABULARY)}.")
    fitting = [operator for operator, (_, _, kinds) in COMPARE.items() if fact.kind in kinds]
    if len(operators) != 1 or operators[0] not in fitting:
        raise BadInput(f"{where} must test “{name}” by one of {', '.join(fitting)}.")
    wanted = item[operators[0]]
    if not _wantable(fact.kind, operators[0], wanted):
        raise BadInput(f"{where} compares “{name}” with something that is not a {fact.kind}.")
    return Check(operators[0], fact=name, wanted=wanted)


def _wantable(kind: Kind, operator: str, wanted: Any) -> bool:
    if operator == "one_of":
        return isinstance(wanted, list) and bool(wanted) and all(isinstance(w, str) for w in wanted)
    return _typed(Kind.COUNT if operator == "within_days" else kind, wanted)


def _run_examples(rule: Rule, examples: Any, where: str) -> None:
    if not isinstance(examples, dict):
        raise BadInput(f"{where} needs examples: at least one under “pass” and one under “fail”.")
    for key, wanted in (("pass", Result.PASS), ("fail", Result.FAIL)):
        cases = examples.get(key)
        if not isinstance(cases, list) or not cases or not all(isinstance(case, dict) for case in cases):
            raise BadInput(f"{where} needs at least one example under “{key}”.")
        for case in cases:
            result = _judge(rule, {name: Fact(value) for name, value in case.items()}).result
            if result is not wanted:
                raise BadInput(f"{where} gives {result} on an example that should {key}.")
