"""What a licence expression allows. Pure; classifications are data (data/licences.toml), and no legal advice.

Unknown stays unknown: a word that leaves the licence open is flagged `ambiguous` and never guessed at.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, Licensing, get_spdx_licensing

LICENCES_FILE = Path(__file__).parent / "data" / "licences.toml"
MAX_EXPRESSION = 500


@dataclass(frozen=True)
class Terms:
    """What an expression allows; None where it is not known. `OR` offers a choice, `AND` binds by all parts."""

    expression: str
    recognised: bool
    ambiguous: bool
    commercial: bool | None
    derivatives: bool | None
    share_alike: bool | None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(LICENCES_FILE.read_text(encoding="utf-8"))


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


def terms_of(expression: str) -> Terms:
    """The terms of an SPDX expression, a Hub id or a common spelling of either."""
    text = " ".join(expression.split())[:MAX_EXPRESSION]
    if not text or text.lower() in _table()["ambiguous"]["words"]:
        return Terms(text, False, bool(text), None, None, None)
    return _parsed(_alias(text))


def _alias(text: str) -> str:
    lowered = text.lower()
    if lowered in _table()["alias"]:
        return str(_table()["alias"][lowered])
    hyphened = lowered.replace(" ", "-")
    by_lower = {key.lower(): key for key in _table()["licence"]}
    return str(by_lower.get(hyphened, text))


def _parsed(text: str) -> Terms:
    try:
        tree = _spdx().parse(text, validate=True, simple=False)
    except (ExpressionError, ValueError, TypeError):
        return Terms(text, False, False, None, None, None)
    if tree is None:
        return Terms(text, False, False, None, None, None)
    return Terms(
        expression=str(tree),
        recognised=_covers(tree),
        ambiguous=False,
        commercial=_allows(tree, "commercial"),
        derivatives=_allows(tree, "derivatives"),
        share_alike=_allows(tree, "share_alike"),
    )


def _covers(tree: Any) -> bool:
    return all(str(symbol.key) in _table()["licence"] for symbol in _spdx().license_symbols(tree, unique=True))


def _allows(tree: Any, key: str) -> bool | None:
    """Kleene's value of one property: a choice (OR) allows what one part allows, a sum (AND) what all allow."""
    operator = getattr(tree, "operator", "").strip().upper()
    if operator in ("AND", "OR"):
        parts = [_allows(part, key) for part in tree.args]
        strict = (operator == "AND") != (key == "share_alike")
        return reduce(_kleene_and if strict else _kleene_or, parts)
    symbol = getattr(tree, "license_symbol", tree)  # “X WITH exception”: the terms of X
    row = _table()["licence"].get(str(symbol.key))
    if row is None:
        return None
    return bool(row.get(key, False))


def _kleene_and(a: bool | None, b: bool | None) -> bool | None:
    return False if False in (a, b) else None if None in (a, b) else True


def _kleene_or(a: bool | None, b: bool | None) -> bool | None:
    return True if True in (a, b) else None if None in (a, b) else False


def known_expressions() -> tuple[str, ...]:
    """The licences whose terms are known, for a form to offer."""
    return tuple(_table()["licence"])


__all__ = ["Terms", "known_expressions", "terms_of"]
