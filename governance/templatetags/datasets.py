"""Template tags of the pages on datasets and licences."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from datacards.judging import VERDICTS
from governance.templatetags.consentry import verdict

register = template.Library()
BY_NAME = {each.name: each for each in VERDICTS}
SHAPES = {"good": "allowed", "bad": "disallowed", "warn": "conditional", "quiet": "unstated", "open": "unknown"}


@register.simple_tag
def standing(name: str, size: str = "") -> SafeString:
    """The badge of what licences come to."""
    found = BY_NAME.get(name)
    return verdict(SHAPES[found.tone], size, found.title) if found else mark_safe('<span class="quiet">nothing</span>')


@register.simple_tag
def where(address: str) -> SafeString:
    """A foreign word for a place: a link where it is a web address."""
    if not address:
        return mark_safe('<span class="quiet">not told</span>')
    if not re.match(r"https?://[^\s]+\Z", address, re.IGNORECASE):
        return format_html('<span class="clip" title="{0}">{0}</span>', address[:200])
    shown = re.sub(r"^https?://(www\.)?", "", address)
    return format_html('<a href="{}" rel="nofollow noreferrer" class="address">{}</a>', address, _cut(shown))


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@register.simple_tag
def licence_link(expression: str, licences: tuple[str, ...] = ()) -> SafeString:
    """A licence's expression; a link to its explanation where the table has it."""
    if len(licences) != 1:
        return format_html("<span>{}</span>", _cut(expression, 120))
    return format_html('<a href="{}">{}</a>', reverse("licence", args=licences), _cut(expression, 120))


@register.filter
def spoken_value(value: object) -> str:
    """A component's value in words."""
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
