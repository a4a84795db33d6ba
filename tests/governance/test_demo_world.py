"""The demo's world: what docs/demo-world.md says of it is counted from the files and from the sites' own bytes."""

import csv
import gzip
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audits import pii
from crawler import robots
from crawler.agents import Purpose, shipped
from crawler.channels import read_signals
from crawler.permissions import refused_purposes
from datacards.cards import clean, completeness
from governance.demo import people, stances, world
from governance.demo.cards import card
from governance.demo.files import write
from governance.demo.prose import SUBJECTS, document
from governance.demo.responses import Response
from governance.demo.sites import CHANGING

WITH_TEXT = [corpus for corpus in world.CORPORA if corpus.form != "table"]
AGENTS = ("GPTBot", "CCBot", "ClaudeBot", "Google-Extended", "PerplexityBot", "Googlebot", "SomeOtherBot")
SIGNAL_FILES = {"html": "/", "tdmrep": "/.well-known/tdmrep.json", "ai_txt": "/ai.txt", "llms_txt": "/llms.txt"}
PAGE = Path(__file__).parents[2] / "docs" / "demo-world.md"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write(tmp_path_factory.mktemp("world"))


def rows(corpus: world.Corpus, path: Path) -> Iterator[tuple[str, str]]:
    """(url, text) of each row, read by other means than Consentry's own readers."""
    if corpus.form in ("hub", "parquet"):
        files = sorted(path.glob("data/*.parquet")) if corpus.form == "hub" else [path]
        for file in files:
            for row in pq.read_table(file, columns=["url", "text"]).to_pylist():
                yield row["url"], row["text"]
    elif corpus.form == "csv":
        for row in csv.DictReader(io.StringIO(path.read_text())):
            yield row["link"], row["body"]
    else:
        for line in unpacked(path).decode().splitlines():
            row = json.loads(line)
            yield row["url"], row["text"]


def unpacked(path: Path) -> bytes:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        return bytes(pa.input_stream(str(path), compression="zstd").read())
    return path.read_bytes()


def host_of(url: str) -> str:
    return url.split("/")[2]


def served(host: str, changed: bool = False) -> Response:
    """robots.txt of a host after its redirection, if any."""
    if changed and host == CHANGING:
        return world.changed_robots()
    answer = world.SITES[host].answer("/robots.txt")
    target = dict(answer.headers).get("Location", "").partition("//")[2].partition("/")[0]
    return answer if target in ("", host) else served(target, changed)


def unreachable(host: str) -> bool:
    """Whether a host gives no answer that permits anything (RFC 9309 section 2.3.1.4)."""
    answer = served(host)
    return answer.dropped or answer.status >= 500 or answer.status in (302, 429)


def refuses(agent: str, host: str, changed: bool = False) -> bool:
    """What RFC 9309 makes of a host's file, by the product's parser."""
    answer = served(host, changed)
    if answer.status != 200 or answer.dropped or answer.type.startswith("text/html"):
        return False
    return robots.parse(answer.body, robots.MAX_BYTES).level(agent) == "all"


def refuses_any(agents: list[str], host: str, changed: bool) -> bool:
    return any(refuses(agent, host, changed) for agent in agents)


def refuses_in_a_signal(host: str) -> bool:
    """Whether a host's home page, its headers or its files refuse AI training to everybody."""
    answers = {name: world.SITES[host].answer(path) for name, path in SIGNAL_FILES.items()}
    got = {name: answer.body for name, answer in answers.items() if answer.status == 200}
    signals = read_signals(headers=answers["html"].headers, url=f"https://{host}/", **got)
    return "ai-train" in refused_purposes(signals)


@pytest.mark.parametrize("corpus", WITH_TEXT, ids=lambda corpus: corpus.name)
def test_each_document_of_a_corpus_has_the_same_number_of_tokens(corpus: world.Corpus, places: dict[str, Path]) -> None:
    counts = {len(re.findall(r"\w+", text)) for _, text in rows(corpus, places[corpus.name])}
    assert counts == {corpus.tokens_each}


@pytest.mark.parametrize("corpus", WITH_TEXT, ids=lambda corpus: corpus.name)
def test_the_files_hold_as_many_documents_of_each_host_as_the_world_says(
    corpus: world.Corpus, places: dict[str, Path]
) -> None:
    found = Counter(host_of(url) for url, _ in rows(corpus, places[corpus.name]))
    assert found == world.placement(corpus)


def test_the_table_holds_ten_million_tokens_of_all_sites(places: dict[str, Path]) -> None:
    table = list(csv.DictReader(io.StringIO(places[world.TABLE.name].read_text())))
    assert sum(int(row["tokens"]) for row in table) == 10_000_000
    assert {row["domain"] for row in table} == set(world.SITES)


