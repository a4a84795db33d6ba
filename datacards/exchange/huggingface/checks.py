"""What the Hub would say of a card, a sentence each, without asking it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from datacards.corpora.frontmatter import CARD_NAME, text_of_card
from datacards.errors import BadInput
from datacards.exchange.huggingface.front import texts
from datacards.exchange.huggingface.table import hub
from datacards.plainyaml import mapping, split

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-[A-Za-z0-9]{5,8})*")
NAME = re.compile(r"[a-z0-9.-]+")
WORDS = (
    ("size_categories", "sizes", "size category, such as 10K<n<100K"),
    ("task_categories", "tasks", "task of the Hub, such as text-generation"),
    ("multilinguality", "multilinguality", "word of the Hub: monolingual, multilingual, translation or other"),
    ("annotations_creators", "annotations_creators", "word of the Hub, such as crowdsourced or no-annotation"),
)


def problems(body: bytes) -> list[str]:
    """Every problem of the card; none means that the Hub takes it as far as anybody can tell offline."""
    try:
        card = split(text_of_card(body))
        values = mapping(card.yaml, CARD_NAME)
    except BadInput as refusal:
        return [str(refusal)]
    if not values:
        return ["It has no metadata: begin it with a block of YAML between two lines of ---."]
    return [problem for check in CHECKS for problem in check(values)]


def _licence(values: dict[str, Any]) -> Iterator[str]:
    ids = texts(values.get("license"))
    if not ids:
        yield "It has no license: state the licence, so that the Hub can show it."
    for one in ids:
        if one not in hub("licences"):
            yield f"license: the Hub knows no licence “{one[:80]}”; write other, with license_name and license_link."
    if "other" in ids and not (texts(values.get("license_name")) and texts(values.get("license_link"))):
        yield "license: other needs license_name and license_link, so that people can read it."
    for name in texts(values.get("license_name")):
        if not NAME.fullmatch(name):
            yield f"license_name: “{name[:80]}” has other signs than small letters, digits, points and hyphens."


def _languages(values: dict[str, Any]) -> Iterator[str]:
    for one in texts(values.get("language")):
        if one not in hub("languages_also") and not LANGUAGE.fullmatch(one):
            yield f"language: “{one[:80]}” is no language code; write such as en, de-CH or zh-Hant."
    if isinstance(values.get("language"), bool) or (
        isinstance(values.get("language"), list) and any(isinstance(one, bool) for one in values["language"])
    ):
        yield "language: a bare no is read as false; write 'no' in quotes for Norwegian."


def _words(values: dict[str, Any]) -> Iterator[str]:
    for key, known, what in WORDS:
        for one in texts(values.get(key)):
            if one not in hub(known):
                yield f"{key}: “{one[:80]}” is no {what}."


CHECKS: tuple[Callable[[dict[str, Any]], Iterator[str]], ...] = (_licence, _languages, _words)
