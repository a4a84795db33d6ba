"""JSON from strangers, read without surprises, and written back as it was spelt.

Python's reader takes the last of two equal keys, NaN, numbers of any length and nesting until the stack ends; a foreign
file may use each of them to say one thing to us and another to the next reader. All are refused (RFC 8259, RFC 7493).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from datacards.errors import BadInput

MAX_BYTES = 10 * 2**20
MAX_DEPTH = 64
MAX_VALUES = 500_000
MAX_DIGITS = 40

# A string that never ends is taken to the end of the text, so that the scan stays linear.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[][{},]', re.S)


class Number(str):
    """A number whose spelling Python would change (1.10, 1e5, -0): text for readers, the same spelling when written."""

    __slots__ = ()


def loads(body: bytes, what: str = "The file") -> Any:
    """The value; `BadInput` says what is wrong. Objects keep their order, numbers their spelling (`Number`)."""
    if len(body) > MAX_BYTES:
        raise BadInput(f"{what} is {len(body):,} bytes long; at most {MAX_BYTES:,} are read.")
    text = _text(body, what)
    _measure(text, what)
    try:
        value = json.loads(
            text, object_pairs_hook=_object(what), parse_int=_int(what), parse_float=_float(what),
            parse_constant=_constant(what),
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise BadInput(f"{what} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    _refuse_odd_characters(value, what)
    return value


def _text(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{what} is not UTF-8 at byte {error.start:,}: save it as UTF-8.") from None


def _measure(text: str, what: str) -> None:
    """Depth and number of values, before anything is built."""
    depth = values = 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            values += 1
        elif mark in "]}":
            depth -= 1
        elif mark == ",":
            values += 1
        if depth > MAX_DEPTH:
            raise BadInput(f"{what} is nested more than {MAX_DEPTH} levels deep.")
        if values > MAX_VALUES:
            raise BadInput(f"{what} holds more than {MAX_VALUES:,} values.")


def _object(what: str) -> Any:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
            raise BadInput(f"{what} has the key “{twice[:80]}” twice in one object: keep one of them.")
        return made

    return build


def _int(what: str) -> Any:
    def build(digits: str) -> int | Number:
        if len(digits) > MAX_DIGITS:
            raise BadInput(f"{what} holds a number of {len(digits):,} digits; at most {MAX_DIGITS} are read.")
        return Number(digits) if digits == "-0" else int(digits)

    return build


def _float(what: str) -> Any:
    def build(digits: str) -> float | Number:
        number = float(digits)
        if len(digits) > MAX_DIGITS or number in (float("inf"), float("-inf")):
            raise BadInput(f"{what} holds the number {digits[:20]}…, which no reader would keep: write a smaller one.")
        return number if repr(number) == digits else Number(digits)

    return build


def _constant(what: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise BadInput(f"{what} holds {name}, which is not JSON: write null or leave it out.")

    return refuse


def _refuse_odd_characters(value: Any, what: str) -> None:
    text = dumps(value)
    if "\\u0000" in text.replace("\\\\", ""):
        raise BadInput(f"{what} holds a NUL character, which no database stores: remove it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{what} holds half a character (a lone surrogate): write the whole character.") from None


def dumps(value: Any, indent: int = 0) -> str:
    """As JSON: keys in their order, numbers in their spelling; `indent` spaces a level, 0 for one line."""
    return "".join(_parts(value, "\n" if indent else "", " " * indent))


def for_html(value: Any) -> str:
    """As JSON that may stand inside a <script> of data: nothing in it can end the element or begin a comment."""
    return dumps(value).translate(_FOR_HTML)


_FOR_HTML = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def _parts(value: Any, line: str, step: str) -> Iterator[str]:
    if isinstance(value, Number):
        yield str(value)
    elif isinstance(value, dict) and value:
        rows = ((f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in value.items())
        yield from _block("{", "}", rows, line, step)
    elif isinstance(value, list) and value:
        yield from _block("[", "]", (("", item) for item in value), line, step)
    else:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)


def _block(opening: str, closing: str, rows: Iterator[tuple[str, Any]], line: str, step: str) -> Iterator[str]:
    inner = line + step if line else ""
    yield opening
    for i, (key, item) in enumerate(rows):
        yield f"{',' if i else ''}{'' if line or not i else ' '}{inner}{key}"
        yield from _parts(item, inner, step)
    yield line + closing
