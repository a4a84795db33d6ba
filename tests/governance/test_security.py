"""What somebody hostile tries: a site, a file, an account with few rights. Each was once shown to work."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import World, change, domain, snapshot
from tests.governance.pages import Pages

pytestmark = pytest.mark.django_db


def test_a_site_cannot_make_the_page_of_its_change_slow(world: World, steward: Pages) -> None:
    before = b"User-agent: *\n" + b"Disallow: /x\n" * 3000
    after = b"User-agent: *\n" + b"".join(b"Disallow: /x\nDisallow: /%d\n" % i for i in range(1500))
    site, now = domain("news.example"), timezone.now()
    moved = change(snapshot(site, before, at=now - timedelta(hours=2)), snapshot(site, after, at=now))
    began = time.process_time()
    assert steward.get("change", moved.pk).status_code == 200
    assert time.process_time() - began < 5
