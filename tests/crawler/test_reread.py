"""Terms read again: an upgrade of ours, with an endpoint or without, is no drift."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crawler import reread, store
from crawler.models import ConsentChange, Content, TermsVersion
from crawler.terms.endpoint import Rules
from tests.crawler.terms.test_endpoint import serving
from tests.factories import domain, terms

pytestmark = pytest.mark.django_db
TEXT = "Please be kind to each other. Machines that learn shall be kept away from our poems, all of them."
FOUND = {"kind": "ai_training", "verdict": "prohibited", "quote": TEXT[30:]}
SAYS_NOTHING = {"scraping": "not_mentioned", "ai_training": "not_mentioned"}


@pytest.fixture
def stored() -> TermsVersion:
    """Terms in which an older reading found nothing."""
    return terms(domain("poems.example"), TEXT, **SAYS_NOTHING)


def answer(*clauses: dict[str, str]) -> bytes:
    content = json.dumps({"clauses": clauses})
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_terms_of_an_older_reading_are_read_once(stored: TermsVersion) -> None:
    assert list(reread.reread(Rules(), store.configured())) == [1]
    assert list(reread.reread(Rules(), store.configured())) == []
    assert TermsVersion.objects.filter(content=stored.content_id).count() == 2


def test_an_endpoint_adds_what_it_can_quote_and_no_change_is_recorded(stored: TermsVersion) -> None:
    with serving(answer(FOUND)) as (endpoint, _):
        assert list(reread.reread(endpoint, store.configured())) == [1]
    content = Content.objects.select_related("stance").get(pk=stored.content_id)
    assert content.stance
    assert content.stance.ai_training == "prohibited"
    assert not ConsentChange.objects.exists()


def test_the_command_asks_the_endpoint_of_the_settings(stored: TermsVersion, settings: Any) -> None:
    with serving(answer(FOUND)) as (endpoint, server):
        settings.CONSENTRY_TERMS_ENDPOINT, settings.CONSENTRY_TERMS_KEY = endpoint.url, "secret-key"
        call_command("derive_terms", "--json")
    assert [headers["Authorization"] for headers, _ in server.asked] == ["Bearer secret-key"]


def test_an_endpoint_that_is_away_ends_it_with_one_sentence(stored: TermsVersion, settings: Any) -> None:
    settings.CONSENTRY_TERMS_ENDPOINT = "http://127.0.0.1:9/v1"
    with pytest.raises(CommandError, match=r"The terms endpoint cannot be reached"):
        call_command("derive_terms")
    assert TermsVersion.objects.filter(content=stored.content_id).count() == 1


def test_an_address_that_is_none_ends_it_with_one_sentence(settings: Any) -> None:
    settings.CONSENTRY_TERMS_ENDPOINT = "ftp://models.example"
    with pytest.raises(CommandError, match="has to be http"):
        call_command("derive_terms")
