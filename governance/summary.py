"""A report in a terminal: the decision by word and shape, its reasons, and the numbers behind them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from governance.models import Decision
from governance.reports import Report
from governance.words import compact, exactly, look, percent, plural

SHAPES = {"pass": "✔", "fail": "✖", "unknown": "?", "unstated": "–", "waiting": "…", "busy": "▸"}
STYLES = {"good": "green", "bad": "red", "warn": "yellow", "quiet": "dim", "busy": "cyan", "waived": "magenta"}
BAR_CELLS = 24
MOSTLY = 0.5
SHOWN_DOMAINS, SHOWN_AGENTS, SHOWN_REASONS = 8, 6, 6


def badge(word: str, heading: bool = False) -> Text:
    """A verdict by word, shape and colour together."""
    seen, mark = look(word), shape(word)
    if not heading:
        return mark + Text(f" {seen.word}", style=mark.style)
    return Text(f" {mark.plain} {seen.word.upper()} ", style=f"bold reverse {mark.style}")


def shape(word: str) -> Text:
    """A verdict's shape alone, in its colour: for places where the word stands beside it."""
    seen = look(word)
    return Text(SHAPES.get(seen.shape, "·"), style=STYLES.get(seen.tone, ""))


def share_bar(share: float | None, style: str = "red") -> Text:
    """A share as a bar with its number; hatched where it is not known."""
    if share is None:
        return Text("╱" * BAR_CELLS + " not known", style="dim")
    cells = min(BAR_CELLS, max(round(share * BAR_CELLS), 1 if share else 0))
    bar = Text("█" * cells, style=style) + Text("░" * (BAR_CELLS - cells), style="dim")
    return bar + Text(f" {percent(share)}")


def summary(made: Report) -> RenderableType:
    """What a person wants to see first, in the order in which they ask: what, why, whose consent, whose data."""
    return Group(_head(made.decision), _reasons(made.decision), _consent(made), _domains(made), _personal(made))


def _head(decision: Decision) -> RenderableType:
    revision, version = decision.revision, decision.policy_version
    size = f"{plural(revision.documents, 'document')}, {compact(revision.tokens)} tokens"
    by = Text(f"by the policy “{version.policy.title}” v{version.number}, {exactly(decision.decided_at)}", style="dim")
    grid = Table.grid(padding=(0, 2))
    grid.add_row(badge(decision.outcome, heading=True), by)
    grid.add_row("", Text(size))
    return Panel(grid, title=Text(str(revision), style="bold"), title_align="left", expand=False)


def _reasons(decision: Decision) -> RenderableType:
    if decision.outcome == "approved":
        passed = sum(f["result"] == "PASS" for f in decision.findings)
        return _section("Why", [Text(f"All {plural(passed, 'rule')} that apply are met.")])
    table = _columns()
    for finding in decision.reasons[:SHOWN_REASONS]:
        table.add_row(badge(finding["result"]), Text(finding["title"], style="bold"))
        table.add_row("", Text(finding["sentence"]))
    return _section("Why", [table])


def _consent(made: Report) -> RenderableType:
    found = made.restriction
    table = _columns()
    table.add_row("refuse AI training", share_bar(found.refused_share()))
    table.add_row("out of reach", share_bar(found.unreachable_share, "yellow"))
    table.add_row("asked so far", share_bar(found.checked_share, "green"))
    refused = [each for each in found.agents if each.by_level["all"].tokens][:SHOWN_AGENTS]
    for each in refused:
        share = found.share(each.by_level["all"].tokens)
        table.add_row(Text(f"refuse {each.agent.name}", style="dim"), share_bar(share))
    title = f"Consent: share of tokens from {plural(found.total.domains, 'domain')} that…"
    return _section(title, [table, *_offline(made)])


def _offline(made: Report) -> list[RenderableType]:
    """Said plainly where most sites gave no answer, because then the fault is mostly on this side."""
    share = made.restriction.unreachable_share or 0
    if share < MOSTLY:
        return []
    who = "None of the sites" if share == 1 else "Few of the sites"
    told = f"{who} could be reached: is this machine offline? A site that cannot be reached counts as refusing."
    return [Text(told, style="yellow")]


def _domains(made: Report) -> RenderableType:
    rows = made.tables["domains"].dicts
    if not rows:
        return Group()
    table = _columns()
    for row in rows[:SHOWN_DOMAINS]:
        share = made.restriction.share(row["tokens"])
        table.add_row(row["domain"], Text(percent(share), justify="right"), Text(_said(row), style="dim"))
    more = len(rows) - SHOWN_DOMAINS
    rest = [Text(f"and {more} more in the report", style="dim")] if more > 0 else []
    return _section("Largest domains that refuse or cannot be reached", [table, *rest])


def _said(row: dict[str, Any]) -> str:
    if row["state"] == "unreachable":
        return "cannot be reached"
    told = [*row["refusing_signals"].split(), *row["refused_agents"].split()]
    shown = ", ".join(told[:3])
    return f"refuses {shown} and {len(told) - 3} more" if len(told) > 3 else f"refuses {shown}"


def _personal(made: Report) -> RenderableType:
    rows = made.tables["personal_data"].dicts
    if made.audit is None:
        return _section("Personal data", [Text("Not scanned.", style="yellow")])
    if not any(row["findings"] for row in rows):
        return _section("Personal data", [Text("Nothing was found in any row.")])
    table = _columns()
    for row in sorted(rows, key=lambda row: -row["rows"]):
        found = f"{plural(row['findings'], 'finding')} in {plural(row['rows'], 'row')}"
        table.add_row(row["type"], found, Text(f"{row['column']}, {row['tier']}", style="dim"))
    return _section("Personal data", [table])


def _columns() -> Table:
    return Table.grid(padding=(0, 2))


def _section(title: str, parts: list[RenderableType]) -> RenderableType:
    return Group(Text(title, style="bold"), Padding(Group(*parts), (0, 0, 1, 2)))


def as_json(made: Report, files: Iterable[Path] = ()) -> dict[str, Any]:
    """The same for programs: plain values, shares from 0 to 1."""
    decision = made.decision
    return {
        "corpus": decision.revision.corpus.name,
        "revision": str(decision.revision_id),
        "fingerprint": decision.revision.fingerprint,
        "documents": decision.revision.documents,
        "tokens": decision.revision.tokens,
        "outcome": decision.outcome,
        "policy": f"{decision.policy_version.policy.slug} v{decision.policy_version.number}",
        "decided_at": decision.decided_at.isoformat(),
        "findings": decision.findings,
        "facts": {name: fact["value"] for name, fact in decision.facts.items()},
        **{name: table.dicts for name, table in made.tables.items() if name != "findings"},
        "report": [str(file) for file in files],
    }
