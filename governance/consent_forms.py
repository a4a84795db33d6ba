"""What the pages on consent over time can be asked; the answers live in the page's address."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict

from crawler.agents import Agent
from crawler.channels.words import CHANNELS
from crawler.estimates import KNOWN
from crawler.refusals import ROBOTS, TERMS
from crawler.series import Question, Weight
from governance.words import PURPOSES

SIGNALS = [name for name in CHANNELS if name not in (ROBOTS, TERMS, "llms-txt")]
CHANNEL_CHOICES = [
    ("", "Every channel"), ("machine", "Every machine-readable channel"), (ROBOTS, "robots.txt"),
    ("signals", "All signals but robots.txt"),
    *((name, CHANNELS[name].title) for name in SIGNALS), (TERMS, "Terms of service"),
]  # fmt: skip
HONOURED = [choice for choice in CHANNEL_CHOICES if choice[0] not in ("", "machine", "signals")]

PUBLISHED = [("", "this corpus’s own table"), *((name, f"{name}, published") for name in KNOWN)]


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class OverTimeForm(forms.Form):
    """Whom the question is about, by which channel, weighed how, up to which day; and what would be honoured."""

    agent = forms.ChoiceField(label="Agent", required=False)
    purpose = forms.ChoiceField(label="Purpose", required=False)
    company = forms.ChoiceField(label="Company", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=CHANNEL_CHOICES)
    by = forms.ChoiceField(
        label="Counted in",
        required=False,
        choices=[("tokens", "Tokens"), ("domains", "Sites"), ("documents", "Documents")],
    )
    as_of = _day("Up to")
    honour = forms.MultipleChoiceField(required=False, choices=HONOURED)
    ignore = forms.MultipleChoiceField(required=False)
    unreachable = forms.BooleanField(label="Leave out what could not be reached", required=False)
    weigh = forms.BooleanField(required=False)
    published = forms.ChoiceField(label="Head weighed as in", required=False, choices=PUBLISHED)

    def __init__(self, data: QueryDict, agents: list[Agent]) -> None:
        super().__init__(data or None)
        self._choices("agent", "The agents that train", [agent.name for agent in agents])
        self.fields["ignore"].choices = [(agent.name, agent.name) for agent in agents]  # type: ignore[attr-defined]
        self._choices("company", "Any", sorted({agent.operator for agent in agents}))
        self.fields["purpose"].choices = [("", "Training and data sets"), *PURPOSES.items()]  # type: ignore[attr-defined]

    def _choices(self, field: str, nothing: str, names: list[str]) -> None:
        self.fields[field].choices = [("", nothing), *((name, name) for name in names)]  # type: ignore[attr-defined]

    def said(self, name: str) -> Any:
        """What was chosen; nothing where it could not be used."""
        return self.cleaned_data.get(name) if (self.is_bound and not self.is_valid()) or self.is_bound else None

    @property
    def question(self) -> Question:
        """The question of a series."""
        return Question(**{name: self.said(name) or "" for name in ("agent", "purpose", "company", "channel")})

    @property
    def honoured(self) -> list[str] | None:
        """The channels to honour; None, which is all, until a choice was made."""
        chosen: list[str] = self.said("honour") or []
        return chosen if self.said("weigh") or chosen else None

    @property
    def weight(self) -> Weight:
        """What is counted."""
        chosen: Weight = self.said("by") or "tokens"
        return chosen

    def moment(self) -> datetime | None:
        """The end of the chosen day; None for now."""
        return end_of(self.said("as_of"))


class TakedownForm(forms.Form):
    """When the data was acquired, and as of when its sites are asked."""

    acquired = _day("Acquired on")
    as_of = _day("As of")

    def day(self, name: str) -> datetime | None:
        """The end of a chosen day; None where none was chosen."""
        return end_of(self.cleaned_data.get(name)) if self.is_valid() else None


def end_of(day: Any) -> datetime | None:
    """The last moment of a day."""
    return datetime.combine(day, time.max, UTC) if day else None
