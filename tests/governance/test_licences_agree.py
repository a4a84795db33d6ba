"""The card, the lineage tab, and the facts of decisions say the same of the licences that come together."""

import pytest
from django.utils import timezone

from datacards.models import Corpus, LicenceOverride, User
from datacards.models.corpus import Audience
from governance.evidence import gather
from governance.measured import Known
from governance.measured_licences import licence_terms
from governance.tracing import trace
from tests import factories
from tests.governance.lineages import derive, record
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
SAID = {True: "can be met together.", False: "be met", None: "is not known."}


@pytest.fixture
def steward() -> User:
    return factories.person("stella", "steward")


def made_of(owner: User, *parents: str, relation: str = "mixed", own: str = "CC-BY-4.0") -> Corpus:
    """A corpus under a licence of its own, made of others under these."""
    child = factories.corpus(owner, "acme/child")
    factories.licence(child, own, owner)
    for at, expression in enumerate(parents):
        parent = factories.corpus(owner, f"acme/parent-{at}")
        factories.licence(parent, expression, owner)
        derive(child, parent, relation)
    return child


def on_card(corpus: Corpus) -> str:
    told = licence_terms(Known(corpus.revision, timezone.now()))
    assert told
    return str(told[0])


@pytest.mark.parametrize(
    ("parents", "relation", "met"),
    [
        (("CC-BY-4.0", "MIT"), "mixed", True),
        (("CC-BY-SA-4.0", "CC-BY-NC-4.0"), "mixed", False),
        (("CC-BY-SA-4.0", "GPL-2.0-only OR MIT"), "mixed", True),
        (("CC-BY-SA-4.0", "GPL-3.0-only"), "filtered", True),
        (("CC-BY-SA-4.0", "OpenAI"), "mixed", False),
        (("CC-BY-ND-4.0",), "filtered", False),
        (("CC-BY-ND-4.0",), "subset", True),
        (("CC-BY-ND-4.0",), "trained", None),
        (("MIT", "other"), "mixed", None),
    ],
)
def test_card_tab_and_facts_never_disagree(
    steward: User, parents: tuple[str, ...], relation: str, met: bool | None
) -> None:
    child = made_of(steward, *parents, relation=relation)
    tab, facts = trace(child.revision.pk, steward).licence, gather(child.revision)
    assert (tab.satisfiable, facts["lineage.licence_satisfiable"].value) == (met, met)
    assert on_card(child).endswith(f"{SAID[met]} {tab.why}".strip()) or f"be met: {tab.why}" in on_card(child)


def test_two_steps_upstream_count_on_the_card_too(steward: User) -> None:
    child = made_of(steward, "CC-BY-NC-4.0")
    derive(Corpus.objects.get(name="acme/parent-0"), made_of_more(steward, "CC-BY-SA-4.0"))
    assert "CC-BY-NC-4.0 and CC-BY-SA-4.0 of what it was made from cannot both be met: CC-BY-SA-4.0" in on_card(child)


def made_of_more(owner: User, expression: str) -> Corpus:
    far = factories.corpus(owner, "acme/far")
    factories.licence(far, expression, owner)
    return far


def test_what_an_admin_reads_otherwise_counts_in_lineages_too(steward: User) -> None:
    child = made_of(steward, "MIT")
    changes = {"use": "academic", "derivatives": "no"}
    LicenceOverride.objects.create(licence="MIT", changes=changes, reason="As our counsel reads it.", made_by=steward)
    facts = gather(child.revision)
    assert (facts["lineage.licence_use"].value, facts["lineage.licence_satisfiable"].value) == ("academic", False)
    assert "MIT of what it was made from cannot be met" in on_card(child)


@pytest.mark.parametrize(("audience", "named"), [(Audience.ORGANISATION, True), (Audience.NAMED, False)])
def test_a_card_names_no_licence_of_what_its_readers_may_not_know_of(
    steward: User, audience: Audience, named: bool
) -> None:
    child = made_of(steward, "CC-BY-SA-4.0", "ODbL-1.0")
    Corpus.objects.filter(name="acme/parent-1").update(audience=audience)
    assert ("ODbL" in on_card(child)) is named
    assert "be met" in on_card(child)


def test_the_publics_card_names_nothing_that_is_only_on_record(steward: User) -> None:
    child = made_of(steward, own="MIT")
    Corpus.objects.filter(pk=child.pk).update(
        audience=Audience.PUBLIC, dataset=record("Tied", "CC-BY-SA-4.0 AND GPL-2.0-only")
    )
    derive(made_of_more(steward, "MIT"), child)
    assert "GPL" not in on_card(Corpus.objects.get(pk=child.pk))


@pytest.mark.parametrize(
    ("expression", "use", "met"),
    [
        ("CC-BY-NC-4.0", "non-commercial", True),
        ("MIT", "any", True),
        ("CC-BY-SA-4.0 AND GPL-2.0-only", "any", False),
        ("CC-BY-ND-4.0", "any", False),
        ("other", None, None),
        ("", None, None),
    ],
)
def test_the_facts_tell_for_which_use_and_whether_it_can_be_met(
    steward: User, expression: str, use: str | None, met: bool | None
) -> None:
    facts = gather(made_of(steward, own=expression).revision)
    assert (facts["licence.use"].value, facts["licence.satisfiable"].value) == (use, met)
    assert facts["lineage.licence_use"].value == use


def test_the_tab_says_use_derivatives_share_alike_and_why(steward: User) -> None:
    child = made_of(steward, "CC-BY-SA-4.0", "CC-BY-NC-4.0")
    seen = Pages(steward).text("corpus-lineage", child.pk)
    assert "Use non-commercial Derivatives allowed Share alike required" in seen
    assert "CC-BY-SA-4.0 forbids to add restrictions, and CC-BY-NC-4.0 adds one: its use is non-commercial." in seen
