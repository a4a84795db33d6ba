"""The forms of the pages: they keep what was typed, and put each message at its field."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Exists, OuterRef

from crawler.documents import KINDS, Document
from crawler.drift.events import KINDS as EVENTS
from crawler.models import ChangeStanding, Direction
from crawler.reviews import AXES
from datacards.models import Corpus, Role, User
from datacards.models.corpus import Audience, Reader, Relation
from governance import words
from governance.models import Outcome
from governance.subscription_models import Pace, Way

ANY = ("", "Any")


class SignIn(AuthenticationForm):
    """Name and password."""

    error_messages = {
        "invalid_login": "This name and password do not fit together. Both are case-sensitive.",
        "inactive": "This account is closed; an admin can open it again.",
    }


class Suggested(forms.ChoiceField):
    """Offers some values and takes any: refusing one would tell whom this installation knows."""

    def valid_value(self, value: str) -> bool:
        """All but what a database cannot hold."""
        return "\x00" not in value


class CorporaFilter(forms.Form):
    """What the list of corpora shows; lives in the page's address."""

    q = forms.CharField(label="Name, title or words of the card", required=False, max_length=200)
    outcome = forms.ChoiceField(label="Decision", required=False, choices=[ANY, *Outcome.choices])
    licence = forms.CharField(label="Licence", required=False, max_length=200)
    owner = Suggested(label="Owner", required=False)
    audience = forms.ChoiceField(label="Audience", required=False, choices=[ANY, *Audience.choices])
    language = forms.CharField(required=False, max_length=35, widget=forms.HiddenInput)
    modality = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [ANY, *((name, name) for name in owners)]  # type: ignore[attr-defined]
        self.fields["licence"].widget.attrs |= {"list": "licences", "placeholder": "Any", "autocomplete": "off"}
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        for field in self.fields.values():
            field.silent = True  # type: ignore[attr-defined]
        for name in ("outcome", "owner", "audience"):
            self.fields[name].widget.attrs["data-apply"] = ""


class RegisterForm(forms.Form):
    """Where a corpus lies and what to call it."""

    location = forms.CharField(
        label="Location", max_length=2000,
        help_text="A folder or file (Parquet, JSONL, CSV), an address such as s3://… or hf://…, or a Hugging Face "
        "dataset id such as acme/web-2026.",
    )  # fmt: skip
    name = forms.CharField(label="Name", max_length=200, help_text="Short and unique, such as acme/web-2026.")
    title = forms.CharField(label="Title", max_length=300, required=False)
    summary = forms.CharField(
        label="Summary", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is in it, and what it is for.",
    )  # fmt: skip
    audience = forms.ChoiceField(label="Who may read it", choices=Audience.choices, initial=Audience.ORGANISATION)
    location_revision = forms.CharField(
        label="Revision", required=False, max_length=200, help_text="Of a Hub dataset: a branch, tag or commit."
    )
    url_column = forms.CharField(
        label="Column with the address", required=False, max_length=200,
        help_text="Where each document's URL is. Found by itself when left empty.",
    )  # fmt: skip
    text_column = forms.CharField(
        label="Column with the text", required=False, max_length=200,
        help_text="Its words are counted. Found by itself when left empty.",
    )  # fmt: skip
    tokens_column = forms.CharField(
        label="Column with the tokens", required=False, max_length=200,
        help_text="Of a table of domains that has several. Found by itself when left empty.",
    )  # fmt: skip
    crawl = forms.BooleanField(label="Then ask its sites what they permit", required=False, initial=True)
    scan = forms.BooleanField(label="Then search it for personal data", required=False, initial=True)
    profile = forms.BooleanField(label="Then profile its content", required=False, initial=True)


class TermsFilter(forms.Form):
    """Which terms the review queue shows; lives in the page's address."""

    q = forms.CharField(label="Site", required=False, max_length=200)
    state = forms.ChoiceField(
        label="Reviewed", required=False, choices=[("open", "Not yet"), ("reviewed", "Reviewed"), ("all", "All")]
    )
    says = forms.ChoiceField(
        label="What they say", required=False,
        choices=[ANY, ("prohibits", "Forbid scraping or training"), ("conditional", "Allow on conditions"),
                 ("unread", "Language not read")],
    )  # fmt: skip
    corpus = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        for name, field in self.fields.items():
            field.silent = True  # type: ignore[attr-defined]
            if name in ("state", "says"):
                field.widget.attrs["data-apply"] = ""


