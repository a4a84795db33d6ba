"""A card at the Hub, read at a revision and proposed as a pull request, with a Hub on loopback."""

import base64

import pytest
from huggingface_hub import HfFileSystem, constants

from datacards import hub_cards
from datacards.errors import BadInput
from tests.datacards.hub_server import COMMIT, Repository, serving

CARD = b"---\nlicense: mit\n---\n# Web\n"
TOKEN = "hf_a_token_of_the_tests"


@pytest.fixture
def hub(monkeypatch):
    with serving() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        server.repositories = {"acme/web": Repository({"README.md": CARD}), "acme/bare": Repository({"a.csv": b"a"})}
        yield server
        HfFileSystem.clear_instance_cache()


def test_a_card_is_read_at_the_commit_of_its_revision(hub):
    assert hub_cards.fetch("acme/web", "main") == (CARD, COMMIT)


@pytest.mark.parametrize(("name", "revision"), [("acme/none", ""), ("acme/web", "v9"), ("acme/bare", "")])
def test_what_is_not_there_is_told_in_a_sentence(hub, name, revision):
    with pytest.raises(BadInput, match=rf"{name} .*: .*\.$"):
        hub_cards.fetch(name, revision)


def test_a_pull_request_sends_the_card_alone_on_the_commit_that_was_read(hub):
    address = hub_cards.propose("acme/web", CARD + b"More.\n", COMMIT, TOKEN)
    sent = hub.repositories["acme/web"].commits[0]
    head, file = sent["lines"][0]["value"], sent["lines"][1]["value"]
    assert "create_pr=1" in sent["query"]
    assert (head["parentCommit"], file["path"]) == (COMMIT, "README.md")
    assert base64.b64decode(file["content"]) == CARD + b"More.\n"
    assert address.endswith("/discussions/1")


def test_the_token_goes_to_the_hub_and_nowhere_else(hub):
    address = hub_cards.propose("acme/web", CARD + b"x", COMMIT, TOKEN)
    assert hub.repositories["acme/web"].commits[0]["token"] == f"Bearer {TOKEN}"
    assert TOKEN not in address
