"""From evidence rows to a stored decision, and back again when the evidence moves."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Audit
from crawler import registry
from crawler.models import Content, Snapshot
from crawler.robots import parse
from datacards.cards import fields
from datacards.models import CardVersion, Corpus, Derivation, Domain, DomainShare, LicenceClaim, Revision, User
from governance import policy, watch
from governance.decide import decide_revision, replay
from governance.models import Decision, Standing

pytestmark = pytest.mark.django_db(transaction=True)

REFUSES, PERMITS = b"User-agent: GPTBot\nDisallow: /\n", b"User-agent: *\nDisallow: /admin\n"


@pytest.fixture
def steward():
    return User.objects.create(username="sam", role="steward")


def corpus_of(steward, name, shares):
    corpus = Corpus.objects.create(name=name, owner=steward, location=f"/data/{name}")
    tokens = sum(shares.values())
    revision = Revision.objects.create(corpus=corpus, number=1, fingerprint=name, tokens=tokens, rows=100)
    Corpus.objects.filter(pk=corpus.pk).update(latest=revision)
    corpus.refresh_from_db()
    for host, share in shares.items():
        domain, _ = Domain.objects.get_or_create(name=host, defaults={"registrable": host, "shard": 0})
        DomainShare.objects.create(revision=revision, domain=domain, tokens=share, documents=1)
    return corpus


def says(host, body=None, state="ok", at=None):
    content = None
    if body is not None:
        roll = registry.current_roll()
        letters = roll.letters(parse(body))
        vector = registry.vectors(registry.stored(roll), {letters})[letters]
        digest = hashlib.sha256(body).hexdigest()
        content, _ = Content.objects.get_or_create(
            digest=digest, defaults={"size": len(body), "warc_file": "x", "warc_offset": 0, "levels_id": vector}
        )
    domain = Domain.objects.get(name=host)
    return Snapshot.objects.create(domain=domain, fetched_at=at or timezone.now(), state=state, content=content)


def completed(corpus):
    steward, revision = corpus.owner, corpus.revision
    LicenceClaim.objects.create(corpus=corpus, expression="CC-BY-4.0", source="person", claimed_by=steward)
    values = {f.path: {"value": [f.choices[0]] if f.choices else "Something."} for f in fields()}
    CardVersion.objects.create(corpus=corpus, revision=revision, number=1, values=values, made_by=steward)
    Audit.objects.create(revision=revision, name="pii.structured", pack_digest="p", rows=100, rows_known=100)
    return corpus


@pytest.fixture
def web(steward):
    corpus = completed(corpus_of(steward, "acme/web", {"a.example": 876, "b.example": 124}))
    says("a.example", PERMITS)
    says("b.example", PERMITS)
    return corpus


def finding(decision, rule):
    return next(f for f in decision.findings if f["rule"] == rule)


def test_a_corpus_with_nothing_but_data_is_indeterminate_or_blocked_and_never_approved(steward):
    decision = decide_revision(corpus_of(steward, "acme/bare", {"a.example": 10}).revision)
    assert decision.outcome != "approved"
    assert finding(decision, "consent-given")["result"] == "INDETERMINATE"


def test_a_corpus_in_order_is_approved(web):
    assert decide_revision(web.revision).outcome == "approved"


def test_a_refusing_site_blocks_with_its_token_share(web):
    says("b.example", REFUSES)
    decision = decide_revision(web.revision)
    assert decision.outcome == "blocked"
    assert "12.4 %" in finding(decision, "consent-given")["sentence"]


def test_an_unreachable_site_is_not_taken_for_consent(web):
    says("b.example", state="unreachable")
    decision = decide_revision(web.revision)
    assert finding(decision, "consent-reachable")["result"] == "FAIL"


def test_a_site_without_robots_txt_permits(web):
    says("b.example", state="unavailable")
    assert decide_revision(web.revision).outcome == "approved"


def test_the_same_evidence_gives_the_same_row(web):
    assert decide_revision(web.revision) == decide_revision(web.revision)
    assert Decision.objects.count() == 1


def test_a_decision_keeps_its_facts_when_the_world_moves_on(web):
    decision = decide_revision(web.revision)
    says("b.example", REFUSES)
    decide_revision(web.revision)
    decision.refresh_from_db()
    assert decision.facts["consent.refused_share"]["value"] == 0


def test_replaying_a_decision_gives_its_findings_again(web):
    decision = decide_revision(web.revision)
    again = replay(decision)
    assert [str(f.result) for f in again.findings] == [f["result"] for f in decision.findings]
    assert again.outcome == policy.Outcome(decision.outcome)


def test_a_decision_names_the_evidence_rows_it_rests_on(web):
    decision = decide_revision(web.revision)
    audit = Audit.objects.get(revision=web.revision)
    assert decision.facts["scan.coverage"]["evidence"] == [f"audit:{audit.pk}"]
    assert decision.facts["consent.refused_share"]["evidence"][0].startswith("consent:")


def test_new_data_makes_the_scan_of_the_old_count_no_more(web):
    newer = Revision.objects.create(corpus=web, number=2, fingerprint="other", tokens=1, rows=1)
    decision = decide_revision(newer)
    assert finding(decision, "scan-done")["result"] == "INDETERMINATE"


def test_the_watch_flips_a_decision_when_a_site_changes_its_mind(web):
    watch.look()
    assert Standing.objects.get(corpus=web).outcome == "approved"
    says("b.example", REFUSES)
    watch.decide_all({web.pk: "A domain changed what it permits."})
    standing = Standing.objects.select_related("decision__previous").get(corpus=web)
    assert (standing.outcome, standing.decision.flipped) == ("blocked", True)
    assert standing.refused_share == pytest.approx(0.124)


def test_a_refusal_flows_to_what_was_made_from_the_corpus(web, steward):
    derived = completed(corpus_of(steward, "acme/derived", {"a.example": 100}))
    edge = {"child": derived.revision, "parent": web.revision, "relation": "filtered"}
    Derivation.objects.create(**edge)
    says("b.example", REFUSES)
    decision = decide_revision(derived.revision)
    assert decision.outcome == "blocked"
    assert finding(decision, "lineage-clean")["result"] == "FAIL"


def test_the_watch_carries_newer_evidence_downstream(web, steward):
    derived = corpus_of(steward, "acme/derived", {})
    Derivation.objects.create(child=derived.revision, parent=web.revision, relation="filtered")
    because = watch.newer_evidence(timezone.now() - timedelta(minutes=5))
    assert {web.pk, derived.pk} <= set(because)


def test_a_corpus_nobody_decided_on_is_listed_as_undecided(steward):
    corpus = corpus_of(steward, "acme/new", {})
    watch.add_missing_standings()
    assert Standing.objects.get(corpus=corpus).outcome == "undecided"


def test_time_alone_makes_consent_stale(steward):
    corpus = completed(corpus_of(steward, "acme/old", {"a.example": 10}))
    says("a.example", PERMITS, at=timezone.now() - timedelta(days=31))
    assert finding(decide_revision(corpus.revision), "consent-fresh")["result"] == "FAIL"