class ReviewForm(forms.Form):
    """A person's word on one axis of a text."""

    axis = forms.ChoiceField(choices=[(axis.name, axis.title) for axis in AXES.values()])
    verdict = forms.CharField(max_length=16)
    reason = forms.CharField(label="Why", max_length=1000, required=False)
    quote = forms.CharField(label="The words that say so", max_length=2000, required=False)


class PinForm(forms.Form):
    """Where a site's terms are."""

    url = forms.CharField(
        label="Address of the terms", max_length=2000, required=False,
        help_text="Left empty, the crawl looks for a link on the home page.",
    )  # fmt: skip
    selector = forms.CharField(
        label="CSS selector", max_length=500, required=False,
        help_text="Which part of the page is the text, such as main; the whole page when empty.",
    )  # fmt: skip


class DescribeForm(forms.Form):
    """Title and summary of a corpus."""

    title = forms.CharField(label="Title", max_length=300, required=False)
    summary = forms.CharField(label="Summary", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class LicenceForm(forms.Form):
    """A statement of the licence, with where one read it."""

    expression = forms.CharField(
        label="Licence", max_length=500, help_text="An SPDX expression such as CC-BY-4.0 or MIT OR Apache-2.0.",
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
    )  # fmt: skip
    url = forms.URLField(label="Where it says so", required=False, max_length=2000, assume_scheme="https")
    quote = forms.CharField(
        label="The words there", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AsOfForm(forms.Form):
    """A day of the past."""

    as_of = forms.DateField(label="As of", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def moment(self) -> datetime | None:
        """The end of that day; None for now, also when what was typed is no date."""
        chosen = self.cleaned_data.get("as_of") if self.is_valid() else None
        return datetime.combine(chosen, time.max, UTC) if chosen else None


class ScanForm(forms.Form):
    """Which columns to scan."""

    columns = forms.CharField(
        label="Columns", required=False, max_length=2000,
        help_text="Separated by commas. Left empty: all that hold text.",
    )  # fmt: skip

    def clean_columns(self) -> list[str]:
        """Names, each once."""
        names = (name.strip() for name in self.cleaned_data["columns"].split(","))
        return list(dict.fromkeys(name for name in names if name))


class DerivationForm(forms.Form):
    """What a corpus was made from."""

    relation = forms.ChoiceField(label="This corpus is", choices=Relation.choices)
    parent = forms.CharField(label="Corpus", max_length=200, help_text="Its name, such as acme/web-2026.")
    note = forms.CharField(label="How", max_length=500, required=False)


class MapForm(forms.Form):
    """Which part of the lineage is shown; lives in the page's address."""

    q = forms.CharField(label="Find", required=False, max_length=200)
    focus = forms.UUIDField(required=False, widget=forms.HiddenInput)
    steps = forms.IntegerField(label="Steps", required=False, min_value=1, max_value=20)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        self.fields["q"].silent = True  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        """Without what a database cannot hold."""
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


class TieForm(forms.Form):
    """A search for the record of what a corpus is a copy of."""

    find = forms.CharField(
        label="Dataset on record", max_length=200, help_text="A part of its title, or its name on the Hub.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_find(self) -> str:
        """Without what a database cannot hold."""
        return str(self.cleaned_data["find"]).replace("\x00", "").strip()


class AudienceForm(forms.Form):
    """Who may read a corpus without a grant."""

    audience = forms.ChoiceField(label="Audience", choices=Audience.choices, widget=forms.RadioSelect)


class GrantForm(forms.Form):
    """Leave for one person."""

    username = forms.CharField(label="Person", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reason = forms.CharField(label="Reason", max_length=500)
    ends_at = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day. Without one it stays until it is ended.",
    )  # fmt: skip

    def clean_ends_at(self) -> datetime | None:
        """The end of that day."""
        day = self.cleaned_data["ends_at"]
        return datetime.combine(day, time.max, UTC) if day else None


class PersonForm(forms.Form):
    """A new person."""

    username = forms.CharField(label="Name to sign in with", max_length=150)
    email = forms.EmailField(label="E-mail", required=False)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.READER)
    password = forms.CharField(
        label="First password", help_text="At least ten characters; hand it over in person.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class RoleForm(forms.Form):
    """Another role for a person."""

    role = forms.ChoiceField(label="Role", choices=Role.choices)


class TokenForm(forms.Form):
    """A new personal token for the API."""

    name = forms.CharField(label="What it is for", max_length=100)
    scopes = forms.MultipleChoiceField(label="May", widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label="Ends after", coerce=int, initial=30,
        choices=[(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")],
    )  # fmt: skip


CHANNELS = [(document.value, KINDS[document].title) for document in Document]
STANDINGS = [(standing.value, words.look(standing.value).word) for standing in ChangeStanding]
HAPPENINGS = [(kind.name, kind.name.replace("-", " ").capitalize()) for kind in EVENTS.values()]


class ChangesFilter(forms.Form):
    """Which changes are shown; lives in the page's address."""

    corpus = Suggested(label="Corpus", required=False)
    domain = forms.CharField(label="Site", required=False, max_length=253)
    agent = forms.CharField(label="Agent", required=False, max_length=100)
    direction = forms.ChoiceField(label="Direction", required=False, choices=[ANY, *Direction.choices])
    channel = forms.ChoiceField(label="Document", required=False, choices=[ANY, *CHANNELS])
    kind = forms.ChoiceField(label="What happened", required=False, choices=[ANY, *HAPPENINGS])
    standing = forms.ChoiceField(label="Standing", required=False, choices=[ANY, *STANDINGS])
    since = forms.DateField(label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, corpora: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["corpus"].choices = [ANY, *corpora]  # type: ignore[attr-defined]
        self.fields["domain"].widget.attrs |= {"data-search": "", "autocomplete": "off"}
        for field in self.fields.values():
            field.silent = True  # type: ignore[attr-defined]
        for name in ("corpus", "direction", "channel", "kind", "standing"):
            self.fields[name].widget.attrs["data-apply"] = ""

    def clean_since(self) -> datetime | None:
        """The beginning of that day."""
        day = self.cleaned_data["since"]
        return datetime.combine(day, time.min, UTC) if day else None

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for, as far as it can be used: a field with an error filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ScheduleForm(forms.Form):
    """What is asked by itself, and how often."""

    target = forms.ChoiceField(label="Whose sites")
    every_hours = forms.IntegerField(label="Every so many hours", min_value=1, max_value=8760, initial=24)
    jitter_minutes = forms.IntegerField(
        label="Up to so many minutes later", min_value=0, initial=30,
        help_text="A different delay each time, so that not everything begins at once.",
    )  # fmt: skip
    documents = forms.MultipleChoiceField(
        label="Documents", required=False, choices=CHANNELS, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: what a crawl asks for by itself.",
    )  # fmt: skip


class GroupForm(forms.Form):
    """A group of domains, pasted as a list."""

    name = forms.CharField(label="Name", max_length=200)
    domains = forms.CharField(
        label="Domains", max_length=4_000_000, widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="One host a line, such as news.example.org; what follows a # is left out.",
    )  # fmt: skip


class SubscribeForm(forms.Form):
    """What one wishes to be told of, and how."""

    way = forms.ChoiceField(label="By", choices=Way.choices, initial=Way.FEED)
    corpus = forms.ChoiceField(label="Corpus", required=False)
    domain = forms.CharField(
        label="Site", required=False, max_length=253, help_text="A host, such as news.example.org."
    )
    agent = forms.CharField(
        label="Agent", required=False, max_length=100, help_text="A name of the registry, such as GPTBot."
    )
    direction = forms.ChoiceField(label="Direction", required=False, choices=[ANY, *Direction.choices])
    channel = forms.ChoiceField(label="Document", required=False, choices=[ANY, *CHANNELS])
    kind = forms.ChoiceField(label="What happened", required=False, choices=[ANY, *HAPPENINGS])
    pace = forms.ChoiceField(
        label="How often", required=False, choices=Pace.choices, help_text="The first mail comes with the first change."
    )
    url = forms.CharField(
        label="Address of the receiver", required=False, max_length=2000, help_text="It begins with https://."
    )
    name = forms.CharField(
        label="Name", required=False, max_length=200, help_text="Made from the above when left empty."
    )

    def clean_pace(self) -> str:
        """Once a day, unless told."""
        return self.cleaned_data["pace"] or Pace.DAILY


def usernames(reader: Reader) -> list[str]:
    """The owners of corpora that this reader may know of."""
    theirs = Corpus.objects.readable_by(reader).filter(owner=OuterRef("pk"))
    owners = User.objects.filter(Exists(theirs)).order_by("username")
    return list(owners.values_list("username", flat=True)[:200])
