"""The estimator of *Consent in Crisis*, re-implemented with its faults, to be shown beside our own.

Longpre et al., *Consent in Crisis: The Rapid Decline of the AI Data Commons* (2024), and the code in the repository of
the Data Provenance Initiative (`src/web_analysis/parse_robots.py`). Written from what that algorithm does, so that a
report can say how far a figure of ours differs from one by their method. **Do not decide anything by it.**

Where it departs from RFC 9309, in two versions:

- `paper`: once any rule was seen in the file, each user-agent line begins a group by itself, so of several agents above
  one set of rules only the last gets it;
- `latest` (a later commit): no user-agent line ever ends a group, so every rule goes to all agents above it;
- both: an agent's name is the whole value, met only in the spelling in which the file wrote it first; no pattern is
  matched: refused is all that has a `Disallow: /` and no Allow; rules with a `?` do not count; equal lists of
  Allow and Disallow cancel out.
"""

from collections.abc import Iterable
from typing import Literal

from crawler.robots import Level

Edition = Literal["paper", "latest"]
Rules = dict[str, list[str]]
_RULES = ("allow", "disallow")


def levels(body: bytes, agents: Iterable[str], edition: Edition = "paper") -> dict[str, Level]:
    """The level of each agent by their method: `none`, `some` or `all`; an agent without a group has the star's."""
    wanted = list(agents)
    groups = _groups(body.decode("utf-8", "replace"), {"*", *wanted}, edition)
    star = groups.get("*", {})
    return {agent: _level(groups.get(agent, star)) for agent in wanted}


def _groups(text: str, wanted: set[str], edition: Edition) -> dict[str, Rules]:
    """The rules of the wanted names only: for all names, a file of agents and rules would take its square in time."""
    groups: dict[str, Rules] = {}
    spelling: dict[str, str] = {}
    current: dict[str, None] = {}
    seen_rule = False
    for key, value in _lines(text):
        if key == "user-agent":
            name = spelling.setdefault(value.lower(), value)
            if seen_rule and edition == "paper":
                current.clear()
            if name in wanted:
                groups.setdefault(name, {"allow": [], "disallow": []})
                current[name] = None
        elif key in _RULES:
            seen_rule = True
            for name in current:
                groups[name][key].append(value)
    return groups


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].strip().partition(":")
        if colon:
            yield key.lower(), value.strip()


def _level(rules: Rules) -> Level:
    refused = [value for value in rules.get("disallow", []) if "?" not in value]
    permitted = [value for value in rules.get("allow", []) if "?" not in value]
    if not refused or refused == [""] or refused == permitted:
        return "none"
    return "all" if "/" in refused and not permitted else "some"
