"""robots.txt as RFC 9309 has it, with the leniency of Google's public matcher.

    robots = parse(body)
    robots.check("GPTBot", "https://example.org/a?b")   # Verdict(allowed=False, line=12, rule="Disallow: /a")
    robots.levels(["GPTBot", "CCBot"])                  # {"GPTBot": "some", "CCBot": "all"}

A file is read once into groups; each agent is then a look-up. Sources: RFC 9309 (2022) for the protocol; Google's
`robotstxt` (Apache-2.0) for what is forgiven: misspelt keys, a missing colon, part of a byte order mark, `index.html`.
Nothing here knows of fetching: what an HTTP status means is in `crawler.states`.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from crawler.patterns import FRESH, Index, Pattern, Rule, compile_rule, escaped

Level = Literal["none", "some", "all"]

MAX_BYTES = 500 * 1024  # RFC 9309 section 2.5: a parser must take at least this much
MAX_LINE = 2083 * 8 - 1
VERSION = 1  # of what `level` means; a higher one makes stored levels stale

_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb"[A-Za-z_-]*")
_SECONDS = re.compile(rb"[0-9]{1,9}(\.[0-9]{1,9})?")
_TWO_WORDS = re.compile(rb"([^ \t]+)[ \t]+([^ \t]+)")
_USER_AGENT, _DISALLOW, _ALLOW, _SITEMAP, _OTHER = range(5)
_SPELLINGS: tuple[tuple[int, tuple[bytes, ...]], ...] = (
    (_USER_AGENT, (b"user-agent", b"useragent", b"user agent")),
    (_DISALLOW, (b"disallow", b"dissallow", b"dissalow", b"disalow", b"diasllow", b"disallaw")),
    (_ALLOW, (b"allow",)),
    (_SITEMAP, (b"sitemap", b"site-map")),
)
_HOSTILE = 1_000_000  # pattern tests in one file after which `level` takes the stricter answer
_MOST_RULES = 100_000  # in all sets of rules together; twice what a file of MAX_BYTES can hold once
_EVERYTHING = f"/{FRESH}"  # a rule that matches this path matches every path


class Verdict(NamedTuple):
    """May the agent fetch the URL, and by which rule: its line counted from 1; `None` where no rule matches."""

    allowed: bool
    line: int | None = None
    rule: str | None = None


class Statement(NamedTuple):
    """One `key: value` line, comment and outer blanks removed, the key as written."""

    line: int
    key: bytes
    value: bytes


_UNSTATED = Verdict(allowed=True)


@dataclass(frozen=True)
class RobotsFile:
    """A parsed file. Agents are product tokens (`GPTBot`), compared whole and without regard to case."""

    sitemaps: tuple[str, ...]
    _groups: list[list[Rule]] = field(repr=False)
    _named: dict[str, tuple[int, ...]] = field(repr=False)
    _extras: list[tuple[int, Statement]] = field(default_factory=list, repr=False)
    _rulesets: "dict[tuple[int, ...], _RuleSet]" = field(default_factory=dict, repr=False, compare=False)

    @property
    def has_groups(self) -> bool:
        """Whether any user-agent line was found; a page of HTML has none."""
        return bool(self._named)

    @property
    def named(self) -> Collection[str]:
        """The product tokens that groups name, in lower case; `*` among them."""
        return self._named.keys()

    def names(self, agent: str) -> bool:
        """Whether a group names this agent, so that `*` does not count for it."""
        return agent.lower() in self._named

    def check(self, agent: str, url: str) -> Verdict:
        """May `agent` fetch `url` (absolute, or a path; percent-encoded)? The longest matching rule decides.

        As in Google's matcher an octet beyond ASCII in the URL is taken as it stands, so only `*` matches it.
        """
        path = path_of(url)
        if path == "/robots.txt":
            return _UNSTATED
        rules = self._rules_of(agent)
        return rules.verdicts.get(path) or rules.verdict(path)

    def level(self, agent: str) -> Level:
        """How much is refused: `all` when every path but /robots.txt is, `some` when any path is, else `none`.

        The classes are those of Longpre et al., *Consent in Crisis* (2024). Unlike their published code this asks
        what a conforming crawler may fetch, so Disallow lines that an Allow outweighs everywhere make `none`.
        """
        return self._rules_of(agent).level

    def levels(self, agents: Iterable[str]) -> dict[str, Level]:
        """The level of each agent, in one pass."""
        return {agent: self._rules_of(agent).level for agent in agents}

    def reason(self, agent: str) -> Verdict:
        """The rule behind the level: what refuses all, else the first line that refuses some, else what permits `/`."""
        return self._rules_of(agent).reason()

    def extras(self, agent: str) -> tuple[Statement, ...]:
        """The statements with other keys (`Crawl-delay`, `Content-Usage`, …) in the groups that count for an agent."""
        groups = frozenset(self._groups_of(agent))
        return tuple(statement for group, statement in self._extras if group in groups)

    @property
    def loose(self) -> tuple[Statement, ...]:
        """The statements with other keys before any user-agent line, and hence in no group."""
        return tuple(statement for group, statement in self._extras if group < 0)

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds that a site asks an agent to wait between fetches: the longest that its groups name, `None` for none.

        Not in RFC 9309, and not capped: whoever obeys it says how long is too long. What is no number is passed over.
        """
        values = [value for _, key, value in self.extras(agent) if key.lower() == b"crawl-delay"]
        return max((float(value) for value in values if _SECONDS.fullmatch(value)), default=None)

    def rules(self, agent: str) -> tuple[Rule, ...]:
        """The merged rules of an agent in order: whether each allows, its value as written, its line from 1."""
        return tuple(rule for i in self._groups_of(agent) for rule in self._groups[i])

    def _groups_of(self, agent: str) -> tuple[int, ...]:
        groups = self._named.get(agent.lower())
        return self._star if groups is None else groups

    @cached_property
    def _star(self) -> tuple[int, ...]:
        return self._named.get("*", ())

    def _rules_of(self, agent: str) -> "_RuleSet":
        groups = self._named.get(agent.lower())
        if groups is None:
            groups = self._star
        found = self._rulesets.get(groups)
        if found is None:
            rules = [rule for i in groups for rule in self._groups[i]]
            found = self._rulesets[groups] = _RuleSet(rules, self._most_tests)
        return found

    @cached_property
    def _most_tests(self) -> int:
        """Pattern tests for each set of rules; none where groups are joined so often that making patterns is slow."""
        sets = set(self._named.values())
        rules = sum(len(self._groups[i]) for groups in sets for i in groups)
        return _HOSTILE // max(1, len(sets)) if rules <= _MOST_RULES else 0


