"""robots.txt on 4,231 real files: speed beside protego and urllib, answers and full blocks beside Google's matcher.

    python -m benchmarks.robots [--files FOLDER_OR_SDIST] [--agents JSON] [--answers N] [--modern N] [--quick]

1. Speed: each parser parses every file and answers for every agent and one URL, in CPU time, taking turns.
2. Answers: N different questions (file, agent, URL) are put to us and to Google's matcher (`jwm-robotstxt`).
3. Full blocks: who is kept out altogether, in the real files, the block list beside the agents, and generated files of
   2024 to 2026; recall and precision of ours and of the estimator of *Consent in Crisis*.

Exits with 1 where an answer differs, a full block is missed or made up, or we are not five times as fast as protego.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.robotparser import RobotFileParser

from protego import Protego
from rich.console import Console
from rich.table import Table

from benchmarks.modern_robots import modern_files
from benchmarks.robots_files import robots_files
from benchmarks.robots_oracle import Asked, Found, compare, estimators, google, questions
from crawler.agents import product_token, shipped
from crawler.robots import parse

Ask = Callable[[bytes, list[str], str], list[bool]]
URL = "https://www.example.org/news/2026/article.html?page=2"
AGENTS = Path("../shared/data/ai_agents.json")
FASTER = 5.0  # than protego, at least
ROUNDS = 3
console = Console()


@dataclass(frozen=True)
class Measured:
    """What one parser answered, and in how many seconds of CPU time."""

    name: str
    seconds: float
    answers: dict[str, list[bool]]

    @property
    def files(self) -> int:
        """How many files were parsed."""
        return len(self.answers)

    @property
    def verdicts(self) -> int:
        """How many questions were answered."""
        return sum(map(len, self.answers.values()))


def ours(body: bytes, agents: list[str], url: str) -> list[bool]:
    """crawler.robots"""
    file = parse(body)
    return [file.check(agent, url).allowed for agent in agents]


def levels(body: bytes, agents: list[str], url: str) -> list[bool]:
    """crawler.robots, levels instead of verdicts"""
    return [level != "all" for level in parse(body).levels(agents).values()]


def protego(body: bytes, agents: list[str], url: str) -> list[bool]:
    """protego"""
    file = Protego.parse(body.decode("utf-8", "replace"))
    return [file.can_fetch(url, agent) for agent in agents]


def urllib(body: bytes, agents: list[str], url: str) -> list[bool]:
    """urllib.robotparser"""
    file = RobotFileParser()
    file.parse(body.decode("utf-8", "replace").splitlines())
    return [file.can_fetch(agent, url) for agent in agents]


PEERS: tuple[tuple[str, Ask], ...] = (
    ("crawler.robots", ours), ("crawler.robots, levels", levels), ("protego", protego), ("urllib.robotparser", urllib)
)  # fmt: skip


def measure(name: str, ask: Ask, files: dict[str, bytes], agents: list[str]) -> Measured:
    """Ask a parser everything."""
    began = time.process_time()
    answers = {host: ask(body, agents, URL) for host, body in files.items()}
    return Measured(name, time.process_time() - began, answers)


def main() -> None:
    """Measure, compare, print, and fail where a promise is broken."""
    options = _options()
    files, agents = robots_files(options.files), agents_of(options.agents)
    kept = [speed(files, agents, 1 if options.quick else ROUNDS)]
    oracle = google()
    if oracle is None:
        sys.exit("Google's matcher is missing, so no answer was compared: pip install jwm-robotstxt")
    kept.append(answers(files, agents, options.answers, oracle))
    blocklist = options.agents.with_name("ai_agents_robots.txt")
    worlds = {"real files": files, "generated, 2024 to 2026": modern_files(agents, options.modern)}
    worlds |= {"the block list": {blocklist.name: blocklist.read_bytes()}} if blocklist.exists() else {}
    kept += [full_blocks(name, world, agents, oracle) for name, world in worlds.items()]
    sys.exit(0 if all(kept) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, help="folder of files, or the sdist (default: pip download)")
    parser.add_argument("--agents", type=Path, default=AGENTS, help="JSON by agent; where absent, the shipped registry")
    parser.add_argument("--answers", type=int, default=210_000, help="how many answers are compared")
    parser.add_argument("--modern", type=int, default=600, help="how many files are generated")
    parser.add_argument("--quick", action="store_true", help="measure the speed once, not three times")
    return parser.parse_args()


def agents_of(place: Path) -> list[str]:
    """The names of the agents."""
    return list(json.loads(place.read_bytes())) if place.exists() else [agent.name for agent in shipped()]


def speed(files: dict[str, bytes], agents: list[str], rounds: int) -> bool:
    """Verdicts per second of each parser, the best of several rounds; whether ours are enough of protego's."""
    runs = [[measure(name, ask, files, agents) for name, ask in PEERS] for _ in range(rounds)]
    best = [min(each, key=lambda measured: measured.seconds) for each in zip(*runs, strict=True)]
    _show_speed(best, files, agents)
    mine, theirs = best[0], next(measured for measured in best if measured.name == "protego")
    ratio = theirs.seconds / mine.seconds
    console.print(f"crawler.robots gives {ratio:.1f} times the verdicts per second of protego.")
    return bool(ratio >= FASTER)


