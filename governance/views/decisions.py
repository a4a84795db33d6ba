"""A decision with its findings and frozen evidence; and the policies that decide."""

import uuid
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from datacards.models import Corpus, User
from governance import policy, telling
from governance.decide import replay
from governance.facts import VOCABULARY
from governance.models import Decision, Outcome, Policy, PolicyVersion, Standing
from governance.telling import shown, spell
from governance.views.shared import who

RESULTS = ("FAIL", "INDETERMINATE", "WAIVED", "PASS", "NOT APPLICABLE")


def readable_decision(request: HttpRequest, decision_id: uuid.UUID) -> Decision:
    """The decision, if this reader may know of its corpus; else it is not found."""
    rows = Decision.objects.filter(revision__corpus__in=Corpus.objects.readable_by(request.user))
    rows = rows.select_related("revision__corpus__owner", "policy_version__policy", "previous", "made_by")
    found = rows.filter(pk=decision_id).first()
    if found is None:
        raise Http404
    return found


@require_GET
def decision(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Every finding with its reason, and the facts as they were frozen."""
    found = readable_decision(request, decision_id)
    findings = [(telling.reason(f), f["evidence"]) for f in found.findings]
    findings.sort(key=lambda pair: (RESULTS.index(pair[0].result), pair[0].level != "block"))
    context = {
        "decision": found, "corpus": found.revision.corpus, "sentence": telling.sentence(found), "findings": findings,
        "tally": [(r, n) for r in RESULTS if (n := telling.tally(found).get(r))], "facts": _facts(found),
        "outdated": found.revision.corpus.latest_id != found.revision_id,
        "newer": Decision.objects.of(found.revision.corpus).filter(decided_at__gt=found.decided_at).last(),
        "replayed": str(replay(found).outcome) == found.outcome,
    }  # fmt: skip
    return render(request, "governance/decision.html", context)


def _facts(found: Decision) -> list[dict[str, Any]]:
    """The frozen facts in the vocabulary's order, as people say them."""
    told = []
    for name, fact in VOCABULARY.items():
        frozen = found.facts.get(name)
        if frozen is not None:
            value = frozen["value"]
            said = None if value is None else shown(fact.kind, value)
            told.append({"title": fact.title, "name": name, "said": said, "evidence": frozen["evidence"]})
    return told


# --- policies ----------------------------------------------------------------------------------------------


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """All policies, the default one first."""
    rows = Policy.objects.select_related("owner").order_by("-is_default", "title")
    return render(request, "governance/policies.html", {"policies": [(p, p.active) for p in rows[:20]]})


@require_GET
def policy_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What must hold, who answers for it, and how many corpora each rule holds back now."""
    found = Policy.objects.filter(slug=slug).select_related("owner").first()
    if found is None:
        raise Http404
    versions = list(found.versions.order_by("-number")[:20])
    version = _chosen(request, versions)
    rules = [_told(rule) for rule in policy.load(version.rules).rules] if version else []
    context = {"policy": found, "version": version, "versions": versions, "rules": rules}
    return render(request, "governance/policy.html", context | {"standings": _standings(who(request), found)})


def _chosen(request: HttpRequest, versions: list[PolicyVersion]) -> PolicyVersion | None:
    wanted = request.GET.get("version", "")
    by_number = {str(v.number): v for v in versions}
    active = next((v for v in versions if v.activated_at), versions[0] if versions else None)
    return by_number.get(wanted, active)


def _told(rule: policy.Rule) -> dict[str, Any]:
    applies = spell(rule.applies_if) if rule.applies_if else ""
    return {"rule": rule, "check": spell(rule.check), "applies_if": applies}


def _standings(person: User, found: Policy) -> list[tuple[str, int]]:
    """How many corpora that this person may read stand where, by the default policy."""
    if not found.is_default:
        return []
    rows = Standing.objects.all()
    if not person.administers:
        rows = rows.filter(corpus__in=Corpus.objects.readable_by(person))
    counts = rows.aggregate(**{o: Count("pk", filter=Q(outcome=o)) for o in Outcome.values})
    return [(o, counts[o]) for o in (Outcome.APPROVED, Outcome.BLOCKED, Outcome.INDETERMINATE, Outcome.UNDECIDED)]
