"""Registering corpora: what is stored, once, or not at all."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datacards import register, runs
from datacards.models import Corpus, DomainShare, Role, RunState, User

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    ("https://www.example.com/a", "One two three"),
    ("https://www.example.com/b", "four"),
    ("http://news.example.co.uk:8080/", "fünf sechs"),
    ("mailto:someone", "seven"),
]


@pytest.fixture
def steward():
    return User.objects.create_user("steward", role=Role.STEWARD)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.CONSENTRY_STORE = str(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "web.parquet"
    write(path, ROWS)
    return path


def write(path, rows, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    urls, texts = zip(*rows, strict=True)
    pq.write_table(pa.table({"url": pa.array(urls), "text": pa.array(texts)}), path, **options)


def registered(by, location, name="acme/web", **more):
    run = register.submit(by, location=str(location), name=name, wake=False, **more)
    return runs.work_until_done(run)


def shares(corpus="acme/web"):
    rows = DomainShare.objects.filter(revision=Corpus.objects.get(name=corpus).latest)
    return {row.domain.name: (row.tokens, row.documents) for row in rows.select_related("domain")}


def test_a_parquet_file_becomes_a_corpus_with_its_shares(steward, parquet):
    run = registered(steward, parquet)
    assert (run.state, run.sentence) == (RunState.COMPLETED, "")
    assert shares() == {"www.example.com": (4, 2), "news.example.co.uk": (2, 1), "": (1, 1)}
