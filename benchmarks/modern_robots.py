"""robots.txt files as sites write them since 2024, generated: long groups of AI agents, after and around a `*`.

No real file is among them; the shapes are those that block lists, content systems and their users produce.
"""

import random
from collections.abc import Callable

REST = (
    ("Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"), ("Disallow: /search", "Disallow: /*?s="),
    ("Disallow:",), ("Allow: /",), ("Disallow: /cart", "Disallow: /checkout", "Crawl-delay: 10"), ("Disallow: /",),
)  # fmt: skip
NEARLY = (("Allow: /llms.txt",), ("Allow: /$",), ("Allow: /public/", "Disallow: /public/drafts"))
Names = list[str]
Shape = Callable[[random.Random, Names], list[str]]


def _star(chance: random.Random) -> list[str]:
    return ["User-agent: *", *chance.choice(REST), ""]


def _group(names: Names, *rules: str) -> list[str]:
    return [*(f"User-agent: {name}" for name in names), *rules, ""]


def one_group_after_star(chance: random.Random, names: Names) -> list[str]:
    """`*` with some rules, then one group of many."""
    return _star(chance) + _group(names, "Disallow: /")


def one_group_before_star(chance: random.Random, names: Names) -> list[str]:
    """One group of many, then `*`."""
    return _group(names, "Disallow: /") + _star(chance)


def a_group_each(chance: random.Random, names: Names) -> list[str]:
    """A group for each agent, as content systems write it."""
    return _star(chance) + [line for name in names for line in _group([name], "Disallow: /")]


def groups_by_purpose(chance: random.Random, names: Names) -> list[str]:
    """Training refused, search let in, some let in to a part."""
    cut = chance.randrange(1, len(names))
    rest = names[cut:]
    near = _group(rest[::2], "Disallow: /", *chance.choice(NEARLY)) if rest[::2] else []
    open_to = _group(rest[1::2], "Allow: /") if rest[1::2] else []
    return _star(chance) + _group(names[:cut], "Disallow: /") + near + open_to


def as_patterns(chance: random.Random, names: Names) -> list[str]:
    """Refused by `/*`, with remarks, delays, signals and blank lines in between."""
    lines = _group(
        names, "Content-Signal: ai-train=no", "", chance.choice(["Disallow: /*", "Disallow: *", "Disallow: /"])
    )
    return _star(chance) + [line for each in lines for line in (each, *chance.choice([(), (), ("# AI",)]))]


def in_other_case(chance: random.Random, names: Names) -> list[str]:
    """Names in small letters, keys in any."""
    return _star(chance) + ["USER-AGENT: " + name.lower() for name in names] + ["disallow: /", ""]


SHAPES: tuple[Shape, ...] = (
    one_group_after_star, one_group_before_star, a_group_each, groups_by_purpose, as_patterns, in_other_case
)  # fmt: skip


def modern_files(agents: Names, wanted: int, seed: int = 2026) -> dict[str, bytes]:
    """Name → body of so many files, the same ones for the same seed; half have a sitemap."""
    chance = random.Random(seed)
    files = {}
    for number in range(wanted):
        shape = SHAPES[number % len(SHAPES)]
        names = chance.sample(agents, chance.randrange(2, len(agents) + 1))
        lines = shape(chance, names) + ["Sitemap: https://www.example.org/sitemap.xml"] * (number % 2)
        files[f"{shape.__name__}-{number}"] = "\n".join(lines).encode()
    return files
