"""What is found at a location, and what is refused there."""

import os
import time
from pathlib import Path

import pytest

from datacards.corpora import list_path, read_about
from datacards.corpora.frontmatter import matching
from datacards.errors import BadInput
from datacards.locating import Location, find

LINE = '{"url": "https://a.example/", "text": "x"}\n'


def fill(folder, *names, text=LINE):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def names(listing):
    return [file.name for file in listing.files]


def test_a_folder_is_listed_with_all_below_it_in_order(tmp_path):
    fill(tmp_path, "b.jsonl", "a/2.csv.gz", "a/1.parquet", "a/b/c.tsv.zst")
    assert names(list_path(tmp_path)) == ["a/1.parquet", "a/2.csv.gz", "a/b/c.tsv.zst", "b.jsonl"]


def test_what_is_no_data_is_left_out_and_told_why(tmp_path):
    fill(tmp_path, "a.jsonl", ".git/x.jsonl", "_logs/y.jsonl", "LICENSE", "dataset_infos.json", "notes.txt")
    os.mkfifo(tmp_path / "pipe.jsonl")
    listing = list_path(tmp_path)
    assert names(listing) == ["a.jsonl"]
    left = {one.name: one.why for one in listing.ignored}
    assert set(left) == {".git", "_logs/y.jsonl", "LICENSE", "dataset_infos.json", "notes.txt", "pipe.jsonl"}
    assert left["_logs/y.jsonl"] == "hidden"


def test_the_data_files_that_the_card_names_are_taken(tmp_path):
    fill(tmp_path, "data/train-0.jsonl", "data/train-1.jsonl", "data/test-0.jsonl", "extra/x.jsonl")
    fill(tmp_path, "README.md", text="---\nconfigs:\n- config_name: default\n  data_files: data/train-*\n---\n")
    assert names(list_path(tmp_path)) == ["data/train-0.jsonl", "data/train-1.jsonl"]


@pytest.mark.parametrize(
    ("configs", "config", "expected"),
    [
        ("[{config_name: en, data_files: [{split: train, path: en/*}]}]", "", ["en/1.jsonl"]),
        ("[{config_name: en, data_files: {train: 'en/**', test: [de/2.jsonl]}}]", "", ["de/2.jsonl", "en/1.jsonl"]),
        ("[{config_name: en, data_dir: en}, {config_name: de, data_dir: de, default: true}]", "", ["de/2.jsonl"]),
        ("[{config_name: en, data_dir: en}, {config_name: de, data_dir: de}]", "en", ["en/1.jsonl"]),
        ("[]", "", ["de/2.jsonl", "en/1.jsonl"]),
    ],
)
def test_configurations_are_understood_in_all_their_forms(tmp_path, configs, config, expected):
    fill(tmp_path, "en/1.jsonl", "de/2.jsonl")
    fill(tmp_path, "README.md", text=f"---\nconfigs: {configs}\n---\n")
    assert names(list_path(tmp_path, config=config)) == expected


def test_a_choice_between_configurations_is_asked_for(tmp_path):
    fill(tmp_path, "en/1.jsonl")
    fill(tmp_path, "README.md", text="---\nconfigs: [{config_name: en}, {config_name: de}]\n---\n")
    with pytest.raises(BadInput, match=r"choose one of en, de\.$"):
        list_path(tmp_path)


def test_a_snapshot_in_the_hubs_cache_is_read_through_its_links(tmp_path):
    repository = fill(tmp_path / "datasets--acme--web", "blobs/abc")
    (repository / "snapshots/0123").mkdir(parents=True)
    (repository / "snapshots/0123/a.jsonl").symlink_to("../../blobs/abc")
    listing = list_path(repository / "snapshots/0123")
    assert listing.files[0].location == str(repository / "blobs/abc")


def test_the_card_tells_licence_title_summary_and_languages():
    front = "---\nlicense: [mit, cc-by-4.0]\npretty_name: Acme Web\nlanguage: en\n---\n"
    card = front + "# X\n\n![](a.png)\n\nPages of Acme, of 2026.\n"
    about = read_about(card)
    assert (about.licence, about.title) == ("mit AND cc-by-4.0", "Acme Web")
    assert (about.summary, about.languages) == ("Pages of Acme, of 2026.", ("en",))


