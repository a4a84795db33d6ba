"""Which languages: an even sample that is the same in every run, and what is not said of texts without words."""

import numpy as np
import pyarrow as pa
import pytest

from audits.bounds import wilson
from audits.content import languages
from audits.content.languages import Sample, language_of, scattered

ENGLISH = "The committee has decided that the meeting will be held in the town hall on Thursday evening."
GERMAN = "Der Ausschuss hat beschlossen, dass die Sitzung am Donnerstagabend im Rathaus stattfindet."
JAPANESE = "委員会は木曜日の夜に市役所で会議を開くことを決定しました。"


@pytest.mark.parametrize(("text", "code"), [(ENGLISH, "en"), (GERMAN, "de"), (JAPANESE, "ja")])
def test_a_sentence_has_its_language(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["https://news.example/2024/05/the-story", "17", "12 34 56 78", "a1b2c3", "..."])
def test_what_holds_no_words_has_none(text: str) -> None:
    assert language_of(text) == "und"


def sample(texts: list[str], at: int = 0, batch: int = 1000) -> Sample:
    made = Sample.of("d" * 64, at, "text")
    for first in range(0, len(texts), batch):
        made.add(pa.array(texts[first : first + batch], pa.string()))
    return made


def test_the_sample_does_not_depend_on_how_the_texts_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "SAMPLED", 50)
    texts = [str(n) for n in range(3000)]
    one, other = sample(texts, batch=7), sample(texts, batch=3000)
    assert one.numbers.tolist() == other.numbers.tolist()
    assert one.said == other.said


def test_each_text_has_the_same_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "SAMPLED", 100)
    counts = np.zeros(20)
    for at in range(200):
        chosen = np.array(sample([str(n) for n in range(2000)], at).said, int)
        counts += np.bincount(chosen // 100, minlength=20)
    assert counts.sum() == 20_000
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-squared, 19 degrees of freedom, 0.1 %


def test_portions_merge_to_an_even_sample_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "SAMPLED", 400)
    monkeypatch.setattr(languages, "language_of", lambda text: text)
    large, small = sample(["de"] * 3000, 1).identified(), sample(["en"] * 1000, 2).identified()
    large.merge(small)
    shares = {share.code: share for share in large.shares()}
    assert len(large.said) == 400
    assert shares["en"].low < 0.25 < shares["en"].high


def test_a_small_corpus_is_looked_at_whole_and_its_shares_are_exact() -> None:
    shares = sample([ENGLISH] * 3 + [GERMAN]).identified().shares()
    assert [(s.code, s.share, s.low, s.high) for s in shares] == [("en", 0.75, 0.75, 0.75), ("de", 0.25, 0.25, 0.25)]


def test_a_sample_survives_json() -> None:
    made = sample([ENGLISH, GERMAN, JAPANESE]).identified()
    assert Sample.from_dict(made.as_dict()).shares() == made.shares()


def test_numbers_follow_from_places_alone() -> None:
    assert scattered(7, 3, 4).tolist() == scattered(7, 0, 9)[3:7].tolist()


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_wilson_gives_the_published_intervals(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-4)
