"""All that a site says, on its page: documents, statements, and where they contradict each other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crawler.channels import Signal
from crawler.sayings import saying
from tests.factories import NOAI, World, domain, home, terms
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db
GRANTS = Signal("aipref", "ai-train", "*", "allowed", "header Content-Usage")


def test_a_page_names_the_statement_that_decides(world: World, reader: Pages) -> None:
    home(domain("wiki.example"), NOAI)
    seen = reader.text("domain", "wiki.example")
    assert "Training AI models Disallowed noai: meta robots" in seen


def test_robots_that_allow_and_terms_that_forbid_are_a_conflict(world: World, reader: Pages) -> None:
    terms(domain("blog.example"))
    seen = reader.text("domain", "blog.example")
    assert "Where it contradicts itself" in seen
    assert "Terms of service disallows it" in seen


def test_two_channels_that_contradict_each_other_are_told_with_both_places(world: World) -> None:
    home(domain("wiki.example"), NOAI, GRANTS)
    found = saying(domain("wiki.example"))
    pairs = {(conflict.allowed.channel, conflict.disallowed.channel) for conflict in found.conflicts}
    assert ("aipref", "noai") in pairs
    assert dict(found.everybody)["ai-train"].value == "disallowed"


def test_silence_is_said_to_be_no_permission(reader: Pages) -> None:
    assert "nothing speaks of it, which is no permission" in reader.text("domain", "wiki.example")


def test_what_a_site_said_then_is_told_of_then(world: World) -> None:
    home(domain("wiki.example"), NOAI)
    then = timezone.now() - timedelta(days=10)
    assert dict(saying(domain("wiki.example"), then).everybody)["ai-train"].value == "unstated"
    assert dict(saying(domain("wiki.example")).everybody)["ai-train"].value == "disallowed"
