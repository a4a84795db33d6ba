"""The command `card`: cards out and in at a terminal, and a pull request at a Hub on loopback."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from huggingface_hub import HfFileSystem, constants

from datacards.models import CardOriginal, CardVersion, Corpus
from tests.datacards.hub_server import COMMIT, Hub, Repository, serving
from tests.factories import corpus, person

pytestmark = pytest.mark.django_db(transaction=True)
CARD = b"---\n# kept\nlicense: cc-by-nc-4.0\nmy_key: 7\n---\n# Web\n\nPages.\n"


@pytest.fixture
def web() -> Corpus:
    return corpus(person("stella", "steward"), "harbour/web", {"news.example": 700}, title="The harbour web")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        server.repositories = {"acme/web": Repository({"README.md": CARD})}
        yield server
        HfFileSystem.clear_instance_cache()


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("card", *words, stdout=out)
    return out.getvalue()


def test_a_folder_is_imported_and_exported_again(web: Corpus, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(CARD)
    assert json.loads(told("import", web.name, str(tmp_path), "--as", "stella", "--json"))["version"] == 1
    told("export", web.name, "--out", str(tmp_path / "out.md"))
    assert (tmp_path / "out.md").read_text().startswith("---\n# kept\nlicense: cc-by-nc-4.0\nmy_key: 7\n")
    assert not [line for line in told("export", web.name, "--diff").splitlines() if line.startswith("-l")]


def test_a_revision_of_the_hub_is_imported_and_named_by_its_commit(web: Corpus, hub: Hub) -> None:
    told("import", web.name, "hf://datasets/acme/web@main", "--as", "stella")
    assert CardOriginal.objects.get().name == f"hf://datasets/acme/web@{COMMIT}/README.md"


def test_a_preview_stores_nothing(web: Corpus, tmp_path: Path) -> None:
    (tmp_path / "card.md").write_bytes(CARD)
    told("import", web.name, str(tmp_path / "card.md"), "--preview", "--as", "stella")
    assert not CardVersion.objects.exists()


def test_a_pull_request_proposes_the_card_over_what_the_hub_says(
    web: Corpus, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_a_token_of_the_tests")
    assert "/discussions/1" in told("export", web.name, "--pull-request", "acme/web", "--json")
    file = hub.repositories["acme/web"].commits[0]["lines"][1]["value"]
    sent = base64.b64decode(file["content"]).decode()
    assert sent.startswith("---\n# kept\nlicense: cc-by-nc-4.0\nmy_key: 7\n")


def test_a_pull_request_without_a_token_is_refused(web: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(CommandError, match="HF_TOKEN"):
        told("export", web.name, "--pull-request", "acme/web")


def test_losses_and_the_registry_are_told(web: Corpus, tmp_path: Path) -> None:
    assert json.loads(told("loss", web.name, "--json"))["formats"][0]["format"] == "huggingface"
    told("registry", "--out", str(tmp_path / "all.csv"))
    assert "harbour/web" in (tmp_path / "all.csv").read_text()


@pytest.mark.parametrize("place", ["/no/such/file", "hf://datasets/acme/none@main"])
def test_a_place_that_cannot_be_read_is_told_in_a_sentence(web: Corpus, hub: Hub, place: str) -> None:
    with pytest.raises(CommandError, match=r": .*\."):
        told("import", web.name, place, "--as", "stella")
