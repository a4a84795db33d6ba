"""How the pages say things: verdicts, numbers, shares and moments, each in one way everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from datacards.models import Run


@dataclass(frozen=True)
class Look:
    """A verdict's word, its tone (a meaning with a colour) and its shape (an icon)."""

    word: str
    tone: str
    shape: str


LOOKS = {
    "allowed": Look("Allowed", "good", "pass"),
    "disallowed": Look("Disallowed", "bad", "fail"),
    "unstated": Look("Unstated", "quiet", "unstated"),
    "unknown": Look("Not known", "open", "unknown"),
    "PASS": Look("Pass", "good", "pass"),
    "FAIL": Look("Fail", "bad", "fail"),
    "WAIVED": Look("Waived", "waived", "waived"),
    "INDETERMINATE": Look("Indeterminate", "open", "unknown"),
    "NOT APPLICABLE": Look("Does not apply", "quiet", "unstated"),
    "approved": Look("Approved", "good", "pass"),
    "blocked": Look("Blocked", "bad", "fail"),
    "indeterminate": Look("Indeterminate", "open", "unknown"),
    "undecided": Look("Undecided", "quiet", "unstated"),
    "pending": Look("Waiting", "quiet", "waiting"),
    "running": Look("Running", "busy", "busy"),
    "completed": Look("Completed", "good", "pass"),
    "failed": Look("Failed", "bad", "fail"),
    "errored": Look("Errored", "bad", "fail"),
    "cancelled": Look("Cancelled", "quiet", "halted"),
    "all": Look("Whole site refused", "bad", "fail"),
    "some": Look("Parts refused", "warn", "some"),
    "none": Look("Nothing refused", "good", "pass"),
    "tightened": Look("Tightened", "bad", "drop"),
    "loosened": Look("Loosened", "good", "up"),
    "some-card": Look("Unfinished", "quiet", "some"),
    "unreviewed": Look("Review", "open", "unknown"),
    "ends": Look("Ends soon", "warn", "waiting"),
    "unreachable": Look("Not reached", "open", "unknown"),
    "neutral": Look("Neutral", "quiet", "unstated"),
    "prohibited": Look("Prohibited", "bad", "fail"),
    "conditional": Look("On conditions", "warn", "some"),
    "not_mentioned": Look("Not mentioned", "quiet", "unstated"),
    "settling": Look("Settling", "busy", "waiting"),
    "settled": Look("Lasted", "quiet", "pass"),
    "returned": Look("Taken back", "quiet", "again"),
    "waiting": Look("Waiting", "quiet", "waiting"),
    "sending": Look("Being sent", "busy", "busy"),
    "delivered": Look("Delivered", "good", "pass"),
    "given-up": Look("Given up", "bad", "fail"),
    "dropped": Look("Not sent", "quiet", "halted"),
    "paused": Look("Paused", "quiet", "halted"),
    "active": Look("Active", "good", "pass"),
    "trouble": Look("In trouble", "warn", "waiting"),
    "ok": Look("There", "quiet", "pass"),
    "redirected": Look("There, redirected", "quiet", "pass"),
    "oversize": Look("There, too large", "quiet", "some"),
    "soft-404": Look("Not there", "quiet", "unstated"),
    "empty": Look("Empty", "quiet", "unstated"),
    "unavailable": Look("Not there", "quiet", "unstated"),
    "forbidden": Look("Not asked", "quiet", "halted"),
}
PURPOSES = {
    "train": "Training models",
    "search": "Search indexes",
    "user-fetch": "Fetching for a user",
    "dataset": "Data sets that others train on",
    "undocumented": "Purpose not documented",
}
USES = {
    "crawl": "Fetching by machine",
    "search": "Search indexes",
    "ai-input": "Input to AI answers",
    "ai-train": "Training AI models",
}
DOCUMENTS = {
    "robots": "robots.txt",
    "home": "its home page",
    "tdmrep": "its TDM reservation file",
    "ai.txt": "ai.txt",
    "llms.txt": "llms.txt",
    "rsl": "its RSL licence",
    "terms": "its terms of service",
}
RUN_KINDS = {"register": "Registration", "crawl": "Consent crawl", "scan": "Scan for personal data"}
RUN_KINDS |= {"profile": "Content profile"}
RUN_KINDS |= {"import": "Import of consent history", "import-records": "Import of records"}
PARAMETERS = {"location": "Location", "name": "Name", "url_column": "Address column", "text_column": "Text column"}
PARAMETERS |= {"columns": "Columns", "source": "Source", "path": "Files", "format": "Format", "register": "Register"}
TYPES = {"email": "E-mail address", "phone": "Phone number", "card": "Payment card", "iban": "IBAN"}
TYPES |= {"ip": "IP address", "mac": "MAC address", "crypto": "Crypto address", "secret": "Key or token"}
SCALES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
BYTES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def type_name(name: str) -> str:
    """A type of personal data in words."""
    return TYPES.get(name, name.replace("_", " ").replace(".", " ").capitalize())


