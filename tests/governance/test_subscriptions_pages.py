"""The pages of subscriptions: what am I told of, did it arrive, and how do I end it?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from datacards.models import Corpus, Domain
from governance import digest, sealing
from governance.subscription_models import Delivery, Message, Subscription
from tests.factories import World, corpus, person
from tests.governance.pages import Pages, pages_of_watching, words
from tests.governance.telling import URL, changed
from tests.watching import HOST, Watched

pytestmark = pytest.mark.django_db
WATCHED = True
MOST_QUERIES = 12


@pytest.fixture
def hook(watched: Watched) -> Subscription:
    """The steward's webhook, which has a message of every state."""
    return watched.subscriptions["webhook"]


def message(of: Subscription, state: str) -> Message:
    return of.messages.get(state=state)


# --- the list and the form ---------------------------------------------------------------------------------


def test_the_pages_take_at_most_twelve_statements(watched: Watched, steward: Pages) -> None:
    mine = [("subscriptions", reverse("subscriptions"))]
    mine += [(name, path) for name, path in pages_of_watching(watched) if "subscription" in name]
    counts = {name: steward.queries(path) for name, path in mine}
    assert {name: count for name, count in counts.items() if count > MOST_QUERIES} == {}


def test_fifty_subscriptions_take_no_statement_more(world: World, watched: Watched, steward: Pages) -> None:
    before = steward.queries(reverse("subscriptions"))
    news = Domain.objects.get(name="news.example")
    for n in range(50):
        Subscription.objects.create(person=world.steward, name=str(n), way="feed", corpus=world.blocked, domain=news)
    assert steward.queries(reverse("subscriptions")) <= before


def test_the_list_says_what_each_names_and_how_it_is(watched: Watched, steward: Pages) -> None:
    seen = steward.text("subscriptions")
    assert "2 of 3 subscriptions tell you of changes." in seen
    assert "Our own service" in seen
    assert "Corpus harbour/web-2026 Agent GPTBot Signed webhook Active 2 messages not sent yet" in seen
    assert f"Site {HOST} E-mail once a day Paused Ended by the link in a mail." in seen
    assert "everything that you may read Atom feed Active" in seen


def test_nobody_sees_anothers_subscriptions(hook: Subscription, world: World, reader: Pages) -> None:
    assert "Our own service" not in reader.text("subscriptions")
    assert reader.get("subscription", hook.pk).status_code == 404
    assert Pages(world.admin).get("subscription", hook.pk).status_code == 404
    for act in ("test", "pause", "resume", "remove", "secret"):
        assert reader.post(f"subscription-{act}", hook.pk).status_code == 404
    assert reader.post("subscription-again", hook.pk, message(hook, "given-up").pk).status_code == 404


def test_an_empty_list_says_what_can_be_done(reader: Pages) -> None:
    seen = reader.text("subscriptions")
    assert "You are told of nothing by itself so far." in seen
    assert "Ask to be told when a site changes its mind" in seen


def test_a_form_makes_a_subscription(world: World, reader: Pages) -> None:
    form = {"way": "feed", "corpus": world.blocked.pk, "agent": "gptbot", "direction": "tightened"}
    seen = words(reader.post("subscriptions", **form))
    assert "“harbour/web-2026, GPTBot, tightened” is made." in seen
    made = Subscription.objects.get(person=world.reader)
    assert (made.corpus, made.agent, made.direction, made.active) == (world.blocked, "GPTBot", "tightened", True)


def test_the_secret_of_a_webhook_is_shown_once(world: World, reader: Pages) -> None:
    answer = reader.post("subscriptions", way="webhook", url=URL)
    made = Subscription.objects.get(person=world.reader)
    (secret,) = sealing.unseal(made.secret, timezone.now())
    assert secret in words(answer)
    assert "no-store" in answer["Cache-Control"]
    for page in (reader.get("subscriptions"), reader.get("subscription", made.pk)):
        assert secret not in page.content.decode()


def test_what_was_typed_is_kept_after_a_mistake(reader: Pages) -> None:
    answer = reader.post("subscriptions", way="webhook", url="http://hook.example/", name="mine", agent="GPTBot")
    assert answer.status_code == 422
    assert "Give an address that begins with https://" in words(answer)
    assert b'value="http://hook.example/"' in answer.content
    assert not Subscription.objects.filter(name="mine").exists()


