"""Registering corpora: all of it is stored, once, or nothing is."""

import gzip
import json
import threading
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from datacards import register, runs
from datacards.corpora import SHARES
from datacards.errors import BadInput, Conflict, Refused
from datacards.interning import registrable, shard
from datacards.models import (
    CardVersion,
    Corpus,
    Domain,
    DomainShare,
    LicenceClaim,
    Revision,
    Role,
    RunState,
    Unit,
    User,
)
from datacards.partials import Partials, hashes

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    ("https://www.example.com/a", "One two three"),
    ("https://www.example.com/b", "four"),
    ("http://news.example.co.uk:8080/", "fünf sechs"),
    ("mailto:someone", "seven"),
]
SHARES_OF_ROWS = {"www.example.com": (4, 2), "news.example.co.uk": (2, 1), "": (1, 1)}
CARD = "---\nlicense: odc-by\npretty_name: Acme Web\nlanguage: [en, de]\n---\n\nWhat Acme's crawler saw in 2026.\n"
DOMAIN_TOKENS = Path(__file__).parents[3] / "shared/data/domain_tokens.csv"


@pytest.fixture
def steward():
    return User.objects.create_user("steward", role=Role.STEWARD)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.CONSENTRY_STORE = str(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def folder(tmp_path):
    """A dataset as the Hub has them: a card, and shards of Parquet."""
    write(tmp_path / "web/data/train-00000-of-00002.parquet", ROWS[:2])
    write(tmp_path / "web/data/train-00001-of-00002.parquet", ROWS[2:])
    (tmp_path / "web/README.md").write_text(CARD)
    return tmp_path / "web"


@pytest.fixture
def small_units(monkeypatch):
    """Every file is cut into as many units as it can be."""
    monkeypatch.setattr(register, "UNIT_BYTES", 100)
    monkeypatch.setattr(register, "CUT_ABOVE", 0)


def write(path, rows, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    urls, texts = zip(*rows, strict=True)
    pq.write_table(pa.table({"url": pa.array(urls), "text": pa.array(texts)}), path, **options)


def ask(by, location, name="acme/web", **more):
    return register.submit(by, location=str(location), name=name, wake=False, **more)


def registered(by, location, name="acme/web", **more):
    run = runs.work_until_done(ask(by, location, name, **more))
    assert (run.state, run.sentence) == (RunState.COMPLETED, "")
    return Corpus.objects.get(name=name)


def shares(corpus):
    rows = DomainShare.objects.filter(revision=corpus.latest).select_related("domain")
    return {row.domain.name: (row.tokens, row.documents) for row in rows}


def left_in(store):
    return [path for path in store.rglob("*") if path.is_file()]


# --- what is stored ----------------------------------------------------------------------------------------


def test_a_hub_shaped_folder_becomes_a_corpus_with_its_shares(steward, folder):
    corpus = registered(steward, folder)
    assert shares(corpus) == SHARES_OF_ROWS
    assert (corpus.revision.tokens, corpus.revision.documents, corpus.revision.rows) == (7, 4, 4)


def test_the_sums_over_the_domains_are_the_totals(steward, folder):
    corpus = registered(steward, folder)
    assert sum(tokens for tokens, _ in shares(corpus).values()) == corpus.revision.tokens


def test_the_card_gives_the_licence_the_title_and_the_summary(steward, folder):
    corpus = registered(steward, folder)
    claim = LicenceClaim.objects.get(corpus=corpus)
    assert (claim.expression, claim.source, claim.quote) == ("odc-by", "card", "license: odc-by")
    assert (corpus.title, corpus.summary) == ("Acme Web", "What Acme's crawler saw in 2026.")


def test_the_first_data_card_says_where_each_value_is_from(steward, folder):
    values = CardVersion.objects.get(corpus=registered(steward, folder, title="Our web")).values
    assert (values["overview.title"]["value"], values["overview.title"]["source"]) == ("Our web", "person")
    assert (values["overview.languages"]["value"], values["overview.languages"]["source"]) == ("en, de", "card")
    assert values["snapshot.size"]["source"] == "computed"
    assert values["snapshot.size"]["value"].startswith("4 documents, 7 tokens, 2 domains; 2 files of ")


def test_files_are_kept_with_size_digest_and_rows(steward, folder):
    files = registered(steward, folder).revision.files.all()
    assert [(file.name, file.rows, file.format) for file in files] == [
        ("data/train-00000-of-00002.parquet", 2, "parquet"),
        ("data/train-00001-of-00002.parquet", 2, "parquet"),
    ]
    assert all(len(file.digest) == 64 and Path(file.location).stat().st_size == file.size for file in files)


def test_domains_are_placed_by_their_registrable_part(steward, folder):
    registered(steward, folder)
    found = {d.name: (d.registrable, d.shard) for d in Domain.objects.all()}
    assert found["news.example.co.uk"] == ("example.co.uk", shard("example.co.uk"))
    assert found[""] == ("", 0)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("a.b.example.com", "example.com"), ("co.uk", "co.uk"), ("192.0.2.1", "192.0.2.1"), ("x.internal", "x.internal")],
)
def test_the_registrable_part_is_the_whole_where_no_suffix_is_known(domain, expected):
    assert registrable(domain) == expected


