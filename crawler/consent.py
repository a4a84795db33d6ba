"""What the sites of a revision permit, at any date: levels by agent and purpose, weighted by tokens.

Most sites say one of a few things, so the shares are summed by what was said in the database (one row per distinct
reading), and only those few rows are spread over agents here. The answer for a million domains is as small as for ten.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone

from crawler import registry
from crawler.agents import Agent, Purpose
from crawler.history import domain_history, reading
from crawler.models import ROBOTS, LevelVector, Roll
from crawler.robots import Level
from crawler.states import PERMITTING, SPEAKING, State
from datacards.models import Revision

__all__ = [
    "LEVELS", "TRAINING", "AgentShare", "Amount", "Group", "PurposeShare", "RefusingDomain", "Restriction",
    "domain_history", "levels_by_vector", "reading", "restriction", "top_domains",
]  # fmt: skip

UNREACHABLE, UNKNOWN = "unreachable", "unknown"
LEVELS = ("none", "some", "all", UNREACHABLE, UNKNOWN)
TRAINING = (Purpose.TRAIN, Purpose.DATASET)

# The newest snapshot of each domain by a date, summed by what it says; the empty domain is asked of nobody. One row has
# the digest of the set of snapshots, which does not change when the same bytes are read by a newer parser.
SUMS = """
WITH newest AS MATERIALIZED (
    SELECT CASE WHEN d.name = '' THEN 'nobody' ELSE coalesce(n.state, 'unknown') END AS said,
           n.id, c.levels_id, n.fetched_at, s.tokens, s.documents
    FROM datacards_domainshare s
    JOIN datacards_domain d ON d.id = s.domain_id
    LEFT JOIN LATERAL (
        SELECT t.id, t.state, t.fetched_at, t.content_id
        FROM crawler_snapshot t
        WHERE t.domain_id = s.domain_id AND t.channel = %(channel)s AND t.fetched_at <= %(at)s
        ORDER BY t.fetched_at DESC LIMIT 1
    ) n ON d.name <> ''
    LEFT JOIN crawler_content c ON c.digest = n.content_id
    WHERE s.revision_id = %(revision)s
)
SELECT said, levels_id, sum(tokens)::bigint, sum(documents)::bigint, count(*), min(fetched_at), max(fetched_at), ''
FROM newest GROUP BY said, levels_id
UNION ALL
SELECT 'digest', NULL, 0, 0, 0, NULL, NULL, encode(sha256(string_agg(uuid_send(id), ''::bytea ORDER BY id)), 'hex')
FROM newest WHERE id IS NOT NULL
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Amount:
    """A part of a revision."""

    tokens: int = 0
    documents: int = 0
    domains: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            self.tokens + other.tokens, self.documents + other.documents, self.domains + other.domains
        )  # fmt: skip


@dataclass(frozen=True)
class Group:
    """The domains that say the same: the fetch's state, the level of each agent, how much of the data.

    `said` is a fetch state, `unknown` for domains that nobody asked, or `nobody` where there is no domain to ask.
    """

    said: str
    levels: dict[str, Level]
    amount: Amount
    oldest: datetime | None = None
    newest: datetime | None = None

    def level(self, agent: str) -> str:
        """What these domains say to an agent; an agent that the reading did not know of is unknown."""
        if self.said in SPEAKING:
            return self.levels.get(agent, UNKNOWN)
        if self.said in PERMITTING:
            return "none"
        return UNREACHABLE if self.said == State.UNREACHABLE else UNKNOWN


@dataclass(frozen=True)
class AgentShare:
    """How much of a revision each level covers for one agent."""

    agent: Agent
    by_level: dict[str, Amount]

    @property
    def weight(self) -> tuple[int, int]:
        """How much it is kept from: fully, then partly."""
        return self.by_level["all"].tokens, self.by_level["some"].tokens


@dataclass(frozen=True)
class PurposeShare:
    """How much comes from domains that fully refuse at least one agent of a purpose."""

    purpose: str
    refused: Amount
    share: float | None


