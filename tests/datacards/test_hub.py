"""Datasets of the Hub, read by its own client from a Hub on loopback."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfFileSystem, constants

from datacards.corpora import count_file, digest_of, find_columns
from datacards.corpora.remote import filesystem
from datacards.errors import BadInput, Expected
from datacards.locating import Location, find
from tests.datacards.hub_server import COMMIT, Repository, serving

CARD = b"---\nlicense: odc-by\nconfigs:\n- config_name: default\n  data_files: data/*\n---\n# Acme Web\n"
LINE = b'{"url": "https://b.example/", "text": "three"}\n'


def parquet():
    sink = io.BytesIO()
    pq.write_table(pa.table({"url": ["https://a.example/"], "text": ["one two"]}), sink)
    return sink.getvalue()


@pytest.fixture
def hub(monkeypatch):
    with serving() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        files = {"README.md": CARD, "data/a.parquet": parquet(), "data/b.jsonl": LINE, "x.jsonl": LINE}
        server.repositories = {"acme/web": Repository(files), "acme/gated": Repository(files, gated=True)}
        yield server
        filesystem.cache_clear()
        HfFileSystem.clear_instance_cache()


def test_a_dataset_is_listed_at_its_commit_with_its_card(hub):
    listing = find(Location("acme/web"))
    assert [file.name for file in listing.files] == ["data/a.parquet", "data/b.jsonl"]
    assert (listing.commit, listing.card) == (COMMIT, CARD.decode())


def test_its_files_are_counted_where_they_lie(hub):
    found = [count_file(file, find_columns(file)).shares.to_pylist() for file in find(Location("acme/web")).files]
    assert found == [
        [{"domain": "a.example", "tokens": 2, "documents": 1}],
        [{"domain": "b.example", "tokens": 1, "documents": 1}],
    ]


def test_a_file_in_large_storage_need_not_be_read_for_its_digest(hub):
    first, second = find(Location("acme/web")).files
    assert first.digest == digest_of(first)
    assert second.digest == ""


@pytest.mark.parametrize("location", ["hf://datasets/acme/web/data", "hf://datasets/acme/web@main/data/"])
def test_an_address_may_name_a_folder_of_it(hub, location):
    assert len(find(Location(location)).files) == 2


def test_for_others_the_machines_token_is_not_used(hub):
    listing = find(Location("acme/web", roots=()))
    assert all(file.anonymous for file in listing.files)
    assert count_file(listing.files[0], find_columns(listing.files[0])).rows == 1


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        (Location("acme/none"), "The dataset acme/none is unknown to the Hub or private: "),
        (Location("acme/gated"), "The dataset acme/gated is gated: "),
        (Location("acme/web", "v9"), "The dataset acme/web has no revision v9: "),
        (Location("acme/web", config="en"), "README.md has no configuration en: "),
        (Location("hf://datasets/acme/web@main/none"), "acme/web holds no data "),
        (Location("hf://datasets/acme/web@main", "v1"), "hf://datasets/acme/web@main names the revision main, "),
        (Location("hf://datasets/acme/web/../../x"), "The URL leads out of its folder "),
        (Location("hf://models/acme/web"), "hf://models/acme/web is no dataset: "),
    ],
)
def test_what_the_hub_does_not_give_is_told_in_one_sentence(hub, location, sentence):
    with pytest.raises(BadInput) as error:
        find(location)
    assert str(error.value).startswith(sentence)


def test_a_hub_that_cannot_be_reached_is_told_as_such(hub, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Expected, match=r"the Hub cannot be reached: check the spelling and the network\.$"):
        find(Location("acme/web"))
