"""Template tags of the visual grammar: verdicts, shares, numbers and moments."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from crawler.consent import AgentShare, Restriction
from crawler.documents import KINDS, Document
from crawler.models import ConsentChange
from datacards import cards
from datacards.models import Corpus, Run
from governance import charts, happenings, rates, words
from governance.card_form import key_of
from governance.histograms import Bin, histogram
from governance.icons import MARK
from governance.icons import icon as draw
from governance.models import Decision
from governance.profiles import Language

register = template.Library()

register.filter("compact", words.compact)
register.filter("percent", words.percent)
register.filter("in_bytes", words.in_bytes)
register.filter("run_title", words.run_title)
register.filter("duration", words.duration)
register.filter("type_name", words.type_name)
register.simple_tag(draw, name="icon")
register.simple_tag(words.plural, name="plural")


@register.simple_tag
def mark(size: int = 24) -> SafeString:
    """The product's mark."""
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 32 32" fill="none" aria-hidden="true">{}</svg>',
        size, size, mark_safe(MARK),  # noqa: S308 (our own table)
    )  # fmt: skip


@register.simple_tag
def verdict(word: str, size: str = "", said: str = "") -> SafeString:
    """A badge: word, shape and colour together; `said` replaces the word."""
    return _badge(word, size, said)


@lru_cache(maxsize=256)
def _badge(word: str, size: str, said: str) -> SafeString:
    seen = words.look(word)
    return format_html(
        '<span class="verdict tone-{} {}">{}{}</span>',
        seen.tone, size, draw(seen.shape, spin=seen.shape == "busy"), said or seen.word,
    )  # fmt: skip


@register.filter
def tone(word: str) -> str:
    """The tone of a verdict's word."""
    return words.look(word).tone


@register.filter
def shape(word: str) -> str:
    """The icon of a verdict's word."""
    return words.look(word).shape


@register.simple_tag
def share(value: float | str | None, of: str = "", tone: str = "refused") -> SafeString:
    """A bar with its number; what is not known (to a template: also an empty text) is hatched and says so."""
    return charts.share(None if isinstance(value, str) else value, of, tone)


@register.filter
def count(value: int | None) -> SafeString:
    """A large count in short, with the whole number on hover and for screen readers."""
    if value is None:
        return mark_safe('<span class="quiet">not known</span>')
    return format_html('<data value="{}" title="{}">{}</data>', value, f"{value:,}", words.compact(value))


@register.filter
def use_name(purpose: str) -> str:
    """A use that a site may permit, for people."""
    return words.USES.get(purpose, purpose)


@register.filter
def channel_title(channel: str) -> str:
    """The name of a channel of consent."""
    return happenings.channel_title(channel)


@register.filter
def document_title(document: str) -> str:
    """The name of a document of a site."""
    return KINDS[Document(document)].title


@register.filter
def in_document(document: str) -> str:
    """A document of a site, as it stands inside a sentence."""
    return words.DOCUMENTS.get(document, document)


@register.filter
def words_of(name: str) -> str:
    """A name of the data's as words: `ai_training` → “AI training”."""
    return name.replace("_", " ").replace("-", " ").replace("ai ", "AI ").capitalize().replace("Ai ", "AI ")


@register.filter
def when(at: datetime | None) -> SafeString:
    """A moment as one says it, in full on hover."""
    if at is None:
        return mark_safe('<span class="quiet">never</span>')
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exactly(at), words.ago(at))


@register.filter
def day(at: datetime | None) -> SafeString:
    """A moment's date, in full on hover."""
    if at is None:
        return mark_safe('<span class="quiet">never</span>')
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exactly(at), f"{at:%-d %b %Y}")


@register.simple_tag
def stale(is_so: bool = True, why: str = "Newer data has arrived since.") -> SafeString | str:
    """A mark on what is no longer current."""
    if not is_so:
        return ""
    return format_html('<span class="stale" title="{}">{}stale</span>', why, draw("clock", 12))


@register.inclusion_tag("governance/parts/field.html")
def field(bound: BoundField, layout: str = "") -> dict[str, Any]:
    """A form field with its label, hint and error, tied together for screen readers."""
    described = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    described += [f"{bound.id_for_label}-error"] if bound.errors else []
    bound.field.widget.attrs.update({"aria-describedby": " ".join(described)} if described else {})
    if bound.errors:
        bound.field.widget.attrs["aria-invalid"] = "true"
    return {"field": bound, "layout": layout}


@register.filter
def seconds(span: timedelta | None) -> float | None:
    """A length of time in seconds."""
    return None if span is None else span.total_seconds()


@register.filter
def hours(count: int) -> str:
    """A number of hours after “every”: hour, 6 hours, day, 3 days, week."""
    for size, unit in ((168, "week"), (24, "day"), (1, "hour")):
        if count % size == 0:
            return unit if count == size else f"{count // size:,} {unit}s"
    return f"{count} hours"


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def kind(run_kind: str) -> str:
    """A run's kind in words."""
    return words.RUN_KINDS.get(run_kind, run_kind.capitalize())


def rate(per_second: float) -> str:
    """A rate with as many digits as mean something."""
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.2g}"