def answers(files: dict[str, bytes], agents: list[str], wanted: int, oracle: Asked) -> bool:
    """Put questions to us and to the oracle; whether all answers agree."""
    found = compare(files, questions(files, agents, wanted), oracle)
    console.print(f"{found.answers:,} answers compared with Google's matcher ({found.refusals:,} of them refusals): "
                  f"{len(found.differing):,} differ.")  # fmt: skip
    for question in found.differing[:10]:
        console.print(f"  {question}")
    return not found.differing


def full_blocks(title: str, files: dict[str, bytes], agents: list[str], oracle: Asked) -> bool:
    """Compare the estimators with the oracle; whether ours finds all and no more."""
    tokens = {agent: token for agent in agents if (token := product_token(agent))}
    found = estimators(files, list(tokens), tokens, oracle)
    _show_blocks(title, found, len(files) * len(tokens))
    for host, agent in found[0].examples[:10]:
        console.print(f"  ours and the oracle differ: {agent} in {host}")
    return not (found[0].missed or found[0].wrong)


def _show_blocks(title: str, found: list[Found], pairs: int) -> None:
    table = Table(title=f"Fully blocked: {title}, {pairs:,} pairs, {found[0].right + found[0].missed:,} blocked")
    for column in ("estimator", "found", "missed", "made up", "recall", "precision"):
        table.add_column(column, justify="left" if column == "estimator" else "right")
    for each in found:
        table.add_row(
            each.name, f"{each.right:,}", f"{each.missed:,}", f"{each.wrong:,}",
            f"{each.recall:.4f}", f"{each.precision:.4f}",
        )  # fmt: skip
    console.print(table)


def _show_speed(measured: list[Measured], files: dict[str, bytes], agents: list[str]) -> None:
    size = sum(map(len, files.values())) / 1e6
    table = Table(title=f"{len(files)} files, {size:.1f} MB, {len(agents)} agents, one URL")
    for column in ("parser", "files", "verdicts", "CPU seconds", "verdicts/s", "differs from ours"):
        table.add_column(column, justify="left" if column == "parser" else "right")
    for each in measured:
        rate = each.verdicts / each.seconds
        differing = "" if "levels" in each.name else f"{_differing(measured[0], each):,}"
        table.add_row(
            each.name, f"{each.files:,}", f"{each.verdicts:,}", f"{each.seconds:.2f}", f"{rate:,.0f}", differing
        )
    console.print(table)


def _differing(ours: Measured, other: Measured) -> int:
    pairs = [(ours.answers[host], theirs) for host, theirs in other.answers.items()]
    return sum(a != b for mine, theirs in pairs for a, b in zip(mine, theirs, strict=True))


if __name__ == "__main__":
    main()