def test_the_run_names_what_it_made_and_is_the_corpus_own(steward, folder):
    run = runs.work_until_done(ask(steward, folder))
    corpus = Corpus.objects.get()
    assert run.outcome == {
        "corpus": str(corpus.pk), "revision": str(corpus.latest_id), "new_corpus": True, "new_revision": True
    }  # fmt: skip
    assert (run.corpus, run.revision, run.done) == (corpus, corpus.latest, run.total)


def test_the_log_tells_what_was_found_and_what_was_left_out(steward, folder):
    (folder / "notes.txt").write_text("x")
    lines = runs.work_until_done(ask(steward, folder)).lines.values_list("text", flat=True)
    assert "Left out notes.txt: not in a format that is read." in lines
    assert "Takes domains from the column url, texts from text." in lines


def test_nothing_is_left_in_the_store(steward, folder, store):
    registered(steward, folder)
    assert left_in(store) == []


def test_a_table_of_domains_is_stored_as_it_says(steward, tmp_path):
    (tmp_path / "t.csv").write_text("domain,tokens,docs\nexample.com,7,2\nb.example,5,1\n")
    corpus = registered(steward, tmp_path / "t.csv")
    assert shares(corpus) == {"example.com": (7, 2), "b.example": (5, 1)}
    assert (corpus.revision.url_column, corpus.revision.text_column, corpus.revision.rows) == ("domain", "", 2)
    assert corpus.revision.columns[0] == {"name": "domain", "type": "string"}


@pytest.mark.skipif(not DOMAIN_TOKENS.exists(), reason="../shared/data/domain_tokens.csv is not on this machine")
def test_a_real_table_of_13989_domains_is_stored_whole(steward):
    corpus = registered(steward, DOMAIN_TOKENS, tokens_column="c4_tokens")
    assert corpus.revision.tokens == 20_858_600_725
    assert DomainShare.objects.filter(revision=corpus.latest).count() == 13_986 + 1  # three names are no web domains


# --- units -------------------------------------------------------------------------------------------------