@dataclass(frozen=True)
class Restriction:
    """A revision's consent at a moment. Shares are of all its tokens; None where nobody was asked.

    `digest` is the SHA-256 over the ids of the snapshots in use, empty while there are none: equal digests, equal
    evidence.
    """

    as_of: datetime
    groups: tuple[Group, ...]
    registered: tuple[Agent, ...] = field(repr=False)
    digest: str = ""

    @cached_property
    def total(self) -> Amount:
        """All of the revision."""
        return self._sum(lambda group: True)

    @cached_property
    def total_tokens(self) -> int:
        """Tokens in the revision."""
        return self.total.tokens

    @cached_property
    def domain_tokens(self) -> int:
        """Tokens whose domain is known."""
        return self._sum(lambda group: group.said != "nobody").tokens

    @cached_property
    def checked_tokens(self) -> int:
        """Tokens of domains with a snapshot by the date, reachable or not."""
        return self._sum(lambda group: group.said not in ("nobody", UNKNOWN)).tokens

    @cached_property
    def unreachable(self) -> Amount:
        """Domains that could not be asked: treated as refusing, counted apart."""
        return self._sum(lambda group: group.said == UNREACHABLE)

    @cached_property
    def states(self) -> dict[str, Amount]:
        """How the fetches of the domains that were asked ended."""
        said = sorted({group.said for group in self.groups} - {"nobody", UNKNOWN})
        return {state: self._sum(lambda group, state=state: group.said == state) for state in said}  # type: ignore[misc]

    @property
    def asked(self) -> bool:
        """At least one domain was asked by the date."""
        return any(group.oldest for group in self.groups)

    @property
    def checked_share(self) -> float | None:
        """Share of tokens from domains that were asked."""
        return self.share(self.checked_tokens) if self.asked else None

    @property
    def unreachable_share(self) -> float | None:
        """Share of tokens from domains that could not be reached."""
        return self.share(self.unreachable.tokens) if self.asked else None

    @property
    def oldest(self) -> datetime | None:
        """When the oldest snapshot in use was fetched."""
        return min((group.oldest for group in self.groups if group.oldest), default=None)

    @property
    def newest(self) -> datetime | None:
        """When the newest snapshot in use was fetched."""
        return max((group.newest for group in self.groups if group.newest), default=None)

    def share(self, tokens: int) -> float | None:
        """Tokens as a share of all, 0..1; None where there are none at all."""
        return tokens / self.total_tokens if self.total_tokens else None

    def refused(self, *purposes: str) -> Amount:
        """Domains that refuse everything to at least one agent of these purposes (TRAINING unless told)."""
        names = [agent.name for agent in self.registered if agent.purpose in (purposes or TRAINING)]
        return self._sum(lambda group: any(group.level(name) == "all" for name in names))

    def refused_share(self, *purposes: str) -> float | None:
        """`refused` as a share of all tokens."""
        return self.share(self.refused(*purposes).tokens) if self.asked else None

    @cached_property
    def agents(self) -> list[AgentShare]:
        """Every agent, the most refused first."""
        shares = [AgentShare(agent, self._levels_of(agent.name)) for agent in self.registered]
        return sorted(
            shares, key=lambda s: (-s.by_level["all"].tokens, -s.by_level["some"].tokens, s.agent.name.lower())
        )

    @cached_property
    def purposes(self) -> list[PurposeShare]:
        """Every purpose in the registry's order."""
        return [PurposeShare(p.value, self.refused(p), self.refused_share(p)) for p in Purpose]

    def agent(self, name: str) -> AgentShare | None:
        """One agent's levels; None for a name that the registry does not have."""
        return next((share for share in self.agents if share.agent.name == name), None)

    def _levels_of(self, agent: str) -> dict[str, Amount]:
        amounts = dict.fromkeys(LEVELS, Amount())
        for group in self.groups:
            level = group.level(agent)
            amounts[level] = amounts[level] + group.amount
        return amounts

    def _sum(self, wanted: Callable[[Group], bool]) -> Amount:
        return sum((group.amount for group in self.groups if wanted(group)), Amount())


