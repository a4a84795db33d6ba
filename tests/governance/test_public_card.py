"""The public card: anybody reads it where the corpus is public; nobody else learns that there is one."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from datacards.exchange.croissant import problems, read
from datacards.models import CardOriginal, CardVersion, Corpus, Derivation, User
from tests.datacards.descriptions import by_mlcroissant
from tests.factories import World, corpus, licence
from tests.governance.pages import Pages, words

pytestmark = pytest.mark.django_db
ROUTES = ("public-card", "public-card-croissant", "public-card-dcat")


def card(of: Corpus, by: User, values: dict[str, str]) -> None:
    """The next version of its card: these answers, given by this person."""
    entries = {
        path: {"value": value, "source": "person", "by": by.username, "at": "2026-01-01"}
        for path, value in values.items()
    }
    number = of.cards.count() + 1
    CardVersion.objects.create(corpus=of, revision=of.revision, number=number, values=entries, made_by=by)


@pytest.fixture
def anybody(world: World, db: None) -> Pages:
    """Somebody without an account."""
    return Pages(None)


@pytest.fixture
def public(world: World, db: None):
    """A public corpus with a licence and a finished card."""
    made = corpus(world.steward, "harbour/birds", title="Birds", summary="Songs of birds.", audience="public")
    licence(made, "CC-BY-NC-4.0", world.steward)
    card(made, world.steward, {"authorship.publisher": "Harbour Institute", "quality.known_limits": "Few owls."})
    return made


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_not_public_is_not_there(world: World, anybody: Pages, route: str) -> None:
    hidden = anybody.get(route, world.hidden.pk)
    missing = anybody.get(route, "00000000-0000-4000-8000-000000000000")
    assert (hidden.status_code, words(hidden)) == (404, words(missing))


@pytest.mark.parametrize("route", ROUTES)
def test_who_may_read_the_corpus_reads_its_card(world: World, steward: Pages, route: str) -> None:
    assert steward.get(route, world.blocked.pk).status_code in (200, 409)


def test_the_page_tells_licence_consent_and_answers_with_their_sources(anybody: Pages, public) -> None:
    told = anybody.text("public-card", public.pk)
    for part in (
        "Songs of birds.",
        "CC-BY-NC-4.0",
        "not allowed commercial use",
        "Nobody has asked the sites",
        "Few owls.",
    ):
        assert part in told
    assert "told by people here" in told


def test_nobody_is_named_on_it(world: World, anybody: Pages, public) -> None:
    assert world.steward.username not in anybody.get("public-card", public.pk).content.decode()


def test_it_takes_at_most_15_queries(anybody: Pages, public) -> None:
    assert anybody.queries(reverse("public-card", args=[public.pk])) <= 15


def test_search_engines_find_the_dataset_in_it(anybody: Pages, public) -> None:
    body = anybody.get("public-card", public.pk).content.decode()
    (data,) = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', body)
    made = json.loads(data)
    assert (made["@type"], made["name"], made["license"]) == (
        "Dataset",
        "Birds",
        "https://spdx.org/licenses/CC-BY-NC-4.0",
    )


def test_no_word_of_a_card_ends_the_data_block_or_becomes_markup(world: World, anybody: Pages, public) -> None:
    attack = "</script><script>alert(1)</script><!--"
    card(public, world.steward, {"authorship.publisher": attack, "use.intended": attack})
    public.title, public.summary = attack, attack
    public.save()
    body = anybody.get("public-card", public.pk).content.decode()
    assert "<script>alert" not in body
    assert body.count("</script>") == body.count("<script")
    (data,) = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', body)
    assert json.loads(data)["name"] == attack


def test_the_page_points_to_the_same_as_data(anybody: Pages, public) -> None:
    links = anybody.get("public-card", public.pk)["Link"]
    assert links.count('rel="describedby"') == 2
    assert reverse("public-card-croissant", args=[public.pk]) in links


def test_who_asks_for_linked_data_gets_croissant(public) -> None:
    address = reverse("public-card", args=[public.pk])
    response = Client().get(address, headers={"accept": "application/ld+json"})
    assert response["Content-Type"].startswith("application/ld+json")
    assert "Accept" in response["Vary"]
    assert Client().get(address, headers={"accept": "text/html,*/*;q=0.8"})["Content-Type"].startswith("text/html")


def test_the_croissant_file_passes_both_judges(anybody: Pages, public) -> None:
    body = anybody.get("public-card-croissant", public.pk).content
    assert problems(json.loads(body)) == []
    assert by_mlcroissant(body) == []
    assert read(body).values["quality.known_limits"]["value"] == "Few owls."


def test_what_is_missing_for_croissant_is_told_as_a_problem(world: World, anybody: Pages) -> None:
    bare = corpus(world.steward, "harbour/bare", audience="public")
    response = anybody.get("public-card-croissant", bare.pk)
    assert (response.status_code, response["Content-Type"]) == (409, "application/problem+json")
    assert "It lacks a licence" in response.json()["detail"]


def test_what_was_imported_comes_out_with_what_nobody_here_understands(world: World, anybody: Pages, public) -> None:
    body = json.dumps(
        {"@type": "Dataset", "name": "Birds", "description": "d", "usageInfo": {"odrl:x": [1]}, "a:b": "c"}
    )
    CardOriginal.objects.create(corpus=public, format="croissant", name="birds.json", body=body, digest="")
    made = anybody.get("public-card-croissant", public.pk).json()
    assert made["a:b"] == "c"
    assert made["usageInfo"][0] == {"odrl:x": [1]}


def test_the_dcat_file_is_a_dataset_with_its_files(anybody: Pages, public) -> None:
    made = anybody.get("public-card-dcat", public.pk).json()
    assert (made["@type"], made["dct:title"]) == ("dcat:Dataset", "Birds")
    assert made["dcat:distribution"]["dct:title"] == "part-0.parquet"


@pytest.mark.parametrize("route", ROUTES)
def test_a_parent_that_one_may_not_know_of_is_not_named(world: World, anybody: Pages, public, route: str) -> None:
    Derivation.objects.create(child=public.revision, parent=world.hidden.revision, relation="filtered")
    assert "unreleased" not in anybody.get(route, public.pk).content.decode()


def test_a_public_parent_is_named_with_its_licence(world: World, anybody: Pages, public) -> None:
    parent = corpus(world.other, "bruno/parks", title="Parks", audience="public")
    Derivation.objects.create(child=public.revision, parent=parent.revision, relation="filtered")
    made = anybody.get("public-card-croissant", public.pk).json()
    (origin,) = made["prov:wasDerivedFrom"]
    assert (origin["name"], origin["card:relation"]) == ("Parks", "filtered")
