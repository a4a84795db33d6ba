"""What of a licence is passed on, by how one thing was made from another: the one table of it."""

from dataclasses import dataclass

from datacards.licenses.lattice import BOTTOM, Many, Span, Vector


@dataclass(frozen=True)
class Carried:
    """What a licence passes on along a relation.

    `licence`: anything at all. `alike`: share-alike binds what was made. `alters`: what was made is more than an
    unaltered part, which a no-derivatives clause forbids to pass on. None: that is not settled.
    """

    licence: bool = True
    alike: bool | None = True
    alters: bool | None = True


RELATIONS: dict[str, Carried] = {
    "subset": Carried(alters=False),
    "filtered": Carried(),
    "translated": Carried(),
    "mixed": Carried(),
    "derived": Carried(),
    # Whether a model, or what it writes, is an adaptation of what it learned from is not settled.
    "generated": Carried(alike=None, alters=None),
    "trained": Carried(alike=None, alters=None),
    # Who measures with data makes nothing of it.
    "evaluated": Carried(licence=False, alike=False, alters=False),
}
SYNONYMS = {
    "verbatim subset": "subset", "verbatim": "subset", "copy": "subset", "model-generated-from": "generated",
    "model-generated": "generated", "trained-on": "trained", "evaluated-on": "evaluated",
}  # fmt: skip


def relation_of(name: str) -> Carried:
    """What a relation of that name, or of a synonym, carries; an unknown one is taken to carry everything."""
    plain = name.strip().lower().replace("_", "-")
    return RELATIONS.get(SYNONYMS.get(plain, SYNONYMS.get(plain.replace("-", " "), plain)), Carried())


def along(vector: Vector, carried: Carried) -> Vector:
    """What is left of a licence's terms along a relation; between bounds where it is not settled."""
    if not carried.licence:
        return BOTTOM
    if carried.alike:
        return vector
    settled = carried.alike is False
    high, families = vector.rank("derivatives").high, vector.many("alike")
    alike = Many(open=not settled and bool(families.names or families.open))
    return Vector({**vector.parts, "derivatives": Span(0, 0 if settled else high), "alike": alike})