def test_a_mistake_is_told_at_its_field(reader: Pages) -> None:
    answer = reader.post("subscriptions", way="feed", domain="secret.example")
    assert list(answer.context["form"].errors) == ["domain"]


@pytest.mark.parametrize("name", ["hidden", "nobody's"])
def test_a_corpus_that_one_may_not_read_cannot_be_chosen(world: World, reader: Pages, name: str) -> None:
    pk = world.hidden.pk if name == "hidden" else "00000000-0000-4000-8000-000000000000"
    answer = reader.post("subscriptions", way="feed", corpus=pk)
    assert answer.status_code == 422
    assert "bruno/unreleased" not in answer.content.decode()


def test_without_a_mail_server_the_form_says_so(reader: Pages) -> None:
    assert "Mails are not set up here" in reader.text("subscriptions")
    assert "mail is not set up here" in words(reader.post("subscriptions", way="email")).lower()


def test_with_one_it_says_where_mails_go(world: World, settings: Settings) -> None:
    settings.CONSENTRY_EMAIL = True
    nora = person("nora", "reader", email="nora@harbour.example")
    assert "Mails go to nora@harbour.example." in Pages(nora).text("subscriptions")
    assert "Your account has no e-mail address" in Pages(world.reader).text("subscriptions")


@pytest.mark.parametrize(
    ("page", "query", "prefilled"),
    [
        ("corpus", {}, "corpus"),
        ("domain", {}, "domain"),
        ("changes", {"agent": "GPTBot", "direction": "tightened"}, "agent"),
    ],
)
def test_a_page_leads_to_the_form_filled_in(
    world: World, steward: Pages, page: str, query: dict[str, str], prefilled: str
) -> None:
    of: dict[str, list[object]] = {"corpus": [world.blocked.pk], "domain": ["news.example"], "changes": []}
    body = steward.get(page, *of[page], **query).content.decode()
    address = body.partition('href="/subscriptions/?')[2].partition("#")[0].replace("&amp;", "&")
    form = steward.client.get(f"/subscriptions/?{address}").context["form"]
    wanted = {"corpus": str(world.blocked.pk), "domain": "news.example", "agent": "GPTBot"}
    assert form[prefilled].value() == wanted[prefilled]


# --- one of them -------------------------------------------------------------------------------------------


def test_every_message_says_what_became_of_it(hook: Subscription, steward: Pages) -> None:
    seen = steward.text("subscription", hook.pk)
    for word in ("Waiting", "Being sent", "Delivered", "Given up", "Not sent"):
        assert word in seen
    assert "Given up status 500 The receiver answers with status 500. 3 tries" in seen
    assert f"{HOST} tightened" in seen
    assert URL.partition("?")[0] not in seen


def test_what_one_may_not_read_now_is_not_named_in_the_log(hook: Subscription, world: World, steward: Pages) -> None:
    hidden = corpus(person("carla", "steward"), "carla/quiet", {"quiet.example": 9}, audience="named")
    told = changed("quiet.example")
    made = Message.objects.create(subscription=hook, state="dropped", sentence="Nothing in it is yours to be told.")
    Delivery.objects.create(subscription=hook, change=told, message=made)
    seen = steward.text("subscription", hook.pk)
    assert hidden.name not in seen
    assert "quiet.example" not in seen
    assert "what you may not read now" in seen


def test_a_corpus_that_was_hidden_is_not_named_as_what_is_asked_for(
    hook: Subscription, world: World, steward: Pages
) -> None:
    Corpus.objects.filter(pk=world.blocked.pk).update(owner=world.other, audience="named", name="bruno/renamed")
    for page in ("subscriptions", "subscription"):
        seen = steward.text(page, *([hook.pk] if page == "subscription" else []))
        assert "bruno/renamed" not in seen
        assert "Corpus one that you may not read now" in seen


def test_a_mail_of_many_changes_shows_the_first_and_counts_the_rest(
    hook: Subscription, watched: Watched, steward: Pages
) -> None:
    made = Message.objects.create(subscription=hook, state="delivered")
    for _ in range(7):
        Delivery.objects.create(subscription=hook, change=changed("wiki.example"), message=made)
    seen = steward.text("subscription", hook.pk)
    assert "wiki.example tightened, wiki.example tightened, wiki.example tightened and 4 more" in seen


