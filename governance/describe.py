"""A corpus as exporters see it, taken from the database: with nothing in it that the reader may not know of."""

from collections.abc import Mapping
from typing import Any

from datacards.exchange.described import Described
from datacards.exchange.formats import Format, format_at
from datacards.models import CardOriginal, Corpus, LicenceClaim
from datacards.models.corpus import Reader
from governance import card_acts, public_cards


def described(corpus: Corpus, reader: Reader) -> Described:
    """The corpus's newest revision with the card and the licence that stand."""
    claim = LicenceClaim.objects.effective(corpus)
    return public_cards.described(corpus, reader, card_acts.newest_card(corpus), claim)


def original_of(corpus: Corpus, format_: str) -> CardOriginal | None:
    """The newest file of that format that was imported."""
    return CardOriginal.objects.filter(corpus=corpus, format=format_).order_by("-imported_at", "-id").first()


def exported(corpus: Corpus, reader: Reader, name: str, told: Described | None = None) -> bytes:
    """The corpus in a format, laid over the file that was imported, if any; `BadInput` says why it cannot be.

    `told` is what `described` gave, where the caller has it.
    """
    format_, original = format_at(name), original_of(corpus, name)
    body = original.body.encode() if original else None
    return format_.write(emptied(told or described(corpus, reader), format_, body), body)


def emptied(told: Described, format_: Format, original: bytes | None) -> Described:
    """The same with an empty value wherever the original says something that the card does not say any more."""
    if original is None or format_.read is None:
        return told
    gone: Mapping[str, dict[str, Any]] = {
        path: {"value": ""} for path in format_.read(original).values if path not in told.values
    }
    return Described(**{**vars(told), "values": {**told.values, **gone}})
