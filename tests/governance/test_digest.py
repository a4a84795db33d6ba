"""Mails through a real mail server: one for all that waits, with a way out, and nothing where nothing happened."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from datacards.errors import BadInput
from datacards.models import Corpus, User
from governance import deliveries, digest, subscriptions
from governance.subscription_models import Message, Subscription
from tests.factories import corpus, person
from tests.governance.pages import words
from tests.governance.telling import asked, changed, hasten
from tests.receiving import Postbox, mailing

pytestmark = pytest.mark.django_db
ADDRESS = "rita@harbour.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Postbox]:
    with mailing() as box:
        yield box


@pytest.fixture
def box(server: Postbox, settings: Settings) -> Postbox:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # pytest-django's keeps mails in memory
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.CONSENTRY_EMAIL = "127.0.0.1", server.port, True
    settings.CONSENTRY_URL, settings.DEFAULT_FROM_EMAIL = "https://c.example.org", "Consentry <c@harbour.example>"
    server.mails.clear()
    server.receivers.clear()
    server.answer = "250 OK"
    return server


@pytest.fixture
def rita(db: None) -> User:
    return person("rita", "reader", email=ADDRESS)


@pytest.fixture
def web(db: None) -> Corpus:
    return corpus(person("stella", "steward"), "harbour/web", {"news.example": 700, "wiki.example": 300})


@pytest.fixture
def daily(web: Corpus, rita: User, box: Postbox) -> Subscription:
    return asked(rita, "email", name="the news")


def later() -> None:
    """Let a period pass."""
    Subscription.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def parts(box: Postbox) -> tuple[str, str]:
    """The plain text and the HTML of the one mail."""
    (mail,) = box.mails
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert rich
    return plain.get_content(), rich.get_content()


def way_out(box: Postbox) -> str:
    """The path of the link by which the one mail is ended."""
    return urlsplit(str(box.mails[0]["List-Unsubscribe"]).strip(" <>")).path


# --- when --------------------------------------------------------------------------------------------------


def test_all_that_waits_is_one_mail(daily: Subscription, box: Postbox) -> None:
    for host in ("news.example", "wiki.example", "news.example"):
        changed(host)
    deliveries.deliver()
    assert (len(box.mails), box.receivers) == (1, [ADDRESS])
    assert box.mails[0]["Subject"] == "Consentry: 2 sites changed what they permit"


def test_nothing_is_sent_when_nothing_happened(daily: Subscription, box: Postbox) -> None:
    for _ in range(3):
        later()
        deliveries.deliver()
    assert (box.mails, Message.objects.count()) == ([], 0)


def test_there_is_one_mail_in_a_period(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    changed("wiki.example")
    changed("news.example")
    deliveries.deliver()
    assert len(box.mails) == 1
    later()
    deliveries.deliver()
    assert [mail["Subject"] for mail in box.mails][1:] == ["Consentry: 2 sites changed what they permit"]


def test_the_next_period_begins_a_day_later(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    daily.refresh_from_db()
    assert timedelta(hours=23, minutes=59) < daily.due_at - timezone.now() <= timedelta(days=1)


def test_at_once_means_with_the_next_look(web: Corpus, rita: User, box: Postbox) -> None:
    asked(rita, "email", pace="immediate")
    for _ in range(2):
        changed()
        deliveries.deliver()
    assert len(box.mails) == 2


def test_each_subscription_has_its_own_mail(daily: Subscription, rita: User, box: Postbox) -> None:
    asked(rita, "email", name="wiki", domain="wiki.example")
    changed("wiki.example")
    deliveries.deliver()
    assert len(box.mails) == 2
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


def test_a_mail_of_very_many_changes_shows_the_first_and_counts_the_rest(daily: Subscription, box: Postbox) -> None:
    for _ in range(digest.SHOWN + 7):
        changed()
    deliveries.deliver()
    plain, _ = parts(box)
    assert plain.count("news.example tightened") == digest.SHOWN
    assert "And 7 more: https://c.example.org/changes/" in plain


# --- what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [0, 1], ids=["plain", "html"])
def test_a_mail_says_what_happened_and_what_it_touches(daily: Subscription, box: Postbox, form: int) -> None:
    change = changed()
    deliveries.deliver()
    said = parts(box)[form]
    assert "news.example tightened what it permits, for 1 agent" in said
    assert "Agent blocked: GPTBot: nothing refused → whole site refused" in said
    assert "70.0 % of the tokens of harbour/web" in said
    assert f"https://c.example.org/changes/{change.pk}/" in said


def test_a_mail_holds_no_picture_and_nothing_that_tells_who_reads_it(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    _, rich = parts(box)
    assert not any(word in rich for word in ("<img", "<link", "<script", "src=", "style", "url("))


def test_hostile_words_of_a_site_stay_words(daily: Subscription, box: Postbox) -> None:
    event = {"kind": "text-changed", "agent": "<script>alert(1)</script>", "before": "", "after": "</ul>"}
    changed(changes=[event])
    deliveries.deliver()
    plain, rich = parts(box)
    assert "<script>alert(1)" in plain
    assert "<script>" not in rich


def test_the_subject_names_no_site_and_no_corpus(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    assert box.mails[0]["Subject"] == "Consentry: 1 site changed what it permits"


def test_what_may_no_longer_be_read_is_not_in_the_mail(daily: Subscription, web: Corpus, box: Postbox) -> None:
    corpus(web.owner, "harbour/lab", {"lab.example": 10})
    changed("news.example")
    changed("lab.example")
    deliveries.match()
    deliveries.bundle()
    Corpus.objects.filter(pk=web.pk).update(owner=person("bruno", "steward"), audience="named")
    deliveries.send()
    plain, rich = parts(box)
    assert "lab.example" in plain
    assert not any(name in plain + rich for name in ("news.example", "harbour/web"))


def test_a_mail_of_which_nothing_may_be_read_is_not_sent(daily: Subscription, web: Corpus, box: Postbox) -> None:
    changed()
    deliveries.match()
    deliveries.bundle()
    Corpus.objects.filter(pk=web.pk).update(owner=person("bruno", "steward"), audience="named")
    deliveries.send()
    assert (box.mails, Message.objects.get().state) == ([], "dropped")


def test_a_test_arrives_and_tells_of_nothing(daily: Subscription, box: Postbox) -> None:
    subscriptions.test(daily)
    deliveries.deliver()
    assert "Mails of your subscription “the news” arrive. Nothing has changed." in parts(box)[0]


# --- the way out -------------------------------------------------------------------------------------------


def test_a_mail_has_the_headers_of_one_click(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    (mail,) = box.mails
    assert mail["List-Unsubscribe"].strip().startswith("<https://c.example.org/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(Message.objects.get().pk) in mail["Message-ID"]
    assert mail["List-Unsubscribe"].strip(" <>") in parts(box)[0]


def test_one_click_of_a_mail_program_ends_the_mails(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    program = Client(enforce_csrf_checks=True)
    answer = program.post(way_out(box), {"List-Unsubscribe": "One-Click"})
    daily.refresh_from_db()
    assert (answer.status_code, daily.active, daily.sentence) == (200, False, "Ended by the link in a mail.")


def test_to_open_the_link_only_asks(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    answer = Client().get(way_out(box))
    daily.refresh_from_db()
    assert (answer.status_code, daily.active) == (200, True)
    assert not any(name in words(answer) for name in ("the news", ADDRESS, "rita", "news.example"))


def test_a_link_that_was_touched_ends_nothing(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    path = way_out(box)
    assert Client().post(path.rstrip("/")[:-1] + "/").status_code == 404
    assert Client().post("/unsubscribe/" + str(daily.pk) + "/").status_code == 404
    daily.refresh_from_db()
    assert daily.active


def test_a_link_ends_after_ninety_days(daily: Subscription, box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    changed()
    deliveries.deliver()
    monkeypatch.setattr(digest, "LINK_LASTS", timedelta(seconds=-1))
    assert Client().post(way_out(box)).status_code == 404


def test_after_the_way_out_no_mail_comes(daily: Subscription, box: Postbox) -> None:
    changed()
    deliveries.deliver()
    Client().post(way_out(box))
    later()
    changed()
    deliveries.deliver()
    assert len(box.mails) == 1


# --- trouble -----------------------------------------------------------------------------------------------


def test_a_mail_server_that_refuses_is_asked_again_under_the_same_id(daily: Subscription, box: Postbox) -> None:
    box.answer = "451 Later"
    changed()
    deliveries.deliver()
    message = Message.objects.get()
    assert (message.state, message.sentence) == ("waiting", "The mail server refuses it (status 451).")
    box.answer = "250 OK"
    hasten(message)
    deliveries.deliver()
    assert str(message.pk) in box.mails[0]["Message-ID"]


def test_a_mail_server_that_is_not_there_is_told_by_kind(daily: Subscription, box: Postbox, settings: Settings) -> None:
    settings.EMAIL_PORT = 1
    changed()
    deliveries.deliver()
    assert Message.objects.get().sentence == "The mail server cannot be used (ConnectionRefusedError)."


@pytest.mark.parametrize("answer", ["250 OK", "550 rita@harbour.example is unknown here"])
def test_the_address_is_in_no_log_and_in_no_record_of_messages(
    daily: Subscription, box: Postbox, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    box.answer = answer
    changed()
    with caplog.at_level(logging.DEBUG, logger="governance"), caplog.at_level(logging.DEBUG, logger="django"):
        deliveries.deliver()
    assert ADDRESS not in caplog.text
    assert not any(ADDRESS in str(row) for row in (*Message.objects.values(), *Subscription.objects.values()))


def test_who_has_no_address_cannot_ask_for_mails(web: Corpus, box: Postbox) -> None:
    with pytest.raises(BadInput, match="no e-mail address"):
        asked(person("nora", "reader"), "email")


def test_without_a_mail_server_nobody_can_ask_for_mails(web: Corpus, rita: User, settings: Settings) -> None:
    settings.CONSENTRY_EMAIL = False
    with pytest.raises(BadInput, match="CONSENTRY_EMAIL_URL"):
        asked(rita, "email")


def test_who_lost_their_address_is_told_why_nothing_comes(daily: Subscription, rita: User, box: Postbox) -> None:
    User.objects.filter(pk=rita.pk).update(email="")
    changed()
    deliveries.deliver()
    assert Message.objects.get().sentence == "Your account has no e-mail address; an admin can add it."
