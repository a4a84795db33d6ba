"""What a licence expression allows: SPDX expressions, hubs' ids and common names, alone or joined by AND, OR, WITH."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from typing import Any

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from datacards.licenses.lattice import NOTHING_KNOWN, Vector, hull
from datacards.licenses.names import named
from datacards.licenses.table import Licence, Table, default_table

MAX_EXPRESSION = 500
MAX_CHOICES = 64
OPERATOR = re.compile(r"(\(|\)|(?<![\w.+-])(?:AND|OR|WITH)(?![\w.+-]))", re.IGNORECASE)


@dataclass(frozen=True)
class Terms:
    """What an expression allows. Where it is not known, properties are None and components “unknown”.

    `recognised`: every licence in it is one whose terms are known here. `ambiguous`: a word leaves open which licence
    is meant (`candidates`); what is said then holds for all of them. `choices`: of an OR, the least restrictive
    alternatives, none of which another one makes needless; `vector` then is the best of each. `licences`: ids in it.
    """

    expression: str
    recognised: bool
    ambiguous: bool
    vector: Vector
    licences: tuple[Licence, ...] = ()
    candidates: tuple[str, ...] = ()
    choices: tuple["Terms", ...] = ()

    @property
    def commercial(self) -> bool | None:
        """Commercial use is allowed, with terms or without."""
        return self.vector.at_most("use", "commercial with terms")

    @property
    def derivatives(self) -> bool | None:
        """Changed versions may be passed on, under the same licence or any."""
        return self.vector.at_most("derivatives", "same licence")

    @property
    def share_alike(self) -> bool | None:
        """Changed versions must be under the same licence."""
        told = self.vector.told("derivatives")
        return None if told == "unknown" else told == "same licence"

    @property
    def use(self) -> str:
        """any, commercial with terms, non-commercial, academic, none or unknown."""
        return self.vector.told("use")

    @property
    def vendors(self) -> frozenset[str]:
        """Model vendors whose contracts with their users limit what outputs are used for."""
        kept = (one.vector.many("outputs").names for one in self.licences if one.status == "vendor terms")
        return frozenset().union(*kept)


def terms_of(expression: str, *, table: Table | None = None) -> Terms:
    """The terms of an expression; never raises, whatever it is given."""
    return _terms(" ".join(expression.split())[:MAX_EXPRESSION], table or default_table())


@lru_cache(maxsize=20_000)
def _terms(text: str, table: Table) -> Terms:
    if not text:
        return Terms("", False, False, NOTHING_KNOWN)
    single = _single(text, table)
    if single.recognised or single.ambiguous or not OPERATOR.search(text):
        return single
    return _compound(text, table) or single


def _single(text: str, table: Table) -> Terms:
    found = named(text)
    if found.ambiguous:
        return _open(text, found.candidates, table)
    id_ = found.id or _spdx_id(text)
    licence = table.get(id_)
    if licence is None:
        return Terms(id_ or text, False, False, NOTHING_KNOWN)
    known = licence.status in ("licence", "vendor terms")
    return Terms(id_, known, licence.status == "unclear", licence.vector, (licence,))


def _open(text: str, candidates: Iterable[str], table: Table) -> Terms:
    vectors = [licence.vector for id_ in candidates if (licence := table.get(id_))]
    return Terms(text, False, True, hull(vectors) if vectors else NOTHING_KNOWN, candidates=tuple(candidates))


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


@cache
def _plain() -> Licensing:
    """Reads the operators of expressions whose names are ours."""
    return Licensing()


@lru_cache(maxsize=20_000)
def _spdx_id(text: str) -> str:
    """SPDX's spelling of an id that our table may not have; empty when it is none."""
    try:
        tree = _spdx().parse(text, validate=True, simple=False)
    except (ExpressionError, ValueError, TypeError, AttributeError):
        return ""
    return str(tree) if tree is not None else ""


# --- AND, OR, WITH -----------------------------------------------------------------------------------------


