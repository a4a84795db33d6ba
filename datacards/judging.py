"""What the claims that count on one dataset come to, by the rules of `datacards.licenses` and a table. Pure.

What we find is what a person here says, else what a register's reviewer says; what the Hub says is judged alone. Both
by `verdict_of`, and whether all can be met in one derivative by `combine`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from datacards.licenses import CHAINS, SETS, Found, Licence, Table, Vector, combine, terms_of, verdict_of
from datacards.licenses import Verdict as Word
from datacards.licenses.table import ALIASES_FILE

Said = tuple[str, str]  # source, expression
PERSON, REGISTER, HUB = "person", "register", "hub"

COMPONENTS = {
    "use": "Use", "derivatives": "Changed versions", "attribution": "Attribution", "notice": "Keep its notice",
    "alike": "The whole under", "training": "Model training", "outputs": "Limits on outputs by",
    "fields": "Fields barred", "places": "Places", "expires": "Expires", "revocable": "Can be revoked",
}  # fmt: skip
assert COMPONENTS.keys() == CHAINS.keys() | SETS.keys()


@dataclass(frozen=True)
class Verdict:
    """What licences come to: its word in the data, for people, its tone, and the end of “N are …”."""

    name: str
    title: str
    tone: str
    sentence: str

    @property
    def commercial(self) -> bool:
        """Whether commercial use is allowed."""
        return self.name == Word.COMMERCIAL


VERDICTS = (
    Verdict(Word.COMMERCIAL, "Commercial use", "good", "commercial"),
    Verdict(Word.NON_COMMERCIAL, "Non-commercial", "bad", "non-commercial"),
    Verdict(Word.ACADEMIC, "Academic only", "warn", "for academic use only"),
    Verdict(Word.NOT_FOUND, "No licence found", "quiet", "without a licence that could be found"),
    Verdict(Word.UNCLEAR, "Not clear", "open", "not clear"),
)
TITLES = {verdict.name: verdict.title.lower() for verdict in VERDICTS}


@dataclass(frozen=True)
class Judged:
    """What the claims on a dataset come to.

    `disputed`: the sources' licences, each source's joined, differ in the components `differing`, where both are known.
    `conflict` is the smallest pair that cannot be met in one derivative, and `why` says it in a sentence.
    """

    verdict: str
    hub_verdict: str
    disputed: bool
    satisfiable: bool | None
    conflict: tuple[str, str] | None
    why: str
    differing: frozenset[str]
    sentence: str
    hinges_on_vendors: bool


def judge(claims: Iterable[Said], table: Table, vendors: bool = True) -> Judged:
    """The judgement on claims as sources and expressions; `vendors`: whether model vendors' terms count."""
    return _judge(tuple(claims), table, vendors)


@lru_cache(maxsize=20_000)
def _judge(claims: tuple[Said, ...], table: Table, vendors: bool) -> Judged:
    counted = found_words(claims)
    found = verdict_of(counted, table=table, model_terms=vendors)
    hub = verdict_of(_of(claims, HUB), table=table, model_terms=vendors)
    together = combine(counted, table=table, model_terms=vendors)
    differing = _differing(claims, table)
    return Judged(
        str(found.verdict), str(hub.verdict), bool(differing), together.satisfiable if counted else None,
        together.conflict, together.why, differing, _sentence(claims, found, hub), found.hinges_on_vendors,
    )  # fmt: skip


def found_words(claims: Sequence[Said]) -> list[str]:
    """The licences by which we judge: a person's word, else a register's."""
    return _of(claims, PERSON) or _of(claims, REGISTER)


def _of(claims: Sequence[Said], source: str) -> list[str]:
    return [expression for said, expression in claims if said == source]


def _differing(claims: Sequence[Said], table: Table) -> frozenset[str]:
    by_source: dict[str, Vector] = {}
    for source, expression in claims:
        mine = terms_of(expression, table=table).vector
        by_source[source] = by_source[source].join(mine) if source in by_source else mine
    told = [{name: vector.told(name) for name in COMPONENTS} for vector in by_source.values()]
    return frozenset(name for name in COMPONENTS if len({each[name] for each in told} - {"unknown"}) > 1)


def _sentence(claims: Sequence[Said], found: Found, hub: Found) -> str:
    """Who says what, and what it comes to."""
    if not claims:
        return "Nobody states a licence."
    whose = "a person here" if _of(claims, PERSON) else "its register's reviewer"
    because = f", by {_listed(found.by)}" if found.by else ""
    hinges = "; that hinges on a model vendor's terms alone" if found.hinges_on_vendors else ""
    found_so = f"what {whose} found comes to {TITLES[found.verdict]}{because}{hinges}"
    if not _of(claims, HUB):
        return f"The Hub states no licence; {found_so}."
    if hub.verdict == found.verdict:
        return f"The Hub and {whose} agree: {TITLES[found.verdict]}{because}{hinges}."
    return f"The Hub's licence comes to {TITLES[hub.verdict]}; {found_so}."


def _listed(words: Sequence[str], most: int = 3) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"{', '.join(words[:most])}{more}"


# --- for people --------------------------------------------------------------------------------------------


def told(vector: Vector) -> dict[str, str]:
    """Every component in words."""
    return {name: vector.told(name) for name in COMPONENTS}


def components(expression: str, table: Table) -> dict[str, str]:
    """Every component of an expression in words."""
    return told(terms_of(expression, table=table).vector)


def licences_in(expression: str, table: Table) -> tuple[Licence, ...]:
    """The licences of the table that an expression names."""
    return terms_of(expression, table=table).licences


@cache
def ambiguous_words() -> Mapping[str, tuple[str, ...]]:
    """Words that leave open which licence is meant, with those that they might mean."""
    words = tomllib.loads(ALIASES_FILE.read_text(encoding="utf-8"))["ambiguous"]
    return {str(word): tuple(candidates) for word, candidates in words.items()}