def test_a_file_cut_into_many_units_gives_the_same_shares_and_digest(steward, tmp_path, small_units):
    write(tmp_path / "x.parquet", ROWS * 5, row_group_size=2)
    run = runs.work_until_done(ask(steward, tmp_path / "x.parquet"))
    assert run.units.count() > 3
    cut = Corpus.objects.get()
    assert shares(cut) == {name: (5 * t, 5 * d) for name, (t, d) in SHARES_OF_ROWS.items()}
    whole = ask(steward, tmp_path / "x.parquet", "acme/whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "CUT_ABOVE", 1 << 30)
        runs.work_until_done(whole)
    assert Corpus.objects.get(name="acme/whole").revision.fingerprint == cut.revision.fingerprint


def test_json_lines_are_cut_by_bytes(steward, tmp_path, small_units):
    lines = [json.dumps({"url": url, "text": text}) for url, text in ROWS * 5]
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    run = runs.work_until_done(ask(steward, tmp_path / "x.jsonl"))
    assert run.units.count() > 5
    assert shares(Corpus.objects.get())["www.example.com"] == (20, 10)


def test_small_files_share_a_unit(steward, folder):
    run = runs.work_until_done(ask(steward, folder))
    assert run.units.count() == 1


def test_a_unit_done_twice_counts_once(steward, tmp_path, small_units):
    write(tmp_path / "x.parquet", ROWS * 5, row_group_size=2)
    run = ask(steward, tmp_path / "x.parquet")
    runs.work_once(run.pk)
    stolen = runs.claim_unit(run)
    runs.JOBS["register"].work(stolen, lambda done=None, total=None: None)  # this worker dies before it stores
    Unit.objects.filter(pk=stolen.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    runs.work_until_done(run)
    assert shares(Corpus.objects.get()) == {name: (5 * t, 5 * d) for name, (t, d) in SHARES_OF_ROWS.items()}


def test_many_workers_count_each_part_once(steward, tmp_path, small_units, store):
    write(tmp_path / "x.parquet", ROWS * 50, row_group_size=4)
    run = ask(steward, tmp_path / "x.parquet")
    runs.work_once(run.pk)

    def worker():
        from django.db import connection

        while runs.work_once(run.pk):
            pass
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    runs.work_until_done(run)
    assert Corpus.objects.get().revision.tokens == 7 * 50
    assert left_in(store) == []


def test_a_cancelled_registration_leaves_nothing(steward, folder, store, small_units):
    run = ask(steward, folder)
    runs.work_once(run.pk)
    runs.work_once(run.pk)
    assert left_in(store) != []
    runs.cancel(run, steward)
    assert left_in(store) == []
    assert not Corpus.objects.exists()


# --- new data ----------------------------------------------------------------------------------------------


def test_the_same_data_makes_no_new_revision(steward, folder):
    registered(steward, folder)
    run = runs.work_until_done(ask(steward, folder))
    assert Revision.objects.count() == 1
    assert (run.outcome["new_corpus"], run.outcome["new_revision"]) == (False, False)


def test_the_same_data_elsewhere_is_the_same_revision(steward, folder, tmp_path):
    registered(steward, folder)
    moved = folder.rename(tmp_path / "moved")
    corpus = registered(steward, moved)
    assert (corpus.revision.number, corpus.location) == (1, str(moved))


def test_data_that_moved_is_read_where_it_lies_now(steward, folder, tmp_path):
    registered(steward, folder)
    corpus = registered(steward, folder.rename(tmp_path / "moved"))
    assert all(Path(file.location).exists() for file in corpus.revision.files.all())


def test_new_data_makes_a_new_revision_with_its_own_shares(steward, folder):
    registered(steward, folder)
    write(folder / "data/train-00002-of-00002.parquet", [("https://new.example/", "eight")])
    corpus = registered(steward, folder)
    assert (corpus.revision.number, corpus.revisions.count()) == (2, 2)
    assert shares(corpus)["new.example"] == (1, 1)


def test_what_a_person_wrote_in_the_card_outlives_new_data(steward, folder):
    card = CardVersion.objects.get(corpus=registered(steward, folder))
    card.values["use.intended"] = {"value": "Search.", "source": "person", "evidence": "", "by": "x", "at": ""}
    card.save()
    write(folder / "data/train-00002-of-00002.parquet", [("https://new.example/", "eight")])
    values = CardVersion.objects.filter(corpus=registered(steward, folder)).order_by("-number")[0].values
    assert values["use.intended"]["value"] == "Search."
    assert values["snapshot.size"]["value"].startswith("5 documents")


def test_a_licence_is_claimed_again_only_when_the_card_says_another(steward, folder):
    registered(steward, folder)
    write(folder / "data/a.parquet", ROWS)
    registered(steward, folder)
    (folder / "README.md").write_text(CARD.replace("odc-by", "cc-by-4.0"))
    write(folder / "data/b.parquet", ROWS)
    corpus = registered(steward, folder)
    assert [c.expression for c in corpus.licence_claims.order_by("claimed_at")] == ["odc-by", "cc-by-4.0"]


def test_data_that_returns_to_an_earlier_state_is_that_revision_again(steward, folder):
    registered(steward, folder)
    extra = folder / "data/extra.parquet"
    write(extra, ROWS)
    registered(steward, folder)
    extra.unlink()
    corpus = registered(steward, folder)
    assert (corpus.revision.number, corpus.revisions.count()) == (1, 2)


def test_two_corpora_share_their_domains(steward, folder):
    registered(steward, folder)
    registered(steward, folder, "acme/copy")
    assert Domain.objects.count() == 3
    assert DomainShare.objects.count() == 6


# --- who may ----------------------------------------------------------------------------------------------


def test_only_stewards_register(folder):
    reader = User.objects.create_user("reader", role=Role.READER)
    with pytest.raises(Refused):
        ask(reader, folder)


def test_a_name_that_is_anothers_is_refused_at_once(steward, folder):
    registered(steward, folder)
    other = User.objects.create_user("other", role=Role.STEWARD)
    with pytest.raises(Conflict, match="The name acme/web is taken"):
        ask(other, folder)


def test_a_name_that_was_taken_meanwhile_is_refused_at_the_end(steward, folder):
    other = User.objects.create_user("other", role=Role.STEWARD)
    late = ask(other, folder)
    registered(steward, folder)
    run = runs.work_until_done(late)
    assert (run.state, run.sentence.split(":")[0]) == (RunState.FAILED, "The name acme/web is taken")
    assert Corpus.objects.get().owner == steward


def test_for_others_only_the_roots_are_read(steward, folder, tmp_path):
    registered(steward, folder, roots=[folder])
    with pytest.raises(BadInput, match="outside the folders"):
        ask(steward, folder, roots=[tmp_path / "elsewhere"])


@pytest.mark.parametrize(
    "given",
    [{"name": "Acme Web"}, {"name": "a/b/c"}, {"name": "x" * 201}, {"title": "x" * 301}, {"audience": "world"},
     {"location": ""}, {"location": "x" * 2001}, {"location_revision": "main"}, {"location": "/no/such/place"}],
)  # fmt: skip
def test_what_can_be_seen_at_once_is_refused_before_a_run_is_made(steward, folder, given):
    wish = {"location": str(folder), "name": "acme/web"} | given
    with pytest.raises(BadInput, match=r"\.$"):
        register.submit(steward, wake=False, **wish)
    assert not steward.runs.exists()


# --- merging ----------------------------------------------------------------------------------------------


def test_partials_are_merged_a_few_domains_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("datacards.partials.ROWS_AT_ONCE", 10)
    partials = Partials(str(tmp_path), "run")
    names = [f"site-{n}.example" for n in range(100)]
    table = pa.table([names, pa.array(range(100)), pa.array([1] * 100)], schema=SHARES)
    for name in ("a", "b"):
        partials.put(name, table)
    tables = list(partials.merged(["a", "b"], 200, None))
    joined = pa.concat_tables(tables)
    assert len(tables) == 20
    assert sorted(joined["domain"].to_pylist()) == sorted(names)
    assert (pc.sum(joined["tokens"]).as_py(), set(joined["documents"].to_pylist())) == (9900, {2})


def test_many_domains_are_put_into_the_store_as_they_come(steward, tmp_path, monkeypatch):
    for place in ("counting.MERGE_AT", "counting.SPILL_AT"):
        monkeypatch.setattr(f"datacards.corpora.{place}", 10)
    monkeypatch.setattr(register, "SPILL_AT", 10)
    lines = [json.dumps({"url": f"https://site-{n % 90}.example/", "text": "x " * 20_000}) for n in range(900)]
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    corpus = registered(steward, tmp_path / "x.jsonl")
    assert len(Unit.objects.get().result["partials"]) > 1
    assert set(shares(corpus).values()) == {(200_000, 10)}


def test_a_hash_is_the_same_wherever_a_name_stands():
    names = pa.chunked_array([["", "b.example"], ["a.example", ""], []], pa.string())
    assert hashes(names).to_pylist() == [sum(n.encode()) % 256 for n in names.to_pylist()]


def test_a_compressed_file_is_digested_as_it_lies(steward, tmp_path):
    body = gzip.compress(b'{"url": "https://a.example/", "text": "x"}\n')
    (tmp_path / "x.jsonl.gz").write_bytes(body)
    file = registered(steward, tmp_path / "x.jsonl.gz").revision.files.get()
    assert (file.size, file.format) == (len(body), "jsonl.gzip")
