"""What the demo's people enter into the catalogue; entering it a second time changes nothing."""

from collections.abc import Mapping
from pathlib import Path

from datacards.models import Corpus, Derivation, Grant, LicenceClaim, Run, User
from governance import acts, board_acts, card_acts
from governance.demo import world
from governance.demo.cards import card
from governance.demo.world import CORPORA, FILTERED, NEWS, UNLABELLED, WEB

SEEDS = Path(__file__).parent / "data" / "seeds.jsonl"  # every quote is of an abstract
REGISTER = "Papers on datasets"
REASON = "Reviews the news corpus for the demo."


def register(by: User, places: Mapping[str, Path]) -> dict[str, Run]:
    """Ask for the registration of every corpus; data that is registered already stays the revision that it is."""
    return {corpus.name: _register(by, corpus, places[corpus.name]) for corpus in CORPORA}


def _register(by: User, corpus: world.Corpus, place: Path) -> Run:
    return acts.register(
        by, location=str(place), name=corpus.name, title=corpus.title, summary=corpus.summary,
        audience=corpus.audience, crawl=False, scan=False, profile=False, at_terminal=True,
    )  # fmt: skip


def put_on_record(by: User) -> Run:
    """Import what papers say of datasets that others hold; a record that is known is not stored again."""
    return board_acts.import_records(by, path=str(SEEDS), register=REGISTER, reason="The demo begins.")


def describe(by: User) -> dict[str, Corpus]:
    """Fill cards, state licences, record the lineage, let the reader read; returns the corpora by name."""
    corpora = {corpus.name: corpus for corpus in Corpus.objects.filter(name__in=[c.name for c in CORPORA])}
    for told in CORPORA:
        corpus = corpora[told.name]
        card_acts.save_card(by, corpus, card(told))
        _state_licence(by, corpus, told)
    _derive(by, corpora[FILTERED.name], corpora[WEB.name])
    _grant(by, corpora[NEWS.name])
    return corpora


def _state_licence(by: User, corpus: Corpus, told: world.Corpus) -> None:
    """The web corpus states its licence itself, in its README; the unlabelled one has none."""
    if told in (WEB, UNLABELLED):
        return
    standing = LicenceClaim.objects.effective(corpus)
    if standing is None or standing.expression != told.licence:
        acts.claim_licence(by, corpus, expression=told.licence, quote=f"Released under {told.licence}.")


def _derive(by: User, child: Corpus, parent: Corpus) -> None:
    if not Derivation.objects.filter(child=child.revision, parent=parent.revision).exists():
        acts.add_derivation(by, child, parent, relation="filtered", note="Documents whose score is 60 or more.")


def _grant(by: User, corpus: Corpus) -> None:
    if not Grant.objects.living().filter(corpus=corpus, user__username="reader").exists():
        acts.grant(by, corpus, username="reader", reason=REASON)