class _RuleSet:
    """The merged rules of one agent; patterns, index and level are made when first asked for.

    `most`: pattern tests that a level or a reason may take, so that one file cannot keep all others waiting.
    """

    def __init__(self, rules: list[Rule], most: int = _HOSTILE) -> None:
        self._rules, self._most = rules, most
        self._reason: Verdict | None = None
        self._index: Index | None = None
        self._level: Level | None = None
        self.verdicts: dict[str, Verdict] = {}

    @property
    def level(self) -> Level:
        if self._level is None:
            self._level = self._find_level()
        return self._level

    def verdict(self, path: str) -> Verdict:
        """The verdict for a path with its query; the last few are remembered, for many agents share their rules."""
        if len(self.verdicts) >= 16:
            self.verdicts.clear()
        found = self.verdicts[path] = self._find_verdict(path)
        return found

    def reason(self) -> Verdict:
        if self._reason is None:
            self._reason = self._find_reason()
        return self._reason

    def _find_reason(self) -> Verdict:
        if not self._most:
            return _UNSTATED
        if self.level == "all":
            return self._find_verdict(_EVERYTHING)
        first = self._find_verdict("/")
        if self.level == "none":
            return first
        refused = sorted(self._patterns(allow=False), key=lambda pattern: pattern.rule[2])
        paths = (path for pattern in refused[:1000] for path in pattern.witnesses())
        verdicts = (self._find_verdict(path) for path in islice(paths, self._most // self._cost))
        return next((verdict for verdict in verdicts if not verdict.allowed), _UNSTATED)

    def _find_verdict(self, path: str) -> Verdict:
        if self._index is None:
            self._index = Index(self._rules)
        found = self._index.deciding(path)
        return _UNSTATED if found is None else _verdict(*found)

    def _patterns(self, allow: bool) -> Iterator[Pattern]:
        for rule in self._rules:
            if rule[0] == allow:
                yield from compile_rule(*rule)

    def _find_level(self) -> Level:
        values = [rule[1] for rule in self._rules if not rule[0] and rule[1][:1] in (b"/", b"*")]
        if not values:
            return "none"
        if not any(rule[0] for rule in self._rules) and all(value.strip(b"/*$") for value in values):
            return "some"  # the usual case: no Allow, and each Disallow names something
        if not self._most:
            return "all"
        refused = list(self._patterns(allow=False))
        permitted = [p for p in self._patterns(allow=True) if p.parts != ("/robots.txt",)]
        if not permitted:
            return "all" if any(pattern.matches(_EVERYTHING) for pattern in refused) else "some"
        if not self._find_verdict(_EVERYTHING).allowed and self._agree(permitted, allowed=False):
            return "all"
        return "none" if self._agree(refused, allowed=True) else "some"

    def _agree(self, patterns: list[Pattern], allowed: bool) -> bool:
        """Whether everything that the patterns match has this verdict; the longest are asked first.

        Exact by `Pattern.witnesses`, but for a file built to be slow: there it ends early, as if all agreed to a
        refusal and not all to a permission.
        """
        tests = 0
        for pattern in sorted(patterns, key=lambda pattern: pattern.rank, reverse=True):
            for path in pattern.witnesses():
                if self._find_verdict(path).allowed != allowed:
                    return False
                tests += self._cost
            if tests > self._most:
                return not allowed
        return True

    @property
    def _cost(self) -> int:
        """Pattern tests that a verdict takes at most, once the index is made."""
        assert self._index is not None
        return 1 + len(self._index.wild)


def _verdict(allow: bool, value: bytes, line: int) -> Verdict:
    key = "Allow" if allow else "Disallow"
    return Verdict(allow, line, f"{key}: {value.decode('utf-8', 'replace')}")


def parse(body: bytes, limit: int | None = None) -> RobotsFile:
    """Read a body: any bytes, never an error. With a `limit`, only whole lines within so many bytes count."""
    if limit is not None and len(body) > limit:
        body = whole_lines(body, limit)
    groups: list[list[Rule]] = []
    named: dict[str, tuple[int, ...]] = {}
    sitemaps: list[str] = []
    extras: list[tuple[int, Statement]] = []
    names_agents = False
    for statement in statements(body):
        line, key, value = statement
        kind = _kind(key) if len(key) < 40 else _kind(key[:40])
        if kind == _USER_AGENT:
            if not names_agents:
                groups.append([])
            names_agents = True
            _join(named, _token(value), len(groups) - 1)
        elif kind == _SITEMAP:
            sitemaps.append(value.decode("utf-8", "replace"))
        elif kind == _OTHER:
            extras.append((len(groups) - 1, statement))
        elif groups:
            names_agents = False
            if value:
                groups[-1].append((kind == _ALLOW, value, line))
    return RobotsFile(tuple(sitemaps), groups, named, extras)


def statements(body: bytes) -> Iterator[Statement]:
    """The `key: value` lines of a body; a blank may stand for the colon where that leaves exactly two words."""
    for length in (3, 2, 1):
        if body.startswith(_BOM[:length]):
            body = body[length:]
            break
    for number, line in enumerate(body.splitlines(), 1):
        if not line:
            continue
        line = line[:MAX_LINE].partition(b"\0")[0].partition(b"#")[0]
        key, colon, value = line.partition(b":")
        if colon:
            key = key.strip()
            if key:
                yield Statement(number, key, value.strip())
        elif words := _TWO_WORDS.fullmatch(line.strip()):
            yield Statement(number, *words.groups())


@lru_cache(maxsize=256)
def path_of(url: str) -> str:
    """Path, parameters and query of a URL as they are compared; `/` where there is none."""
    start = 2 if url.startswith("//") else 0
    early = _first_of(url, start)
    scheme = url.find("://", start)
    if scheme >= 0 and not 0 <= early < scheme:
        early = _first_of(url, scheme + 3)
    hash_at = url.find("#", start)
    if early < 0 or 0 <= hash_at < early:
        return "/"
    path = url[early:hash_at] if hash_at >= 0 else url[early:]
    if path.isascii():
        path = escaped(path.encode("ascii"))
    return path if path.startswith("/") else f"/{path}"


def _first_of(url: str, start: int) -> int:
    found = [at for at in (url.find(mark, start) for mark in "/?;") if at >= 0]
    return min(found, default=-1)


def whole_lines(body: bytes, limit: int) -> bytes:
    """The first `limit` bytes without the line that they cut: `Disallow: /private` must not become `Disallow: /`."""
    kept = body[:limit]
    if body[limit : limit + 1] in (b"\n", b"\r"):
        return kept
    return kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]


def names_agent(key: bytes) -> bool:
    """Whether a line with this key is read as a user-agent line, misspelt or not."""
    return _kind(key[:40]) == _USER_AGENT


def is_rule(key: bytes) -> bool:
    """Whether a line with this key is read as an Allow or Disallow rule, misspelt or not."""
    return _kind(key[:40]) in (_ALLOW, _DISALLOW)


@lru_cache(maxsize=1024)
def _kind(key: bytes) -> int:
    lower = key.lower()
    return next((kind for kind, spellings in _SPELLINGS if lower.startswith(spellings)), _OTHER)


def _token(value: bytes) -> str:
    """The product token of a user-agent line: cut at the first octet that cannot be part of one."""
    if value[:1] == b"*" and (len(value) == 1 or value[1:2].isspace()):
        return "*"
    found = _TOKEN.match(value)
    return found.group().decode("ascii").lower() if found else ""


def _join(named: dict[str, tuple[int, ...]], token: str, group: int) -> None:
    known = named.get(token, ())
    if group not in known[-1:]:
        named[token] = (*known, group)