def _compound(text: str, table: Table) -> Terms | None:
    """An expression with operators; None when it is not well formed or one of its names is nobody's."""
    parts = [part.strip() for part in OPERATOR.split(text) if part.strip()]
    symbols: dict[str, Terms] = {}
    tokens = []
    for place, part in enumerate(parts):
        if OPERATOR.fullmatch(part):
            tokens.append(part.upper())
            continue
        one = _exception(part) if place and parts[place - 1].upper() == "WITH" else _single(part, table)
        if not one.licences and not one.ambiguous and not _spdx_id(one.expression) and one.vector is NOTHING_KNOWN:
            return None
        symbols[f"L{place}"] = one
        tokens.append(f"L{place}")
    try:
        tree = _plain().parse(" ".join(tokens), simple=True)
    except (ExpressionError, ValueError, TypeError, AttributeError):
        return None
    return None if tree is None else _walk(tree, symbols)


def _exception(name: str) -> Terms:
    """What stands after WITH: kept by name; an exception only ever allows more, so it is not counted on."""
    return Terms(name, True, False, NOTHING_KNOWN, licences=())


def _walk(tree: Any, symbols: dict[str, Terms]) -> Terms | None:
    operator = getattr(tree, "operator", "").strip().upper()
    if operator in ("AND", "OR"):
        parts = [_walk(part, symbols) for part in tree.args]
        kept = [part for part in parts if part is not None]
        return None if len(kept) < len(parts) else (_all_of(kept) if operator == "AND" else _one_of(kept))
    if hasattr(tree, "license_symbol"):
        terms, exception = symbols[str(tree.license_symbol.key)], symbols[str(tree.exception_symbol.key)]
        return Terms(
            f"{terms.expression} WITH {exception.expression}",
            terms.recognised,
            terms.ambiguous,
            terms.vector,
            terms.licences,
        )
    return symbols[str(tree.key)]


def _all_of(parts: list[Terms]) -> Terms:
    """Bound by every part; of choices in the parts, every combination is one."""
    choices: list[Terms] = [parts[0]] if not parts[0].choices else list(parts[0].choices)
    for part in parts[1:]:
        choices = _least([_joined([one, other]) for one in choices for other in part.choices or (part,)])
    told = _joined(parts)
    return told if len(choices) < 2 else _with_choices(told, choices)


def _one_of(parts: list[Terms]) -> Terms:
    choices = _least([choice for part in parts for choice in part.choices or (part,)])
    expression = " OR ".join(part.expression for part in parts)
    told = Terms(expression, **_shared(parts), vector=reduce(Vector.meet, (part.vector for part in parts)))
    return _with_choices(told, choices)


def _with_choices(told: Terms, choices: list[Terms]) -> Terms:
    best = reduce(Vector.meet, (choice.vector for choice in choices))
    return Terms(told.expression, told.recognised, told.ambiguous, best, told.licences, told.candidates, tuple(choices))


def _joined(parts: list[Terms]) -> Terms:
    expression = " AND ".join(f"({p.expression})" if " OR " in p.expression else p.expression for p in parts)
    return Terms(expression, **_shared(parts), vector=reduce(Vector.join, (part.vector for part in parts)))


def _shared(parts: list[Terms]) -> dict[str, Any]:
    return {
        "recognised": all(part.recognised for part in parts),
        "ambiguous": any(part.ambiguous for part in parts),
        "licences": tuple(dict.fromkeys(one for part in parts for one in part.licences)),
        "candidates": tuple(dict.fromkeys(one for part in parts for one in part.candidates)),
    }


def _least(choices: list[Terms]) -> list[Terms]:
    """Without those that another one, at most as strict, makes needless; at most `MAX_CHOICES`."""
    kept: list[Terms] = []
    for choice in choices:
        if any(other.vector.within(choice.vector) for other in kept):
            continue
        kept = [other for other in kept if not choice.vector.within(other.vector)] + [choice]
    return kept[:MAX_CHOICES]
