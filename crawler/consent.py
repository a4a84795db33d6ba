"""What the sites of a revision permit, at any date: levels by agent and purpose, weighted by tokens.

Most sites say one of a few things, so the shares are summed by what was said in the database (one row per distinct
reading), and only those few rows are spread over agents here. The answer for a million domains is as small as for ten.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from crawler import registry
from crawler.agents import Agent
from crawler.documents import Document
from crawler.history import domain_history, reading
from crawler.models import ROBOTS, Roll, SignalSet, Spell
from crawler.refusals import Bare, Stance, bare, refusals, uses_of
from crawler.restriction import (
    LEVELS,
    NOBODY,
    STANCES,
    TRAINING,
    UNKNOWN,
    UNREACHABLE,
    AgentShare,
    Amount,
    Group,
    PurposeShare,
    Restriction,
)  # fmt: skip
from crawler.robots import Level
from crawler.states import SPEAKING
from datacards.models import Revision

__all__ = [
    "LEVELS", "NOBODY", "STANCES", "TRAINING", "UNKNOWN", "UNREACHABLE", "AgentShare", "Amount", "Group",
    "PurposeShare", "RefusingDomain", "Restriction", "domain_history", "reading", "restriction",
    "top_domains",
]  # fmt: skip

# The newest word of each domain by a date: of robots.txt its newest snapshot; of every other document the newest spell
# that was an answer, for a failed fetch does not take back what a site has said. The empty domain is asked of nobody.
NEWEST = """
    SELECT s.domain_id, d.name, s.tokens, s.documents,
           CASE WHEN d.name = '' THEN 'nobody' ELSE coalesce(n.state, 'unknown') END AS said,
           n.id, n.fetched_at, c.levels_id, o.stance_id, coalesce(o.ids, '{}') AS ids,
           greatest(n.fetched_at, o.since) AS heard_at,
           CASE WHEN n.signals_id IS NULL THEN coalesce(o.signals, '{}')
                ELSE array_prepend(n.signals_id, coalesce(o.signals, '{}')) END AS signals
    FROM datacards_domainshare s
    JOIN datacards_domain d ON d.id = s.domain_id
    LEFT JOIN LATERAL (
        SELECT t.id, t.state, t.fetched_at, t.content_id, t.signals_id
        FROM crawler_snapshot t
        WHERE t.domain_id = s.domain_id AND t.channel = %(channel)s AND t.fetched_at <= %(at)s
        ORDER BY t.fetched_at DESC LIMIT 1
    ) n ON d.name <> ''
    LEFT JOIN crawler_content c ON c.digest = n.content_id
    LEFT JOIN LATERAL (
        SELECT array_agg(x.signals_id ORDER BY x.signals_id) FILTER (WHERE x.signals_id IS NOT NULL) AS signals,
               max(k.stance_id) AS stance_id, max(x.since) AS since,
               array_agg(x.snapshot_id ORDER BY x.snapshot_id) AS ids
        FROM (
            SELECT DISTINCT ON (p.channel) p.channel, p.since, p.snapshot_id, p.content_id, p.signals_id
            FROM crawler_spell p
            WHERE p.domain_id = s.domain_id AND p.channel <> %(channel)s AND p.since <= %(at)s
              AND p.state <> 'unreachable'
            ORDER BY p.channel, p.since DESC
        ) x
        LEFT JOIN crawler_content k ON k.digest = x.content_id AND x.channel = 'terms'
    ) o ON d.name <> ''
    WHERE s.revision_id = %(revision)s
"""

# Summed by what it says. One row has the digest of the set of snapshots, which does not change when the same bytes are
# read by a newer parser.
SUMS = f"""
WITH newest AS MATERIALIZED ({NEWEST})
SELECT said, levels_id, sum(tokens)::bigint, sum(documents)::bigint, count(*), min(fetched_at), max(fetched_at), '',
       signals, stance_id
FROM newest GROUP BY said, levels_id, signals, stance_id
UNION ALL
SELECT 'digest', NULL, 0, 0, 0, NULL, NULL, encode(sha256(string_agg(uuid_send(id), ''::bytea ORDER BY id)), 'hex'),
       '{{}}', NULL
