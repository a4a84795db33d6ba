"""What a robots.txt lets this crawler itself ask, and how slowly: it obeys the files that it audits.

The answer is no wherever a file could not be obtained (RFC 9309 section 2.3.1.4). Crawl-delay is no part of RFC 9309;
it is obeyed up to a limit, of several the longest.
"""

import math
from dataclasses import dataclass

from crawler.channels.groups import lines
from crawler.robots import MAX_BYTES, RobotsFile, parse
from crawler.states import PERMITTING, SPEAKING, State


@dataclass(frozen=True)
class Rules:
    """One host's rules for one crawler. Without a `file` everything is permitted or nothing is."""

    host: str
    token: str
    file: RobotsFile | None = None
    permits: bool = False
    delay: float = 0.0

    @classmethod
    def of(cls, host: str, token: str, state: State, body: bytes) -> "Rules":
        """The rules that a fetch of robots.txt came to."""
        if state not in SPEAKING:
            return cls(host, token, permits=state in PERMITTING)
        file = parse(body, MAX_BYTES)
        return cls(host, token, file, True, crawl_delay(body, token, file))

    def objection(self, url: str) -> str | None:
        """Why a URL of the host may not be asked; None where it may."""
        if not self.permits:
            return f"robots.txt of {self.host} could not be obtained"
        if self.file is None:
            return None
        verdict = self.file.check(self.token, url)
        return None if verdict.allowed else f"robots.txt of {self.host}, line {verdict.line}: {verdict.rule}"[:500]


def crawl_delay(body: bytes, token: str, file: RobotsFile | None = None) -> float:
    """Seconds that a body, read as `file`, asks this crawler to leave between two requests; 0 for none."""
    ours, everybody = [0.0], [0.0]
    named = (file or parse(body)).names(token)
    for line in lines(body, "crawl-delay"):
        if token.lower() in (agent.lower() for agent in line.agents):
            ours.append(_seconds(line.value))
        elif "*" in line.agents:
            everybody.append(_seconds(line.value))
    return max(ours if named else everybody)


def _seconds(value: bytes) -> float:
    try:
        seconds = float(value[:20])
    except ValueError:
        return 0.0
    return seconds if seconds > 0 and math.isfinite(seconds) else 0.0