def test_the_log_is_paged(hook: Subscription, steward: Pages) -> None:
    now = timezone.now()
    Message.objects.bulk_create(
        Message(subscription=hook, state="delivered", made_at=now - timedelta(minutes=n)) for n in range(60)
    )
    first = steward.get("subscription", hook.pk)
    later = steward.client.get(reverse("subscription", args=[hook.pk]), {"at": first.context["page"].next})
    shown = [{message.pk for message, *_ in page.context["log"]} for page in (first, later)]
    assert [len(each) for each in shown] == [30, 30]
    assert not shown[0] & shown[1]


def test_a_test_is_sent_from_the_page(hook: Subscription, steward: Pages) -> None:
    steward.post("subscription-test", hook.pk)
    seen = steward.text("subscription", hook.pk)
    assert "A test is on its way; the log below tells when it arrived." in seen
    assert hook.messages.get(test=True).state == "waiting"


def test_what_was_given_up_is_sent_again_from_the_page(hook: Subscription, steward: Pages) -> None:
    given_up = message(hook, "given-up")
    steward.post("subscription-again", hook.pk, given_up.pk)
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == ("waiting", 0)
    assert "under its old id" in steward.text("subscription", hook.pk)


def test_what_arrived_cannot_be_sent_again(hook: Subscription, steward: Pages) -> None:
    steward.post("subscription-again", hook.pk, message(hook, "delivered").pk)
    assert "Only what was given up can be sent again." in steward.text("subscription", hook.pk)


def test_a_message_of_another_subscription_is_not_found(hook: Subscription, watched: Watched, steward: Pages) -> None:
    feed = watched.subscriptions["feed"]
    assert steward.post("subscription-again", feed.pk, message(hook, "given-up").pk).status_code == 404


def test_a_new_secret_is_shown_once(hook: Subscription, steward: Pages) -> None:
    answer = steward.post("subscription-secret", hook.pk)
    hook.refresh_from_db()
    fresh = sealing.unseal(hook.secret, timezone.now())[0]
    assert fresh in words(answer)
    assert "no-store" in answer["Cache-Control"]
    assert fresh not in steward.get("subscription", hook.pk).content.decode()


def test_pausing_and_resuming_is_told(hook: Subscription, steward: Pages) -> None:
    steward.post("subscription-pause", hook.pk)
    assert "“Our own service” is paused. Subscriptions / Signed webhook Our own service It is paused." in steward.text(
        "subscription", hook.pk
    )
    steward.post("subscription-resume", hook.pk)
    assert "“Our own service” tells you of changes from now on." in steward.text("subscription", hook.pk)


def test_removing_is_told_on_the_list(hook: Subscription, steward: Pages) -> None:
    assert steward.post("subscription-remove", hook.pk)["Location"] == reverse("subscriptions")
    assert "“Our own service” is deleted." in steward.text("subscriptions")


def test_a_receiver_in_trouble_is_told_with_the_next_try(hook: Subscription, steward: Pages) -> None:
    Subscription.objects.filter(pk=hook.pk).update(quiet_until=timezone.now() + timedelta(hours=2))
    assert "Its receiver fails; the next try is" in steward.text("subscription", hook.pk)
    assert "In trouble" in steward.text("subscriptions")


def test_a_feed_says_where_it_is_and_what_is_in_it(watched: Watched, world: World, steward: Pages) -> None:
    feed = watched.subscriptions["feed"]
    seen = steward.text("subscription", feed.pk)
    assert f"http://localhost:8000/feeds/{feed.pk}.atom" in seen
    assert "any name and a personal token that may read as password" in seen
    assert "news.example" in seen


# --- the way out -------------------------------------------------------------------------------------------


def test_the_way_out_asks_and_names_nobody(watched: Watched, world: World) -> None:
    link = digest.unsubscribe_link(watched.subscriptions["email"]).removeprefix("http://localhost:8000")
    seen = words(Pages(None).client.get(link))
    assert "End these mails?" in seen
    assert not any(name in seen for name in ("News of the daily", HOST, world.steward.username))


def test_the_button_ends_the_mails(hook: Subscription) -> None:
    link = digest.unsubscribe_link(hook).removeprefix("http://localhost:8000")
    assert "The mails have ended" in words(Pages(None).client.post(link))
    hook.refresh_from_db()
    assert not hook.active
