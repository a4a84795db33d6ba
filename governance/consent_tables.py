"""Consent as tables to compute with, and as a section of a Data Card."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from crawler import by_paper
from crawler.channels.words import CHANNELS
from crawler.consent import LEVELS, restriction
from crawler.series import WEIGHTS, Months, Question
from crawler.verdicts import KINDS, Turned, Verdict, takedown, verdicts
from datacards.models import Revision
from governance.reports import Table
from governance.words import percent


def domains_table(revision: Revision, at: datetime | None = None, question: Question | None = None) -> Table:
    """Per domain of a revision what it permits at a date, and by which snapshots."""
    columns = (
        "domain", "tokens", "documents", "consent", "channels", "robots_state", "robots_level", "terms", "fetched_at",
        "snapshots",
    )  # fmt: skip
    return Table("consent_domains", columns, tuple(_domain(each) for each in verdicts(revision, at, question)))


def _domain(each: Verdict) -> tuple[Any, ...]:
    return (
        each.name, each.tokens, each.documents, each.word, " ".join(each.channels), each.group.said, each.level,
        each.terms, _iso(each.fetched_at), " ".join(map(str, each.snapshots)),
    )  # fmt: skip


def series_table(months: Months, question: Question) -> Table:
    """Per month and level how much of a revision it covers."""
    told = {by: months.levels(question, by) for by in WEIGHTS}
    rows = (
        (end.date().isoformat(), level, *(told[by][level][place] for by in WEIGHTS))
        for place, end in enumerate(months.ends) for level in LEVELS
    )  # fmt: skip
    return Table("consent_series", ("until", "level", *WEIGHTS), tuple(rows))


def takedown_table(turned: Sequence[Turned]) -> Table:
    """Per domain that refuses now what it said when the data was acquired."""
    columns = (
        "domain", "tokens", "documents", "kind", "then", "now", "channels_then", "channels_now", "fetched_then",
        "fetched_now", "evidence_then", "evidence_now",
    )  # fmt: skip
    return Table("consent_takedown", columns, tuple(_turned(each) for each in turned))


def _turned(each: Turned) -> tuple[Any, ...]:
    sides = (each.then, each.now)
    return (
        each.now.name, each.now.tokens, each.now.documents, each.kind, *(side.word for side in sides),
        *(" ".join(side.channels) for side in sides), *(_iso(side.fetched_at) for side in sides),
        *(" ".join(map(str, side.snapshots)) for side in sides),
    )  # fmt: skip


def readings_table(read: Sequence[by_paper.SiteRead]) -> Table:
    """Per agent how much is refused by our reading of robots.txt and by those of the paper, and what they miss."""
    columns = (
        "agent", *(f"tokens_{reading}" for reading in by_paper.READINGS),
        *(f"tokens_missed_{edition}" for edition in by_paper.EDITIONS),
        *(f"domains_{reading}" for reading in by_paper.READINGS),
    )  # fmt: skip
    rows = (
        (
            each.agent, *(each.refused[reading].tokens for reading in by_paper.READINGS),
            *(each.missed[edition].tokens for edition in by_paper.EDITIONS),
            *(each.refused[reading].domains for reading in by_paper.READINGS),
        )
        for each in by_paper.compared(read)
    )  # fmt: skip
    return Table("consent_readings", columns, tuple(rows))


def worklist(revision: Revision, acquired: datetime | None, at: datetime | None = None) -> list[Turned]:
    """The takedown worklist; the data counts as acquired when the revision was registered, unless told."""
    return takedown(revision, acquired or revision.made_at, at)


def sums(turned: Sequence[Turned]) -> list[tuple[str, str, int, int]]:
    """Per kind its words, how many domains, and their tokens."""
    found = []
    for kind, said in KINDS.items():
        own = [each.now.tokens for each in turned if each.kind == kind]
        found.append((kind, said, len(own), sum(own)))
    return found


def title_of(channel: str) -> str:
    """A channel as people say it."""
    return CHANNELS[channel].title if channel in CHANNELS else channel


# --- the Data Card's section -------------------------------------------------------------------------------


def card_section(revision: Revision, at: datetime | None = None) -> dict[str, Any]:
    """The consent of a revision's sites, as plain values. Shares are of all tokens, None where nobody measured."""
    found = restriction(revision, at)
    return {
        "as_of": found.as_of.astimezone(UTC).isoformat(),
        "oldest_answer": _iso(found.oldest) or None,
        "evidence_sha256": found.digest or None,
        "domains": found.total.domains,
        "tokens": found.total_tokens,
        "checked_share": found.checked_share,
        "unreachable_share": found.unreachable_share,
        "refuses_training_share": found.refused_share(),
        "terms_refuse_share": found.terms_refused_share,
        "conflicting_share": found.share(found.conflicts().tokens) if found.asked else None,
        "by_channel": {channel: found.share(part.tokens) for channel, part in found.by_channel().items()},
        "by_purpose": {each.purpose: each.share for each in found.purposes},
    }


def card_json(revision: Revision, at: datetime | None = None) -> str:
    """The section as JSON."""
    return json.dumps({"consent": card_section(revision, at)}, indent=2, ensure_ascii=False)


def card_markdown(revision: Revision, at: datetime | None = None) -> str:
    """The section as Markdown."""
    told = card_section(revision, at)
    rows = [
        ("Tokens whose sites were asked", told["checked_share"]),
        ("Sites refuse AI training by a machine-readable channel", told["refuses_training_share"]),
        ("Terms of service prohibit scraping or AI training", told["terms_refuse_share"]),
        ("robots.txt allows what signals or terms refuse", told["conflicting_share"]),
        ("Sites could not be reached", told["unreachable_share"]),
        *((f"Refused by {title_of(channel)}", share) for channel, share in told["by_channel"].items()),
    ]
    lines = "\n".join(f"| {name} | {percent(share)} |" for name, share in rows)
    evidence = f"Evidence: snapshots with SHA-256 `{told['evidence_sha256']}`." if told["evidence_sha256"] else ""
    head = f"## Consent of the sources\n\nAs of {told['as_of'][:10]}, share of tokens. {evidence}"
    return f"{head}\n\n| | |\n|---|---:|\n{lines}\n"


def _iso(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