def test_a_licence_called_other_is_told_by_its_name():
    assert read_about("---\nlicense: other\nlicense_name: acme-1.0\n---\n").licence == "acme-1.0"


def test_a_card_without_front_matter_has_a_title_and_a_summary():
    about = read_about("# Acme Web #\n\n[More Information Needed]\n\nPages of Acme, collected in 2026.\n")
    assert (about.licence, about.title, about.summary) == ("", "Acme Web", "Pages of Acme, collected in 2026.")


def test_for_others_only_the_roots_are_read(tmp_path):
    inside, outside = fill(tmp_path / "in", "a.jsonl"), fill(tmp_path / "out", "a.jsonl")
    assert names(list_path(inside, roots=[inside])) == ["a.jsonl"]
    for place in (outside, inside / ".." / "out", outside / "a.jsonl", outside / "nothing"):
        with pytest.raises(BadInput, match="outside the folders"):
            list_path(place, roots=[inside])


def test_a_link_does_not_lead_out_of_the_roots(tmp_path):
    inside, outside = fill(tmp_path / "in", "a.jsonl"), fill(tmp_path / "out", "a.jsonl")
    (inside / "link").symlink_to(outside)
    with pytest.raises(BadInput, match="outside the folders"):
        list_path(inside / "link", roots=[inside])


def test_a_file_url_is_a_path(tmp_path):
    fill(tmp_path, "a b.jsonl")
    assert names(find(Location(f"file://{tmp_path}/a%20b.jsonl"))) == ["a b.jsonl"]


def test_at_a_terminal_a_path_that_exists_comes_before_the_hub(tmp_path, monkeypatch):
    monkeypatch.chdir(fill(tmp_path, "acme/web/a.jsonl"))
    assert names(find(Location("acme/web"))) == ["a.jsonl"]


def test_for_others_a_name_is_the_hubs_even_where_such_a_folder_exists(tmp_path, monkeypatch):
    monkeypatch.chdir(fill(tmp_path, "acme/web/a.jsonl"))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Exception, match="the Hub cannot be reached"):
        find(Location("acme/web", roots=(str(Path.cwd()),)))


TRAPS = {
    "brackets": "---\na: " + "[" * 120_000 + "\n---\n",
    "stars": "---\nconfigs: [{config_name: default, data_files: '" + "*a" * 30 + "b'}]\n---\n",
    "hexadecimal": "---\nlicense: 0x" + "F" * 6000 + "\n---\n",
    "sexagesimal": "---\na: 1" + ":01" * 3000 + ".5\n---\n",
}
SLOW = {"title": "# a" + " " * 50_000 + "b", "comments": "<!--" * 100_000}


@pytest.mark.parametrize("card", TRAPS.values(), ids=TRAPS)
def test_a_card_that_is_a_trap_is_refused_at_once(tmp_path: Path, card: str) -> None:
    fill(tmp_path, "README.md", text=card)
    fill(tmp_path, "a" * 200 + ".jsonl")
    began = time.perf_counter()
    with pytest.raises(BadInput, match=r"README\.md"):
        list_path(tmp_path)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("card", SLOW.values(), ids=SLOW)
def test_a_card_of_blanks_or_open_comments_is_read_at_once(card: str) -> None:
    began = time.perf_counter()
    read_about(card)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("pattern", "taken"),
    [("*.csv", ["a.csv"]), ("**/*.csv", ["a.csv", "x/b.csv", "x/y/c.csv"]), ("x/**", ["x/b.csv", "x/y/c.csv"]),
     ("./x/[a-c].csv", ["x/b.csv"]), ("x/?/c**", ["x/y/c.csv"]), ("a.csv", ["a.csv"])],
)  # fmt: skip
def test_patterns_of_data_files_mean_what_they_mean_on_the_hub(pattern: str, taken: list[str]) -> None:
    assert matching(["a.csv", "x/b.csv", "x/y/c.csv"], [pattern], "README.md") == taken
