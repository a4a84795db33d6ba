"""What a site refuses beside robots.txt: by machine-readable signals, and by its terms of service.

Only what is said of the whole site counts here; a path, a page's images or a media file do not speak for a site.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crawler.agents import Agent, Purpose, product_token
from crawler.channels.signals import Signal
from crawler.permissions import refused_purposes, singled_out
from crawler.statements import USES_OF

ROBOTS, TERMS = "robots", "terms"
_SPEAKING_FIELDS = ("channel", "purpose", "agent", "value", "path", "scope", "rank")


@dataclass(frozen=True)
class Refusals:
    """What signals refuse: (channel, use) to everybody, and (agent, channel, use) by name in lower case."""

    everybody: frozenset[tuple[str, str]] = frozenset()
    named: frozenset[tuple[str, str, str]] = frozenset()

    def channels(self, uses: Iterable[str], agent: Agent | None = None) -> frozenset[str]:
        """The channels that refuse all of these uses (or the fetch itself) to everybody, or to this agent by name."""
        told = set(self.everybody)
        if agent is not None and self.named:
            names = {product_token(name).lower() for name in (agent.name, *agent.aliases)}
            told |= {(channel, use) for name, channel, use in self.named if name in names}
        wanted = set(uses)
        return frozenset(
            channel for channel in {channel for channel, _ in told}
            if (channel, "crawl") in told or all((channel, use) in told for use in wanted)
        )  # fmt: skip


NOTHING = Refusals()


@dataclass(frozen=True)
class Stance:
    """What terms of service come to: prohibited, conditional, allowed or not_mentioned, on either axis."""

    scraping: str
    ai_training: str
    paper_class: str = ""

    def refuses(self, uses: Iterable[str]) -> bool:
        """Whether these uses are prohibited: a ban of scraping is one of every use, a ban of AI training of that."""
        return self.scraping == "prohibited" or (self.ai_training == "prohibited" and "ai-train" in set(uses))

    @property
    def verdict(self) -> str:
        """The strictest of both axes."""
        order = ("prohibited", "conditional", "allowed", "not_mentioned")
        return min((self.scraping, self.ai_training), key=order.index)


def uses_of(purposes: Iterable[Purpose | str]) -> frozenset[str]:
    """The uses that agents of these purposes serve."""
    return frozenset(use for purpose in purposes for use in USES_OF[Purpose(purpose)])


def refusals(documents: Iterable[Iterable[Mapping[str, Any]]]) -> Refusals:
    """Read the signals of a site's documents together: only so do a file, a header and a page outweigh each other."""
    told = bare(documents)
    return _read(told) if told else NOTHING


Bare = frozenset[tuple[tuple[str, Any], ...]]


def bare(documents: Iterable[Iterable[Mapping[str, Any]]]) -> Bare:
    """What signals say, without where they say it."""
    return frozenset(
        tuple((name, signal[name]) for name in _SPEAKING_FIELDS if name in signal)
        for signals in documents for signal in signals
    )  # fmt: skip


@lru_cache(maxsize=20_000)  # sites say one of a few things, once lines and quotes are left out
def _read(told: Bare) -> Refusals:
    signals = [Signal.from_dict({"where": "", **dict(fields)}) for fields in told]
    everybody: set[tuple[str, str]] = set()
    named: set[tuple[str, str, str]] = set()
    for channel in {signal.channel for signal in signals}:
        own = [signal for signal in signals if signal.channel == channel]
        everybody |= {(channel, use) for use in refused_purposes(own)}
        named |= {(agent, channel, use) for agent, uses in singled_out(own).items() for use in uses}
    return Refusals(frozenset(everybody), frozenset(named))
