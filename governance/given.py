"""What people give: the same checks for every act, each with one sentence that names the field."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from datacards.errors import BadInput

MAX_TEXT = 20_000


def text(name: str, said: str, longest: int = MAX_TEXT, needed: bool = False) -> str:
    """A text that can be stored, without space around it. Raises `BadInput`."""
    said = said.strip().replace("\r\n", "\n")
    if needed and not said:
        raise BadInput(f"{name}: this is needed.")
    if len(said) > longest:
        raise BadInput(f"{name}: at most {longest:,} characters; this has {len(said):,}.")
    if "\x00" in said:
        raise BadInput(f"{name}: a NUL character cannot be stored.")
    return said


def choice(name: str, value: str, choices: Any) -> str:
    """One of Django's choices. Raises `BadInput` that lists them."""
    if value not in choices.values:
        raise BadInput(f"{name}: {value!r} is not one of {', '.join(choices.values)}.")
    return value


def url(address: str) -> str:
    """A whole web address, or nothing. Raises `BadInput`."""
    address = text("url", address, 2000)
    if address:
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError as error:
            raise BadInput("url: give a whole web address, such as https://example.org/licence.") from error
    return address
