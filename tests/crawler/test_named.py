"""What single domains say of training, many at once: as their corpora's consent would say it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crawler.named import answers, refusing
from tests.factories import ALLOWS, PRIVATE, REFUSES_AI, REFUSES_ALL, domain, snapshot

pytestmark = pytest.mark.django_db


def verdict(name: str) -> str:
    pk = domain(name).pk
    return answers([pk])[pk].verdict


@pytest.mark.parametrize(
    ("body", "said"), [(REFUSES_ALL, "disallowed"), (REFUSES_AI, "disallowed"), (PRIVATE, "some"), (ALLOWS, "none")]
)
def test_a_domain_says_what_its_robots_txt_says_to_training_agents(body: bytes, said: str) -> None:
    snapshot(domain("a.example"), body)
    assert verdict("a.example") == said


def test_a_domain_that_nobody_asked_is_unknown() -> None:
    assert verdict("unasked.example") == "unknown"


def test_the_newest_word_counts_and_an_earlier_moment_has_its_own() -> None:
    site, before = domain("a.example"), timezone.now() - timedelta(days=5)
    snapshot(site, ALLOWS, at=before)
    snapshot(site, REFUSES_AI)
    assert answers([site.pk])[site.pk].verdict == "disallowed"
    assert answers([site.pk], before)[site.pk].verdict == "none"


def test_many_domains_are_read_in_a_few_queries(django_assert_max_num_queries: object) -> None:
    ids = []
    for n in range(20):
        snapshot(domain(f"s{n}.example"), REFUSES_AI if n % 2 else ALLOWS)
        ids.append(domain(f"s{n}.example").pk)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(refusing(ids)) == 10


def test_no_domain_is_no_question() -> None:
    assert answers([]) == {}