@register.filter
def spoken(params: dict[str, Any]) -> list[tuple[str, str]]:
    """A run's parameters that say something to a person: no ids, nothing empty."""
    told = ((words.PARAMETERS.get(name), _listed(value)) for name, value in params.items())
    return [(name, text) for name, text in told if name and text]


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text}" for key, text in value.items() if text)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


@register.filter
def measured(done: int, unit: str) -> str:
    """How much of a unit: bytes in the largest unit of theirs, all else as it is counted."""
    return words.in_bytes(done) if unit == "bytes" else f"{done:,} {unit}"


@register.filter
def pace(run: Run) -> tuple[str, str]:
    """Progress per second: the number, and of what."""
    if run.unit == "bytes":
        return words.in_bytes(int(run.rate)), "per second"
    return rate(run.rate), f"{run.unit} per second"


@register.filter
def moment(at: datetime) -> SafeString:
    """A moment's date and minute."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exactly(at), f"{at:%-d %b %Y, %H:%M}"
    )


@register.simple_tag
def stacked(parts: tuple[charts.Part, ...], label: str) -> SafeString:
    """One bar of several parts."""
    return charts.stacked(parts, label)


@register.simple_tag
def swatch(kind: str) -> SafeString:
    """The square of a legend."""
    return charts.swatch(kind)


@register.simple_tag
def share_of(part: int, whole: int | None, tone: str = "refused") -> SafeString:
    """A count as a share of another."""
    return charts.share(part / whole if whole else None, tone=tone)


@register.simple_tag
def amount(found: Restriction, share: AgentShare, level: str) -> str:
    """How much one level covers for one agent."""
    return words.percent(found.share(share.by_level[level].tokens))


@register.simple_tag
def tri(value: bool | None, yes: str = "allowed", no: str = "not allowed") -> SafeString:
    """A yes, a no, or not known."""
    if value is None:
        return verdict("unknown")
    good = value if yes == "allowed" else not value
    return verdict("allowed" if good else "disallowed" if yes == "allowed" else "neutral", "", yes if value else no)


@register.filter
def joined(value: Any) -> str:
    """A card's value as text."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


@register.filter
def key(path: str) -> str:
    """A path of the card as an id that every selector takes."""
    return key_of(path)


@register.filter
def at(table: Mapping[str, Any], name: str) -> Any:
    """What a table holds under a name; the name itself where it holds nothing."""
    return table.get(name, name)


@register.simple_tag
def length(relative: float, label: str) -> SafeString:
    """A bar whose length is relative to the longest of its list."""
    return charts.stacked([charts.Part(relative, "accent", "compared with the most frequent type")], label)


@register.filter
def purpose_name(purpose: str) -> str:
    """An agent's purpose in words."""
    return words.PURPOSES.get(purpose, purpose)


EVIDENCE = {
    "licence claim": ("corpus", "#licence"),
    "card": ("corpus", "#card"),
    "audit": ("corpus-audits", "#scan"),
    "consent": ("corpus-consent", ""),
    "revision": ("corpus-history", ""),
}


@register.simple_tag
def evidence(row: str, corpus: Corpus, decision: Decision) -> SafeString:
    """A row of evidence by kind and the beginning of its id, linked to the page that shows it."""
    name, _, key = row.partition(":")
    if name not in EVIDENCE:
        return format_html('<code class="evidence" title="{}">{}</code>', row, row[:24])
    route, place = EVIDENCE[name]
    if name == "consent":
        place = f"?as_of={decision.decided_at:%Y-%m-%d}"
    href = reverse(route, args=[corpus.pk]) + place
    return format_html('<a class="evidence" href="{}" title="{}">{} <code>{}</code></a>', href, row, name, key[:8])


@register.simple_tag
def steps_chart(series: list[charts.Step], until: datetime, unit: str = "tokens") -> SafeString:
    """Stacked shares over time."""
    last = series[-1]
    told = ", ".join(f"{words.percent(part.share)} {part.name}" for part in last.parts)
    return charts.steps(series, until, f"Shares of {unit} from {series[0].at:%-d %b %Y} to now. Now: {told}.")


@register.simple_tag
def hours_chart(series: list[rates.Hour]) -> SafeString:
    """Domains asked, hour by hour."""
    return rates.chart(series)


@register.simple_tag
def language_bar(language: Language) -> SafeString:
    """A language's share of the texts looked at."""
    interval = f" ({language.interval})" if language.interval else ""
    told = f"{language.code}: {words.percent(language.share)}{interval}"
    return charts.stacked([charts.Part(language.share, "accent", language.code)], told)


@register.simple_tag
def lengths_chart(found: list[Bin]) -> SafeString:
    """How long texts are."""
    return histogram(found, "tokens in a text")


@register.filter
def card_value(value: Any) -> str:
    """A value of the Data Card as people type it."""
    return cards.shown(value)


@register.simple_tag
def part_of(step: charts.Step, kind: str) -> str:
    """One part of a step."""
    return words.percent(sum(part.share for part in step.parts if part.kind == kind))


@register.filter
def for_whom(change: ConsentChange) -> str:
    """For how many agents a change holds."""
    return words.for_whom(change.changes)


@register.filter
def everybody(agents: str) -> str:
    """Names of agents; the star that stands for all of them in words."""
    return "Everybody" if agents == "*" else agents