def restriction(revision: Revision, as_of: datetime | None = None) -> Restriction:
    """What the sites of a revision permitted at a moment (now, unless told), in three queries."""
    at = as_of or timezone.now()
    rows = _rows(SUMS, revision=revision.pk, channel=ROBOTS, at=at)
    digest = next(row[7] for row in rows if row[0] == "digest")
    readings = levels_by_vector({row[1] for row in rows if row[1]})
    groups = tuple(_group(row, readings) for row in rows if row[0] != "digest")
    return Restriction(at, groups, tuple(registry.active()), digest or "")


def levels_by_vector(ids: Iterable[int]) -> dict[int, dict[str, Level]]:
    """Vector id → level by agent's name."""
    vectors = LevelVector.objects.filter(pk__in=ids).select_related("roll")
    return {vector.pk: vector.levels() for vector in vectors}


def _group(row: tuple[Any, ...], readings: dict[int, dict[str, Level]]) -> Group:
    said, vector, tokens, documents, domains, oldest, newest, _ = row
    return Group(said, readings.get(vector, {}), Amount(tokens, documents, domains), oldest, newest)


# --- the domains behind it ---------------------------------------------------------------------------------

# Only vectors that refuse are asked for, so the database sorts refusing domains alone.
REFUSING = """
SELECT d.id, d.name, s.tokens, s.documents, n.id, n.state, n.fetched_at, n.levels_id
FROM datacards_domainshare s
JOIN datacards_domain d ON d.id = s.domain_id
JOIN LATERAL (
    SELECT t.id, t.state, t.fetched_at, c.levels_id
    FROM crawler_snapshot t LEFT JOIN crawler_content c ON c.digest = t.content_id
    WHERE t.domain_id = s.domain_id AND t.channel = %(channel)s AND t.fetched_at <= %(at)s
    ORDER BY t.fetched_at DESC LIMIT 1
) n ON n.state = 'unreachable' AND %(unreachable)s OR n.state = ANY(%(speaking)s) AND n.levels_id = ANY(%(vectors)s)
WHERE s.revision_id = %(revision)s AND d.name <> ''
ORDER BY s.tokens DESC, d.id LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class RefusingDomain:
    """A domain that refuses, how much of the revision it is, and the snapshot that says so."""

    domain_id: int
    name: str
    tokens: int
    documents: int
    snapshot_id: uuid.UUID
    state: str
    fetched_at: datetime
    agents: tuple[str, ...]


def top_domains(
    revision: Revision,
    purposes: Iterable[str] = TRAINING,
    agent: str = "",
    as_of: datetime | None = None,
    limit: int = 20,
    offset: int = 0,
    unreachable: bool = False,
    refusing: Mapping[int, tuple[str, ...]] | None = None,
) -> list[RefusingDomain]:
    """The largest domains that refuse an agent, or any agent of some purposes, everything.

    `refusing` is what `refusing_vectors` gave, where the caller has it already.
    """
    if refusing is None:
        wanted = set(purposes)
        names = [agent] if agent else [a.name for a in registry.active() if a.purpose in wanted]
        refusing = refusing_vectors(set(names))
    rows = _rows(
        REFUSING, revision=revision.pk, channel=ROBOTS, at=as_of or timezone.now(), limit=limit, offset=offset,
        vectors=list(refusing), unreachable=unreachable, speaking=sorted(SPEAKING),
    )  # fmt: skip
    return [RefusingDomain(*row[:7], agents=refusing.get(row[7], ())) for row in rows]  # type: ignore[misc]


def refusing_vectors(names: set[str]) -> dict[int, tuple[str, ...]]:
    """Vector id → which of these agents it refuses everything, for those that refuse any; in two queries."""
    rolls = {roll.pk: roll.pure.names for roll in Roll.objects.all()}
    places = {pk: [(i, name) for i, name in enumerate(known) if name in names] for pk, known in rolls.items()}
    found = {}
    vectors = LevelVector.objects.filter(letters__contains="a")
    for pk, roll, letters in vectors.values_list("pk", "roll_id", "letters"):
        if refused := tuple(name for place, name in places.get(roll, ()) if letters[place] == "a"):
            found[pk] = refused
    return found


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
