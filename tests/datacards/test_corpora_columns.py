"""Which columns are taken for URL, text and tokens."""

import json

import pytest

from datacards.corpora import Columns, find_columns, list_path, sample_of, shown
from datacards.errors import BadInput

TEXT = "A sentence that is long enough to be taken for a document."
URL = "https://www.example.com/a"


@pytest.fixture
def columns(tmp_path):
    def find(records, **chosen):
        path = tmp_path / "data.jsonl"
        path.write_text("\n".join(map(json.dumps, records if isinstance(records, list) else [records])))
        return find_columns(list_path(path).files[0], **chosen)

    return find


def names(columns):
    return shown(columns.url), shown(columns.text)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"url": URL, "text": "x"}, ("url", "text")),
        ({"URL": URL, "Content": "x"}, ("URL", "Content")),
        ({"id": "1", "warc": {"warc-target-uri": URL}, "content": "x"}, ("warc.warc-target-uri", "content")),
        ({"text": "x", "metadata": {"url": URL, "n": 1}}, ("metadata.url", "text")),
        ({"raw_content": "x", "meta": json.dumps({"source_url": URL})}, ("meta.source_url", "raw_content")),
        ({"meta.url": URL, "text": "x"}, ("meta.url", "text")),
        ({"source": "c4", "origin": URL, "text": "x"}, ("origin", "text")),
        ({"source": URL, "text": "x"}, ("source", "text")),
        ({"url": URL, "note": "short", "prose": TEXT}, ("url", "prose")),
        ({"domain": "example.com", "text": "x"}, ("domain", "text")),
        ({"url": URL, "text": None}, ("url", "text")),
    ],
)  # fmt: skip
def test_columns_are_found_by_name_then_by_what_they_hold(columns, record, expected):
    assert names(columns(record)) == expected


def test_columns_that_are_named_are_taken(columns):
    record = {"url": URL, "text": "x", "link": URL, "body": TEXT}
    assert names(columns(record, url="link", text="body")) == ("link", "body")


def test_a_table_of_domains_is_known_by_its_tokens(columns):
    found = columns({"domain": "example.com", "tokens": 7, "docs": 2})
    assert found == Columns(("domain",), tokens=("tokens",), documents=("docs",), bare=True)


def test_among_several_columns_of_tokens_one_must_be_chosen(columns):
    record = {"url": "example.com", "c4_tokens": 7, "rf_tokens": 2}
    with pytest.raises(BadInput, match=r"choose one of its columns \(url, c4_tokens, rf_tokens\)\.$"):
        columns(record)
    assert columns(record, tokens="rf_tokens").tokens == ("rf_tokens",)


def test_a_column_of_bare_hosts_is_read_as_hosts(columns):
    assert columns({"url": "example.com/a", "text": "x"}).bare
    assert not columns({"url": URL, "text": "x"}).bare


@pytest.mark.parametrize(
    ("record", "chosen", "sentence"),
    [
        ({"a": "x", "text": TEXT}, {}, "has no column of URLs: choose one of its columns (a, text)."),
        ({"url": URL, "n": 1}, {}, "has no column of text or of tokens: choose one of its columns (url, n)."),
        ({"url": URL, "text": "x"}, {"url": "link"}, "has no column link: choose one of its columns (url, text)."),
        ({"url": URL, "text": 5}, {"text": "text"}, "holds whole numbers, not text: choose another column."),
        ({"url": URL, "tokens": "many"}, {"tokens": "tokens"}, "holds text, not whole numbers: choose another column."),
        ({"url": ["a"], "text": "x"}, {"url": "url"}, "holds lists, not text: choose another column."),
    ],
)
def test_a_column_that_cannot_be_used_is_told_with_those_there_are(columns, record, chosen, sentence):
    with pytest.raises(BadInput) as error:
        columns(record, **chosen)
    assert str(error.value).endswith(sentence)


def test_columns_survive_json(columns):
    found = columns({"text": "x", "metadata": json.dumps({"url": URL})})
    assert Columns.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_the_schema_names_every_column_with_its_arrow_type(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps({"url": URL, "n": 1, "meta": {"score": 0.5}, "packed": json.dumps({"inner": "x"})}))
    schema = [(column["name"], column["type"]) for column in sample_of(list_path(path).files[0]).schema]
    assert schema == [("url", "string"), ("n", "int64"), ("meta.score", "double"), ("packed", "string")]


def test_a_column_name_that_no_database_takes_is_made_one_that_it_takes(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text('{"a\\u0000b": 1, "half \\ud800": 2}')
    assert [c["name"] for c in sample_of(list_path(path).files[0]).schema] == ["ab", "half ?"]