@pytest.mark.parametrize("changed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("corpus", world.CORPORA, ids=lambda corpus: corpus.name)
def test_the_parser_finds_the_shares_that_the_arithmetic_gives(corpus: world.Corpus, agent: str, changed: bool) -> None:
    refused = sum(n for host, n in world.placement(corpus).items() if refuses(agent, host, changed))
    assert Fraction(refused, corpus.documents) == world.refused_share(corpus, agent, changed)


@pytest.mark.parametrize("corpus", world.CORPORA, ids=lambda corpus: corpus.name)
def test_the_answers_give_the_unreachable_share_that_the_arithmetic_gives(corpus: world.Corpus) -> None:
    silent = sum(n for host, n in world.placement(corpus).items() if unreachable(host))
    assert Fraction(silent, corpus.documents) == world.unreachable_share(corpus)


@pytest.mark.parametrize("changed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("corpus", world.CORPORA, ids=lambda corpus: corpus.name)
def test_the_training_share_is_that_of_every_agent_in_the_registry_that_trains(
    corpus: world.Corpus, changed: bool
) -> None:
    agents = [agent.token for agent in shipped() if agent.purpose in (Purpose.TRAIN, Purpose.DATASET)]
    hosts = world.placement(corpus).items()
    refused = sum(n for host, n in hosts if refuses_any(agents, host, changed) or refuses_in_a_signal(host))
    assert Fraction(refused, corpus.documents) == world.training_share(corpus, changed)


def test_the_change_of_mind_takes_the_web_corpus_from_4_4_to_12_4_percent() -> None:
    before, after = (world.training_share(world.WEB, changed) for changed in (False, True))
    assert (before, after) == (Fraction(44, 1000), Fraction(124, 1000))


def test_the_change_of_mind_takes_the_filtered_corpus_from_4_to_24_percent() -> None:
    before, after = (world.training_share(world.FILTERED, changed) for changed in (False, True))
    assert (before, after) == (Fraction(4, 100), Fraction(24, 100))


def test_the_filtered_corpus_is_a_part_of_its_parent(places: dict[str, Path]) -> None:
    parent = set(rows(world.WEB, places[world.WEB.name]))
    assert parent > set(rows(world.FILTERED, places[world.FILTERED.name]))


def test_the_world_is_written_the_same_again(places: dict[str, Path], tmp_path: Path) -> None:
    again = write(tmp_path)
    for name, first in places.items():
        assert digest(first) == digest(again[name]), name


def digest(path: Path) -> str:
    files = sorted(path.rglob("*.*")) if path.is_dir() else [path]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.is_file())).hexdigest()


def test_what_was_written_already_is_left_alone(tmp_path: Path) -> None:
    mark = write(tmp_path)[world.TABLE.name]
    mark.write_text("mine")
    write(tmp_path)
    assert mark.read_text() == "mine"


def test_each_site_has_a_name_that_is_reserved_for_examples() -> None:
    assert all(host.endswith((".example", ".test")) for host in world.SITES)


def test_the_web_has_three_hundred_sites_of_every_stance() -> None:
    found = Counter(site.stance.name for site in world.SITES.values())
    assert found == {stance.name: stance.sites for stance in stances.STANCES}
    assert len(world.SITES) == 300


def test_the_forum_holds_each_planted_identifier_as_often_as_the_world_says(places: dict[str, Path]) -> None:
    texts = [text for _, text in rows(world.FORUM, places[world.FORUM.name])]
    for kind, count in world.FORUM.planted:
        holding = [text for text in texts if any(value in text for value in people.PLANTED[kind])]
        assert len(holding) == count, kind


def test_the_scanner_finds_each_planted_identifier_and_nothing_in_the_decoys(places: dict[str, Path]) -> None:
    found = [pii.find(text) for _, text in rows(world.FORUM, places[world.FORUM.name])]
    types = Counter((finding.type, finding.tier.value) for findings in found for finding in findings)
    assert types == {
        ("email", "validated"): 20,
        ("phone", "validated"): 8,
        ("credit_card", "validated"): 4,
        ("iban", "validated"): 4,
        ("ipv4", "pattern"): 2,
        ("ipv6", "pattern"): 2,
    }
    assert sum(1 for findings in found if findings) == 40


def test_no_other_corpus_holds_a_planted_identifier(places: dict[str, Path]) -> None:
    values = [value for kind in people.PLANTED.values() for value in kind]
    for corpus in WITH_TEXT:
        if corpus is not world.FORUM:
            texts = "\n".join(text for _, text in rows(corpus, places[corpus.name]))
            assert not [value for value in values if value in texts], corpus.name


def test_prose_has_exactly_the_tokens_asked_for() -> None:
    for tokens in range(4, 120):
        assert len(re.findall(r"\w+", document("a seed", tokens, "sky"))) == tokens


@pytest.mark.parametrize("subject", SUBJECTS)
def test_prose_has_no_word_that_the_token_pattern_would_cut(subject: str) -> None:
    assert set(re.sub(r"\w", "", document("a seed", 5000, subject))) <= {" ", "."}


@pytest.mark.parametrize("parts", [1, 2, 7, 60])
def test_a_split_adds_up_falls_and_leaves_nobody_empty(parts: int) -> None:
    shares = world.split(100, parts)
    assert sum(shares) == 100
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] >= 1


def test_the_page_on_the_world_gives_the_shares_that_are_true() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for corpus in world.CORPORA:
        shares = [world.training_share(corpus, changed) for changed in (False, True)]
        told = [percent(share) for share in (*shares, world.unreachable_share(corpus))]
        row = next(line for line in page.splitlines() if line.startswith(f"| `{corpus.name}`"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1:6] == [f"{corpus.documents:,}", f"{corpus.tokens:,}", *told]


def test_the_page_lists_each_slice_of_the_web_corpus() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for piece in world.WEB.slices:
        assert f"| {piece.stance} | {piece.sites} | {piece.documents} | {piece.kept} |" in page


def percent(share: Fraction) -> str:
    return f"{float(share) * 100:.1f} %"


@pytest.mark.parametrize("corpus", world.CORPORA, ids=lambda corpus: corpus.name)
def test_every_card_but_the_unlabelled_crawls_is_complete(corpus: world.Corpus) -> None:
    values = {path: {"value": clean(path, value)} for path, value in card(corpus).items()}
    assert (completeness(values).share == 1) == (corpus is not world.UNLABELLED)
