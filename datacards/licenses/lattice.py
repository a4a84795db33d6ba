"""The lattice of licence terms: what is asked of a user grows from bottom to top, and joining two takes the stricter.

Every component is known, or lies between two bounds. A value nobody knows lies between the most generous and the
strictest, so that joining it with the strictest is known again (as in Kleene's logic), and all laws of a lattice hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CHAINS: dict[str, tuple[str, ...]] = {
    "use": ("any", "commercial with terms", "non-commercial", "academic", "none"),
    "derivatives": ("yes", "same licence", "no"),
    "attribution": ("no", "yes"),
    "notice": ("no", "yes"),
    "training": ("allowed", "unspecified", "prohibited"),
    "expires": ("no", "yes"),
    "revocable": ("no", "yes"),
}
SETS: dict[str, str] = {
    "alike": "share-alike families that the whole must be under",
    "outputs": "model vendors whose terms limit what is done with outputs",
    "fields": "fields of use that are restricted",
    "places": "places where the licence does not reach, or alone reaches",
}
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Span:
    """A place in a chain, between two bounds (ranks, both included): known when they are one."""

    low: int
    high: int

    def join(self, other: "Span") -> "Span":
        """The stricter of both."""
        return Span(max(self.low, other.low), max(self.high, other.high))

    def meet(self, other: "Span") -> "Span":
        """The more generous of both."""
        return Span(min(self.low, other.low), min(self.high, other.high))

    def within(self, other: "Span") -> bool:
        """At most as strict."""
        return self.low <= other.low and self.high <= other.high


@dataclass(frozen=True)
class Many:
    """Restrictions by name; `open` when there may be more that nobody has named."""

    names: frozenset[str] = frozenset()
    open: bool = False

    def join(self, other: "Many") -> "Many":
        """All restrictions of both."""
        return Many(self.names | other.names, self.open or other.open)

    def meet(self, other: "Many") -> "Many":
        """Those that both have."""
        return Many(self.names & other.names, self.open and other.open)

    def within(self, other: "Many") -> bool:
        """No restriction that the other has not."""
        return self.names <= other.names and self.open <= other.open


Component = Span | Many


@dataclass(frozen=True)
class Vector:
    """A point of the product lattice: one value for each chain and each set."""

    parts: Mapping[str, Component] = field(default_factory=dict, hash=False)

    def __hash__(self) -> int:
        return hash(tuple(self.parts.items()))

    def join(self, other: "Vector") -> "Vector":
        """The strictest of both in each component: what binds whoever is bound by both."""
        return Vector({name: part.join(other.parts[name]) for name, part in self.parts.items()})  # type: ignore[arg-type]

    def meet(self, other: "Vector") -> "Vector":
        """The most generous of both in each component."""
        return Vector({name: part.meet(other.parts[name]) for name, part in self.parts.items()})  # type: ignore[arg-type]

    def within(self, other: "Vector") -> bool:
        """At most as strict in every component: the lattice's order."""
        return all(part.within(other.parts[name]) for name, part in self.parts.items())  # type: ignore[arg-type]

    def rank(self, name: str) -> Span:
        """A chain's bounds."""
        part = self.parts[name]
        assert isinstance(part, Span)
        return part

    def many(self, name: str) -> Many:
        """A set's names."""
        part = self.parts[name]
        assert isinstance(part, Many)
        return part

    def told(self, name: str) -> str:
        """A component in words; “unknown” when it is between bounds."""
        part = self.parts[name]
        if isinstance(part, Span):
            return CHAINS[name][part.low] if part.low == part.high else UNKNOWN
        return ", ".join(sorted(part.names)) or (UNKNOWN if part.open else "none")

    def at_most(self, name: str, value: str) -> bool | None:
        """Whether a chain's value is at most that strict; None where it is not known."""
        span, limit = self.rank(name), CHAINS[name].index(value)
        return True if span.high <= limit else False if span.low > limit else None


def vector(values: Mapping[str, object]) -> Vector:
    """A vector from plain values: a chain's word (“unknown” or missing: not known), a list of a set's names.

    A list that ends in “…” may hold more. Raises `ValueError` naming the component and the value.
    """
    parts: dict[str, Component] = {}
    for name, chain in CHAINS.items():
        word = values.get(name, UNKNOWN)
        if word == UNKNOWN:
            parts[name] = Span(0, len(chain) - 1)
        elif word in chain:
            parts[name] = Span(chain.index(str(word)), chain.index(str(word)))
        else:
            raise ValueError(f"{name}: {word!r} is not one of {', '.join(chain)} or unknown")
    for name in SETS:
        names = values.get(name, ())
        if names == UNKNOWN:
            names = ("…",)
        if not isinstance(names, list | tuple) or not all(isinstance(each, str) for each in names):
            raise ValueError(f"{name}: {names!r} is not a list of names")
        parts[name] = Many(frozenset(each for each in names if each != "…"), "…" in names)
    return Vector(parts)


BOTTOM = vector({name: chain[0] for name, chain in CHAINS.items()})
NOTHING_KNOWN = vector(dict.fromkeys(SETS, UNKNOWN))


def hull(vectors: list[Vector]) -> Vector:
    """What holds for every one of several vectors, of which one is meant: bounds around all of them."""
    parts: dict[str, Component] = {}
    for name in CHAINS:
        spans = [each.rank(name) for each in vectors]
        parts[name] = Span(min(s.low for s in spans), max(s.high for s in spans))
    for name in SETS:
        many = [each.many(name) for each in vectors]
        shared = frozenset.intersection(*(m.names for m in many))
        parts[name] = Many(shared, any(m.open or m.names != shared for m in many))
    return Vector(parts)
