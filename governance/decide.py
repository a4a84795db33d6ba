"""Turns a policy's verdict on gathered evidence into a record, and keeps each corpus's standing.

A decision is stored when it differs from the newest one: other facts, another policy version, or another result
because time went by. The same question on the same evidence gives the same row.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from datacards.errors import Unavailable
from datacards.models import Corpus, LicenceClaim, Revision, User
from governance import policy
from governance.evidence import gather
from governance.models import Decision, Policy, PolicyVersion, Standing


def decide_revision(
    revision: Revision, version: PolicyVersion | None = None, *, because: str = "", by: User | None = None
) -> Decision:
    """Decide now, on the evidence of now; returns the newest decision, new or as it stands."""
    version = version or default_version()
    facts = gather(revision)
    verdict = policy.decide(facts, policy.load(version.rules))
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=revision.corpus_id)
        newest = Decision.objects.of(revision.corpus).filter(policy_version__policy=version.policy).first()
        decision = _unless_equal(newest, revision, version, facts, verdict) or Decision.objects.create(
            revision=revision, policy_version=version, outcome=str(verdict.outcome), facts=frozen(facts),
            facts_digest=digest_of(facts), findings=findings_of(verdict), previous=newest, because=because, made_by=by,
        )  # fmt: skip
        _set_standing(decision, facts)
    return decision


def default_version() -> PolicyVersion:
    """The active version of the policy that decides where none is asked for."""
    chosen = Policy.objects.filter(is_default=True).first()
    version = chosen.active if chosen else None
    if version is None:
        raise Unavailable("No policy is active; an admin has to activate one before anything can be decided.")
    return version


def frozen(facts: Mapping[str, policy.Fact]) -> dict[str, Any]:
    """The facts as they are stored: value and evidence rows by name."""
    return {name: {"value": fact.value, "evidence": list(fact.sources)} for name, fact in facts.items()}


def digest_of(facts: Mapping[str, policy.Fact]) -> str:
    """SHA-256 of the facts' canonical form; the clock is no evidence and stays out."""
    kept = {name: fact for name, fact in frozen(facts).items() if name != "clock.now"}
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def findings_of(verdict: policy.Decision) -> list[dict[str, Any]]:
    """The findings as JSON."""
    plain: list[dict[str, Any]] = json.loads(json.dumps([asdict(finding) for finding in verdict.findings]))
    return plain


def replay(decision: Decision) -> policy.Decision:
    """Judge the frozen facts again by the same policy version: an auditor's check that nothing was made up."""
    facts = {n: policy.Fact(f["value"], tuple(f["evidence"])) for n, f in decision.facts.items()}
    return policy.decide(facts, policy.load(decision.policy_version.rules))


def _unless_equal(
    newest: Decision | None,
    revision: Revision,
    version: PolicyVersion,
    facts: Mapping[str, policy.Fact],
    verdict: policy.Decision,
) -> Decision | None:
    if newest is None or newest.revision_id != revision.pk or newest.policy_version_id != version.pk:
        return None
    results = [f["result"] for f in newest.findings] == [str(f.result) for f in verdict.findings]
    return newest if results and newest.facts_digest == digest_of(facts) else None


def _set_standing(decision: Decision, facts: Mapping[str, policy.Fact]) -> None:
    corpus, revision = decision.revision.corpus, decision.revision
    if corpus.latest_id != revision.pk or not decision.policy_version.policy.is_default:
        return
    before = Standing.objects.filter(corpus=corpus).first()
    flipped = before is None or before.outcome != decision.outcome
    now = timezone.now()
    claim = LicenceClaim.objects.effective(corpus)
    Standing.objects.update_or_create(
        corpus=corpus,
        defaults={
            "decision": decision,
            "outcome": decision.outcome,
            "refused_share": facts["consent.refused_share"].value,
            "checked_share": facts["consent.checked_share"].value,
            "card_share": facts["card.completeness"].value,
            "licence": claim.expression if claim else "",
            "tokens": revision.tokens,
            "flipped_at": now if flipped else before.flipped_at if before else now,
            "changed_at": decision.decided_at,
            "considered_at": now,
        },
    )