def look(word: str) -> Look:
    """The look of a verdict; a word that has none is shown plainly."""
    return LOOKS.get(word) or Look(word.capitalize() or "Not known", "quiet", "unstated")


def compact(count: int | None) -> str:
    """A count with three digits: 12,400,000,000 → 12.4 B."""
    if count is None:
        return "not known"
    for size, letter in SCALES:
        if abs(count) >= size * 0.9995:
            return f"{count / size:.3g} {letter}" if abs(count) < size * 999.5 else f"{count / size:,.0f} {letter}"
    return str(count)


def percent(share: float | None) -> str:
    """A share of 1 as a percentage: honest near both ends, where rounding would say none or all."""
    if share is None:
        return "not known"
    if 0 < share < 0.0005:
        return "< 0.1 %" if share >= 0.00005 else "< 0.01 %"
    if 0.9995 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f} %" if share not in (0, 1) else f"{share * 100:.0f} %"


def in_bytes(size: int | None) -> str:
    """A size in the largest unit that leaves at least one whole."""
    if size is None:
        return "not known"
    scaled, place = float(size), 0
    while scaled >= 1024 and place < len(BYTES) - 1:
        scaled, place = scaled / 1024, place + 1
    return f"{scaled:.3g} {BYTES[place]}" if place else f"{size} bytes"


def duration(span: timedelta | float | None) -> str:
    """A length of time in its two largest units."""
    if span is None:
        return "not known"
    exact = span.total_seconds() if isinstance(span, timedelta) else span
    seconds = int(exact)
    if 0 < exact < 1:
        return "under 1 s"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def exactly(at: datetime) -> str:
    """A moment in full."""
    return f"{at.astimezone(timezone.get_current_timezone()):%-d %B %Y, %H:%M:%S} UTC"


def ago(at: datetime, now: datetime | None = None) -> str:
    """A moment as one says it: near ones by distance, others by date."""
    seconds = ((now or timezone.now()) - at).total_seconds()
    ahead, seconds = seconds < 0, abs(seconds)
    if seconds > 6 * 86_400:
        return f"{at:%-d %b %Y}"
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            said = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {said}" if ahead else f"{said} ago"
    return "in a moment" if ahead else "just now"


def plural(count: int, one: str, many: str = "") -> str:
    """“1 rule”, “3 rules”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def run_title(run: Run) -> str:
    """What a run does, and to which corpus: “Consent crawl of acme/web-2026”."""
    kind = RUN_KINDS.get(run.kind, run.kind.capitalize())
    if run.kind == "import":
        return f"{kind} from {run.params.get('source', 'elsewhere')}"
    name = run.corpus.name if run.corpus else str(run.params.get("name", ""))
    return f"{kind} of {name}" if name else kind


def for_whom(changes: Sequence[Mapping[str, str]]) -> str:
    """How many agents a change moves; one entry named `*` stands for all of them."""
    return "everybody" if any(change["agent"] == "*" for change in changes) else plural(len(changes), "agent")
