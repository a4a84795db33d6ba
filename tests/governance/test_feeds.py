"""Atom feeds: valid, lasting, private, and quick to say that nothing is new."""

import base64
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from datacards.models import Corpus, User
from governance import feeds, subscriptions, tokens
from governance.models import ApiToken
from governance.subscription_models import Subscription
from tests.factories import corpus, person
from tests.governance.telling import asked, changed

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def web(db: None) -> Corpus:
    return corpus(person("stella", "steward"), "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def feed(web: Corpus, rita: User) -> Subscription:
    return asked(rita, "feed", name="the news")


def password(of: User, **more: Any) -> str:
    """The secret of a token that may read."""
    made = {"name": "feeds", "scopes": ["read"], "ends_at": timezone.now() + timedelta(days=30)} | more
    return tokens.make(of, **made)[1]


def fetched(feed: Subscription, secret: str = "", user: str = "anything", **headers: str) -> Any:
    """What a feed reader gets that knows a name and a password."""
    if secret or user != "anything":
        login = base64.b64encode(f"{user}:{secret}".encode()).decode()
        headers["Authorization"] = f"Basic {login}"
    return Client().get(f"/feeds/{feed.pk}.atom", headers=headers)


def read(feed: Subscription, rita: User) -> Any:
    """The feed, as a feed reader understands it."""
    found = feedparser.parse(fetched(feed, password(rita)).content)
    assert not found.bozo, found.get("bozo_exception")
    return found


# --- what it says ------------------------------------------------------------------------------------------


def test_a_feed_has_what_atom_demands(feed: Subscription, rita: User) -> None:
    changed()
    root = etree.fromstring(fetched(feed, password(rita)).content)
    assert root.tag == f"{ATOM}feed"
    for holder in (root, root.find(f"{ATOM}entry")):
        assert {len(holder.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")} == {1}
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Consentry"
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]


def test_a_feed_reader_finds_the_change_in_it(feed: Subscription, rita: User) -> None:
    change = changed()
    (entry,) = read(feed, rita).entries
    assert entry.title == "news.example tightened what it permits, for 1 agent"
    assert entry.link == f"http://localhost:8000/changes/{change.pk}/"
    assert entry.id == f"urn:uuid:{change.pk}"
    assert "GPTBot: nothing refused → whole site refused" in entry.summary
    assert "70.0 % of the tokens of harbour/web" in entry.summary


def test_moments_are_utc_and_those_of_the_change(feed: Subscription, rita: User) -> None:
    change = changed(at=timezone.now() - timedelta(hours=24), settles_at=timezone.now())
    found = read(feed, rita)
    assert datetime.fromisoformat(found.entries[0].updated) == change.settles_at
    assert datetime.fromisoformat(found.entries[0].published) == change.at
    assert found.feed.updated == found.entries[0].updated
    assert found.feed.updated.endswith("Z")


def test_an_empty_feed_is_valid_and_as_old_as_its_subscription(feed: Subscription, rita: User) -> None:
    found = read(feed, rita)
    assert (found.entries, datetime.fromisoformat(found.feed.updated)) == ([], feed.made_at)


def test_ids_stay_as_they_are(feed: Subscription, rita: User) -> None:
    changed()
    first = read(feed, rita)
    changed("wiki.example")
    second = read(feed, rita)
    assert first.feed.id == second.feed.id
    assert first.entries[0].id in {entry.id for entry in second.entries}


def test_the_feed_knows_its_own_address_and_its_page(feed: Subscription, rita: User) -> None:
    links = {link.rel: link.href for link in read(feed, rita).feed.links}
    assert links == {
        "self": f"http://localhost:8000/feeds/{feed.pk}.atom",
        "alternate": f"http://localhost:8000/subscriptions/{feed.pk}/",
    }


def test_what_settled_last_comes_first_and_a_hundred_are_enough(feed: Subscription, rita: User) -> None:
    slow = changed("wiki.example", at=timezone.now() - timedelta(days=7), channel="terms")
    for _ in range(feeds.ENTRIES + 5):
        changed()
    now = timezone.now()
    type(slow).objects.filter(pk=slow.pk).update(settles_at=now)
    found = feeds.entries(feed)
    assert (len(found), found[0].pk) == (feeds.ENTRIES, slow.pk)


def test_a_feed_of_little_holds_what_is_old(feed: Subscription, rita: User) -> None:
    Subscription.objects.update(made_at=timezone.now() - timedelta(days=999))
    old = [changed(at=timezone.now() - timedelta(days=days)) for days in (800, 300, 30, 1)]
    assert [entry.id for entry in read(feed, rita).entries] == [f"urn:uuid:{change.pk}" for change in reversed(old)]


@pytest.mark.parametrize("standing", ["settling", "returned"])
def test_what_has_not_lasted_is_not_in_the_feed(feed: Subscription, rita: User, standing: str) -> None:
    changed(standing=standing, settles_at=timezone.now())
    assert read(feed, rita).entries == []


def test_what_settled_before_the_feed_was_made_is_not_in_it(web: Corpus, rita: User) -> None:
    changed(at=timezone.now() - timedelta(minutes=1))
    assert read(asked(rita, "feed"), rita).entries == []


def test_a_feed_filters_like_every_subscription(web: Corpus, rita: User) -> None:
    feed = asked(rita, "feed", domain="wiki.example", direction="loosened")
    changed("wiki.example")
    mine = changed("wiki.example", direction="loosened")
    assert [entry.id for entry in read(feed, rita).entries] == [f"urn:uuid:{mine.pk}"]


def test_letters_that_xml_cannot_hold_do_not_break_the_feed(feed: Subscription, rita: User) -> None:
    Subscription.objects.update(name="a]]>&<b>\x0b\x1f")
    changed(changes=[{"kind": "text-changed", "agent": "\x01<x>", "before": "\ufffe", "after": "]]>"}])
    found = read(feed, rita)
    assert found.feed.title.startswith("Consentry: a]]>&")
    assert len(found.entries) == 1


# --- who may fetch it --------------------------------------------------------------------------------------


def test_a_feed_is_typed_as_atom_and_kept_private(feed: Subscription, rita: User) -> None:
    answer = fetched(feed, password(rita))
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]


def test_a_feed_is_fetched_with_a_token_as_password_whatever_the_name(feed: Subscription, rita: User) -> None:
    secret = password(rita)
    assert {fetched(feed, secret, user=name).status_code for name in ("rita", "", "somebody else")} == {200}


def test_a_token_may_come_as_bearer_too(feed: Subscription, rita: User) -> None:
    assert fetched(feed, Authorization=f"Bearer {password(rita)}").status_code == 200


def test_who_sends_no_password_is_asked_for_one(feed: Subscription) -> None:
    answer = fetched(feed)
    assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Basic ")
    assert b"the news" not in answer.content


@pytest.mark.parametrize("login", ["!!!", "bm9jb2xvbg==", "/w==", ""])
def test_a_login_that_is_none_is_refused(feed: Subscription, login: str) -> None:
    assert fetched(feed, Authorization=f"Basic {login}").status_code == 401


def test_a_token_in_the_address_opens_nothing(feed: Subscription, rita: User) -> None:
    secret = password(rita)
    for query in (f"token={secret}", f"access_token={secret}", f"password={secret}"):
        assert Client().get(f"/feeds/{feed.pk}.atom?{query}").status_code == 401


def test_a_token_that_was_revoked_opens_nothing(feed: Subscription, rita: User) -> None:
    secret = password(rita)
    tokens.revoke(rita, ApiToken.objects.get())
    assert fetched(feed, secret).status_code == 401


def test_anothers_feed_looks_like_one_that_is_not_there(feed: Subscription, web: Corpus) -> None:
    assert fetched(feed, password(web.owner)).status_code == 404


def test_a_webhook_has_no_feed(web: Corpus, rita: User) -> None:
    assert fetched(asked(rita, "webhook"), password(rita)).status_code == 404


def test_a_paused_feed_is_not_there_until_it_is_resumed(feed: Subscription, rita: User) -> None:
    secret, change = password(rita), changed()
    subscriptions.pause(feed)
    assert fetched(feed, secret).status_code == 404
    subscriptions.resume(feed)
    assert str(change.pk) in fetched(feed, secret).content.decode()


def test_what_may_no_longer_be_read_leaves_the_feed(feed: Subscription, rita: User, web: Corpus) -> None:
    changed()
    secret = password(rita)
    Corpus.objects.filter(pk=web.pk).update(owner=person("bruno", "steward"), audience="named")
    body = fetched(feed, secret).content
    assert b"<entry" not in body
    assert not any(name in body for name in (b"news.example", b"harbour/web"))


def test_a_password_opens_no_page_and_no_operation(feed: Subscription, rita: User) -> None:
    login = base64.b64encode(f"x:{password(rita)}".encode()).decode()
    for path in ("/changes/", "/api/v1/me"):
        assert Client().get(path, headers={"Authorization": f"Basic {login}"}).status_code in (302, 401)


# --- again -------------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again(feed: Subscription, rita: User) -> None:
    changed()
    secret = password(rita)
    etag = fetched(feed, secret)["ETag"]
    again = fetched(feed, secret, **{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_what_has_changed_is_sent(feed: Subscription, rita: User) -> None:
    secret = password(rita)
    etag = fetched(feed, secret)["ETag"]
    changed()
    assert fetched(feed, secret, **{"If-None-Match": etag}).status_code == 200


def test_an_etag_gives_nothing_away_to_who_may_not_read(feed: Subscription, rita: User) -> None:
    etag = fetched(feed, password(rita))["ETag"]
    assert fetched(feed, **{"If-None-Match": etag}).status_code == 401


def test_a_feed_takes_few_statements_however_long_it_is(
    feed: Subscription, rita: User, django_assert_max_num_queries: Any
) -> None:
    secret = password(rita)
    for _ in range(30):
        changed()
    with django_assert_max_num_queries(8):
        assert fetched(feed, secret).status_code == 200