FROM (SELECT id FROM newest WHERE id IS NOT NULL UNION ALL SELECT unnest(ids) FROM newest) used
ORDER BY 1, 2
"""  # noqa: S608 - both parts are constants


def restriction(revision: Revision, as_of: datetime | None = None) -> Restriction:
    """What the sites of a revision permitted at a moment (now, unless told), in three to five queries."""
    at = as_of or timezone.now()
    rows = query(SUMS, revision=revision.pk, channel=ROBOTS, at=at)
    digest = next(row[7] for row in rows if row[0] == "digest")
    told = [row for row in rows if row[0] != "digest"]
    groups = grouped((row[0], row[1], tuple(row[8]), row[9], Amount(*row[2:5]), *row[5:7]) for row in told)
    return Restriction(at, groups, tuple(registry.active()), digest or "")


Said = tuple[str, int | None, tuple[int, ...], int | None]  # state, vector, sets of signals, stance
Summed = tuple[str, int | None, tuple[int, ...], int | None, Amount, datetime | None, datetime | None]


def grouped(rows: Iterable[Summed]) -> tuple[Group, ...]:
    """Rows of what was said, how much, the oldest and the newest, as groups that say different things."""
    rows = list(rows)
    found: dict[Group, Group] = {}
    for alike, (*_, amount, oldest, newest) in zip(read([row[:4] for row in rows]), rows, strict=True):
        mine = replace(alike, amount=amount, oldest=oldest, newest=newest)
        found[alike] = _joined(found[alike], mine) if alike in found else mine
    return tuple(found.values())


# What many ids mean, in one statement: each roll of agents is read once, with the vectors under it.
MEANINGS = """
SELECT 'levels', r.entries::text, array_agg(v.id), array_agg(v.letters) FROM crawler_levelvector v
JOIN crawler_roll r ON r.version = v.roll_id WHERE v.id = ANY(%(vectors)s::bigint[]) GROUP BY r.version
UNION ALL
SELECT 'signals', g.signals::text, ARRAY[g.id], '{}' FROM crawler_signalset g WHERE g.id = ANY(%(sets)s::bigint[])
UNION ALL
SELECT 'stance', json_build_array(t.scraping, t.ai_training, t.paper_class)::text, ARRAY[t.id], '{}'
FROM crawler_termsstance t WHERE t.id = ANY(%(stances)s::bigint[])
"""


def read(told: list[Said]) -> list[Group]:
    """What each says, as groups without an amount; in one query."""
    rows = query(
        MEANINGS, vectors=array({row[1] for row in told if row[1]}), stances=array({row[3] for row in told if row[3]}),
        sets=array({pk for row in told for pk in row[2]}),
    )  # fmt: skip
    levels = _levels(row for row in rows if row[0] == "levels")
    stances = {ids[0]: Stance(*json.loads(said)) for kind, said, ids, _ in rows if kind == "stance"}
    signals = {ids[0]: json.loads(said) for kind, said, ids, _ in rows if kind == "signals"}
    refused = {sets: refusals(signals[pk] for pk in sets) for sets in {row[2] for row in told}}
    return [
        Group(said, levels.get(vector or 0, {}), Amount(), None, None, refused[sets], stances.get(stance or 0), vector)
        for said, vector, sets, stance in told
    ]


def _joined(one: Group, other: Group) -> Group:
    oldest = min((at for at in (one.oldest, other.oldest) if at), default=None)
    newest = max((at for at in (one.newest, other.newest) if at), default=None)
    return replace(one, amount=one.amount + other.amount, oldest=oldest, newest=newest)


def _levels(rows: Iterable[tuple[Any, ...]]) -> dict[int, Mapping[str, Level]]:
    """Vector id → level by agent's name, from rolls with the ids and letters under each."""
    found: dict[int, Mapping[str, Level]] = {}
    for _, entries, ids, letters in rows:
        roll = Roll(entries=json.loads(entries)).pure
        found |= {pk: roll.levels(text) for pk, text in zip(ids, letters, strict=True)}
    return found


def alike(ids: Collection[int]) -> dict[int, int]:
    """Set of signals → the first that says the same: most differ only in their lines and addresses."""
    first: dict[Bare, int] = {}
    rows = SignalSet.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "signals")
    return {pk: first.setdefault(bare([signals]), pk) for pk, signals in rows}


def signals_read(revision: Revision, at: datetime) -> bool:
    """Whether any site of a revision had answered for a document by a date that makes signals beside robots.txt."""
    beside = [d.value for d in Document if d not in (Document.ROBOTS, Document.TERMS)]
    answers = Spell.objects.filter(domain__shares__revision=revision, channel__in=beside, since__lte=at)
    return answers.exclude(state=UNREACHABLE).exists()


# --- the domains behind it ---------------------------------------------------------------------------------

SPARE = 100  # signals are read here once more, and some that refuse by themselves are outweighed by another

