"""Each domain at a date, what turned since a corpus was acquired, and the evidence of both as one WARC."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.proof import stream
from crawler.series import Question
from crawler.store import configured
from crawler.verdicts import since, takedown, verdicts
from datacards.errors import Unavailable
from tests.crawler.conftest import revision_of
from tests.crawler.test_consent import NO_CC, NO_GPT, NOBODY, Say
from tests.crawler.test_consent import say as say
from tests.crawler.test_consent_channels import NO_TRAINING, Tell
from tests.crawler.test_consent_channels import tell as tell

pytestmark = pytest.mark.django_db
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def world(say: Say) -> Any:
    """a refused always, b since May, c since May and was never asked before, d never, e only in March."""
    revision = revision_of({"a.test": 10, "b.test": 20, "c.test": 30, "d.test": 40, "e.test": 50})
    for site, body in {"a.test": NO_GPT, "b.test": "User-agent: *\nAllow: /\n", "e.test": NOBODY}.items():
        say(site, body)
    for site, body in {"a.test": NO_GPT, "b.test": NO_GPT, "c.test": NO_CC, "d.test": "#", "e.test": "#"}.items():
        say(site, body, at=MAY)
    return revision


def test_who_turned_is_told_apart_from_who_refused_already(world: Any) -> None:
    found = [(turned.now.name, turned.kind) for turned in takedown(world, acquired=MARCH, at=MAY)]
    assert found == [("c.test", "unknown"), ("b.test", "new"), ("a.test", "standing")]


def test_each_domain_has_its_word_and_its_evidence(world: Any) -> None:
    found = {each.name: each for each in verdicts(world, MARCH)}
    assert {name: each.word for name, each in found.items()} == {
        "a.test": "refused", "b.test": "allowed", "c.test": "unknown", "d.test": "unknown", "e.test": "refused",
    }  # fmt: skip
    assert len(found["a.test"].snapshots) == 1
    assert found["d.test"].snapshots == ()


def test_a_verdict_can_be_asked_for_one_agent(world: Any) -> None:
    found = {each.name: each.word for each in verdicts(world, MAY, Question(agent="CCBot"))}
    assert (found["a.test"], found["c.test"]) == ("allowed", "refused")


def test_a_signal_turns_a_domain_too(world: Any, tell: Tell) -> None:
    tell("d.test", "tdmrep", at=MAY, signals=[NO_TRAINING])
    found = {turned.now.name: turned.now.channels for turned in takedown(world, acquired=MARCH, at=MAY)}
    assert found["d.test"] == ("tdmrep",)


def test_the_evidence_is_one_valid_warc(world: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "proof.warc.gz"
    file.write_bytes(b"".join(stream(world, configured(), MAY)))
    checker = Checker(type("Options", (), {"inputs": [str(file)], "verbose": True})())
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out
    kinds = [record.rec_type for record in ArchiveIterator(BytesIO(file.read_bytes()))]
    assert kinds == ["warcinfo", *["response"] * 3]  # a and b say the same, d and e as well


def test_a_lost_record_is_told(world: Any, tmp_path: Path) -> None:
    for file in (tmp_path / "warc").iterdir():
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(Unavailable, match="damaged"):
        list(stream(world, configured(), MAY))


def test_a_word_is_as_young_as_the_newest_document_behind_it(world: Any, tell: Tell) -> None:
    later = datetime(2026, 6, 1, tzinfo=UTC)
    tell("d.test", "tdmrep", at=later, signals=[NO_TRAINING])
    found = {each.name: each.fetched_at for each in verdicts(world, later)}
    assert (found["d.test"], found["c.test"]) == (later, MAY)


def test_then_and_now_make_a_whole(world: Any) -> None:
    found = since(world, acquired=MARCH, at=MAY)
    told = {words: amount.tokens for words, amount in found.crossed.items() if amount.tokens}
    assert told == {
        ("refused", "refused"): 10, ("allowed", "refused"): 20, ("unknown", "refused"): 30,
        ("unknown", "allowed"): 40, ("refused", "allowed"): 50,
    }  # fmt: skip
