"""`manage.py scan PATH`: no database, no registration."""

import json

import pytest

from tests.audits.conftest import SECRETS_OF_THE_TEST, planted_rows, write_jsonl, write_parquet
from tests.processes import PROJECT, run


def scan(*arguments):
    return run(str(PROJECT / "manage.py"), "scan", *map(str, arguments), DATABASE_URL="postgresql://127.0.0.1:1/none")


@pytest.fixture
def folder(tmp_path):
    write_parquet(tmp_path / "a.parquet", planted_rows(200))
    write_jsonl(tmp_path / "b.jsonl", planted_rows(200, 200))
    return tmp_path


def test_a_folder_is_scanned_over_processes_and_told_as_json(folder):
    done = scan(folder, "--json", "--workers", 2)
    told = json.loads(done.stdout)
    assert (done.returncode, told["rows"], told["personal_rows"], told["secrets"]) == (1, 400, 40, 8)
    assert {(c["type"], c["findings"]) for c in told["counts"]} == {
        ("email", 40), ("credit_card", 20), ("aws_access_key", 8)
    }  # fmt: skip


def test_a_table_is_printed_and_no_value_in_it(folder):
    done = scan(folder, "--workers", 1)
    assert "E-mail address" in done.stdout
    assert "400 rows read" in done.stdout
    assert not any(value in done.stdout + done.stderr for value in SECRETS_OF_THE_TEST)


def test_nothing_found_is_success(tmp_path):
    write_jsonl(tmp_path / "a.jsonl", [{"text": "plain prose"}])
    done = scan(tmp_path)
    assert (done.returncode, "nothing found" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.parquet"], "nowhere.parquet does not exist"),
        (["{}/a.parquet", "--columns", "nme"], "no text in a column nme: choose from url, text"),
        (["{}/broken.parquet"], "broken.parquet"),
    ],
)
def test_what_cannot_be_scanned_is_told_in_one_sentence(folder, arguments, sentence):
    (folder / "broken.parquet").write_bytes(b"PAR1 not really")
    done = scan(*(argument.format(folder) for argument in arguments))
    assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_a_profile_is_told_as_a_table_and_as_json(folder):
    assert "nothing found" not in scan(folder, "--audit", "content.profile", "--workers", 1).stdout
    told = json.loads(scan(folder, "--audit", "content.profile", "--workers", 1, "--json").stdout)
    texts = {column["name"]: column["texts"] for column in told["profile"]["columns"]}
    assert texts == {"text": 400, "url": 400}