LARGEST, EVERY = 2000, 2**31  # among whom is looked first, for mostly they are enough, and then

# Only readings that may refuse are asked for, so the database sorts refusing domains alone.
REFUSING = f"""
SELECT domain_id, name, tokens, documents, id, said, fetched_at, levels_id,
       ARRAY(SELECT g.signals FROM crawler_signalset g WHERE g.id = ANY(newest.signals)) AS told,
       (SELECT count(*) FROM datacards_domainshare WHERE revision_id = %(revision)s)
FROM ({NEWEST}) newest
WHERE domain_id IN (
    SELECT domain_id FROM datacards_domainshare WHERE revision_id = %(revision)s
    ORDER BY tokens DESC, domain_id LIMIT %(among)s
) AND id IS NOT NULL AND (
    said = 'unreachable' AND %(unreachable)s OR said = ANY(%(speaking)s) AND levels_id = ANY(%(vectors)s)
    OR signals && (SELECT array_agg(g.id) FROM crawler_signalset g WHERE g.signals @> ANY(%(refusing)s::jsonb[]))
)
ORDER BY tokens DESC, domain_id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608


@dataclass(frozen=True)
class RefusingDomain:
    """A domain that refuses, how much of the revision it is, and the snapshot of robots.txt in use.

    `agents` are those whom robots.txt refuses everything, `channels` the signals that refuse everybody.
    """

    domain_id: int
    name: str
    tokens: int
    documents: int
    snapshot_id: uuid.UUID
    state: str
    fetched_at: datetime
    agents: tuple[str, ...]
    channels: tuple[str, ...] = ()


def top_domains(
    revision: Revision,
    purposes: Iterable[str] = TRAINING,
    agent: str = "",
    as_of: datetime | None = None,
    limit: int = 20,
    offset: int = 0,
    unreachable: bool = False,
    refusing: Mapping[int, tuple[str, ...]] | None = None,
    registered: Sequence[Agent] | None = None,
) -> list[RefusingDomain]:
    """The largest domains that refuse an agent, or any agent of some purposes, by a machine-readable channel.

    `refusing` is what `refusing_vectors` gave for the agents of these purposes, and `registered` the agents, where the
    caller has them already.
    """
    registered = registry.active() if registered is None else registered
    asked = [a for a in registered if a.name == agent] if agent else [a for a in registered if a.purpose in purposes]
    if refusing is None:
        refusing = refusing_vectors({a.name for a in asked})
    uses, alone = uses_of({a.purpose for a in asked} or set(purposes)), asked[0] if agent and asked else None
    rows = _refusing_rows(
        revision=revision.pk, channel=ROBOTS, at=as_of or timezone.now(), limit=limit + SPARE,
        offset=offset, vectors=list(refusing), unreachable=unreachable, speaking=sorted(SPEAKING),
        refusing=[json.dumps([{"value": "disallowed", "purpose": use}]) for use in ("crawl", *uses)],
    )  # fmt: skip
    found = [
        RefusingDomain(
            *row[:7],
            agents=refusing.get(row[7], ()),
            channels=tuple(sorted(refusals(map(json.loads, row[8])).channels(uses, alone))),  # type: ignore[misc]
        )
        for row in rows
    ]
    return [each for each in found if each.agents or each.channels or each.state == UNREACHABLE][:limit]


def _refusing_rows(limit: int, **values: Any) -> list[tuple[Any, ...]]:
    """Looked for among the largest domains first; among all where those are too few."""
    rows = query(REFUSING, limit=limit, among=LARGEST, **values)
    if len(rows) < limit and not (rows and rows[0][-1] <= LARGEST):
        rows = query(REFUSING, limit=limit, among=EVERY, **values)
    return rows


def refusing_vectors(names: set[str]) -> dict[int, tuple[str, ...]]:
    """Vector id → which of these agents it refuses everything, for those that refuse any."""
    refusing = Q(vectors__letters__contains="a")
    pairs = {each: ArrayAgg(f"vectors__{each}", filter=refusing, order_by="vectors__pk") for each in ("pk", "letters")}
    found = {}
    for roll in Roll.objects.annotate(ids=pairs["pk"], told=pairs["letters"]):
        places = [(place, name) for place, name in enumerate(roll.pure.names) if name in names]
        for pk, letters in zip(roll.ids or (), roll.told or (), strict=True):
            if refused := tuple(name for place, name in places if letters[place] == "a"):
                found[pk] = refused
    return found


def query(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array: for many of them the driver's own way takes most of a query's time."""
    return "{" + ",".join(map(str, numbers)) + "}"
