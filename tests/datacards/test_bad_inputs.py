"""Bad input: one clear sentence each, and nothing half-stored."""

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from datacards import register, runs
from datacards.errors import Expected
from datacards.models import Corpus, DataFile, Domain, DomainShare, LicenceClaim, Revision, Role, RunState, User
from tests.datacards.bad_inputs import MAKERS, SECRET

pytestmark = pytest.mark.django_db(transaction=True)

OURS = re.compile(r"Traceback|Error|Exception|arrow|Arrow|\.py\b|0x[0-9a-f]|errno|\bNone\b|<class")
TWO_SENTENCES = re.compile(r"[.!?] +[A-Z]")
VERSION_3 = 0x20080522
DAC_OVERRIDE, DAC_READ_SEARCH = 1 << 1, 1 << 2


@pytest.fixture
def steward():
    return User.objects.create_user("steward", role=Role.STEWARD)


@pytest.fixture
def store(settings, tmp_path):
    settings.CONSENTRY_STORE = str(tmp_path / "store")
    return tmp_path / "store"


@contextmanager
def permissions_that_hold() -> Iterator[None]:
    """Let this thread's root be refused by file modes, as anybody else is (capabilities(7)); a no-op for others."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    before = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    after = (ctypes.c_uint32 * 6)(*before)
    after[0] &= ~(DAC_OVERRIDE | DAC_READ_SEARCH)
    assert libc.capset(header, after) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0


def sentence_of(by, wish):
    """What is said of a wish that cannot be fulfilled: at once, or by its run."""
    try:
        run = register.submit(by, name="acme/web", wake=False, **wish)
    except Expected as error:
        return str(error)
    runs.work_until_done(run)
    assert run.state == RunState.FAILED, run.sentence
    return run.sentence


@pytest.mark.parametrize("case", MAKERS)
def test_a_bad_input_gets_one_clear_sentence_and_leaves_nothing(case, steward, store, tmp_path):
    maker, names = MAKERS[case]
    folder = tmp_path / "data"
    folder.mkdir()
    wish = {"location": folder} | (maker(folder) or {})
    with permissions_that_hold():
        sentence = sentence_of(steward, wish | {"location": str(wish["location"])})
    assert names in sentence
    assert sentence.endswith(".")
    assert re.search(r": \w+|; \w+", sentence), "says how to mend it"
    assert not OURS.search(sentence)
    assert not TWO_SENTENCES.search(sentence)
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert len(sentence) < 400
    for model in (Corpus, Revision, DataFile, Domain, DomainShare, LicenceClaim):
        assert not model.objects.exists()
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_there_are_more_than_fifty_of_them():
    assert len(MAKERS) > 50
