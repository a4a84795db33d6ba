"""The profile on the page Audits, and stale claims on the card: what a reader sees, and who may start one."""

import pytest

from datacards.models import Run
from governance.computed import refresh
from tests.factories import World
from tests.governance.pages import Pages
from tests.governance.test_computed import newer_revision, profile

pytestmark = pytest.mark.django_db


def text_of(page: Pages, route: str, world: World) -> str:
    return str(page.get(route, world.approved.pk).content.decode())


def test_the_page_draws_lengths_and_languages_with_the_table_behind(world: World, steward: Pages) -> None:
    profile(world.approved.revision)
    shown = text_of(steward, "corpus-audits", world)
    for said in ("97.0 %", "92.0 % to 99.0 %", "4 to 7", "Tokens in a text, in doublings", "counted exactly"):
        assert said in shown, said


def test_a_profile_is_not_mistaken_for_a_scan(world: World, steward: Pages) -> None:
    profile(world.undecided.revision)
    shown = steward.get("corpus-audits", world.undecided.pk).content.decode()
    assert "It has not been searched for personal data." in shown
    assert "1,000 texts in “text”" in shown


def test_a_steward_starts_a_profile(world: World, steward: Pages) -> None:
    steward.post("corpus-profile", world.approved.pk)
    assert Run.objects.filter(kind="profile", corpus=world.approved).exists()


def test_a_profile_of_older_data_is_marked(world: World, steward: Pages) -> None:
    profile(world.approved.revision)
    newer_revision(world.approved)
    assert "The data has a newer revision than this profile." in text_of(steward, "corpus-audits", world)


def test_a_stale_claim_says_so_on_the_card_and_links_its_evidence(world: World, steward: Pages) -> None:
    profile(world.approved.revision)
    refresh(world.approved)
    newer_revision(world.approved)
    shown = text_of(steward, "corpus", world)
    assert "Of revision 1; this is revision 2." in shown
    assert f"/corpora/{world.approved.pk}/audits/#profile" in shown
    assert "measured-languages" in shown


def test_a_stale_claim_counts_against_the_freshness_of_the_card(world: World, steward: Pages) -> None:
    profile(world.approved.revision)
    refresh(world.approved)
    before = steward.get("corpus", world.approved.pk).context["scores"].freshness
    newer_revision(world.approved)
    after = steward.get("corpus", world.approved.pk).context["scores"].freshness
    assert set(after.lacking) - set(before.lacking) >= {"measured.languages", "measured.duplicates"}
