"""Why a recorded version is no event: the first of these that explains all of its difference."""

from collections.abc import Callable

from crawler.drift.noise import Form

REASONS: dict[str, Callable[[Form], object]] = {
    "same text": lambda form: form.text,
    "whitespace": lambda form: "".join(form.text.split()),
    "markup, punctuation or link targets": lambda form: [unit.bare for unit in form.units],
    "line breaks or sentence ends": lambda form: "".join(unit.bare for unit in form.units),
    "date stamp": lambda form: form.letters,
    "order or repetition": lambda form: {unit.key for unit in form.units},
    "navigation, headings, banners or counters": lambda form: form.sentences.keys(),
}
RETURNED = "returned within the window"


def why(before: Form, after: Form) -> str:
    """The reason; where sentences differ and yet nothing is told, what moved was taken back, or takes back."""
    return next((reason for reason, part in REASONS.items() if part(before) == part(after)), RETURNED)
