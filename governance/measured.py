"""What audits, crawls and registrations say of a corpus, as the Data Card puts it: one function per claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from audits.bounds import upper_share
from audits.models import Audit
from crawler import consent
from crawler.restriction import Restriction
from datacards.models import DomainShare, LicenceClaim, Revision
from datacards.overriding import terms_here
from datacards.recording import size_of, source_of
from governance.words import in_bytes, percent, plural, type_name

TOP = 10
MOST_COLUMNS = 20
MOST_LANGUAGES = 20

Measured = tuple[Any, tuple[str, ...], datetime]  # value, rows of evidence, when it was measured


@dataclass(frozen=True)
class Known:
    """The newest evidence of a revision; each part is read when it is first asked for."""

    revision: Revision
    at: datetime

    @cached_property
    def profile(self) -> Audit | None:
        """The newest profile of its content."""
        return Audit.objects.latest_profile(self.revision, self.at)

    @cached_property
    def scan(self) -> Audit | None:
        """The newest scan for personal data."""
        return Audit.objects.latest_scan(self.revision, self.at)

    @cached_property
    def consent(self) -> Restriction:
        """What its sites permit."""
        return consent.restriction(self.revision, as_of=self.at)

    @cached_property
    def licence(self) -> LicenceClaim | None:
        """The statement of its licence that counts."""
        return LicenceClaim.objects.effective(self.revision.corpus, self.at)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Of the profile: its columns, the one with the documents' texts first."""
        told = self.profile.summary.get("profile", {}) if self.profile else {}
        return sorted(told.get("columns", []), key=lambda column: column["name"] != self.revision.text_column)


def size(known: Known) -> Measured:
    """Counted when it was registered."""
    revision = known.revision
    domains = revision.shares.exclude(domain__name="").count()
    files = f"{plural(revision.files.count(), 'file')} of {revision.size:,} bytes"
    text = f"{size_of(revision, domains)}; {files}"
    return text, (f"revision:{revision.pk}",), revision.made_at


def source(known: Known) -> Measured:
    """Where it was read."""
    revision = known.revision
    return source_of(revision), (f"revision:{revision.pk}",), revision.made_at


def statistics(known: Known) -> Measured:
    """Rows, documents, tokens, bytes and files; with a profile also how much text that is, and how long."""
    revision, audit = known.revision, known.profile
    counts = f"{plural(revision.rows, 'row')} in {plural(revision.files.count(), 'file')} ({in_bytes(revision.size)})"
    text = f"{counts}; {plural(revision.documents, 'document')} with {plural(revision.tokens, 'token')}."
    if audit is None or not known.columns:
        return text, (f"revision:{revision.pk}",), revision.made_at
    return f"{text} {_long(known.columns[0])}", (f"revision:{revision.pk}", f"audit:{audit.pk}"), audit.finished_at


def _long(column: Mapping[str, Any]) -> str:
    tokens, quantiles = column["tokens"], column["tokens"]["quantiles"]
    if tokens["mean"] is None:
        return ""
    return (
        f"A text in “{column['name']}” has {tokens['mean']:,.0f} tokens on average; the middle one has "
        f"{quantiles['0.5']:,}, nine of ten between {quantiles['0.05']:,} and {quantiles['0.95']:,}."
    )


def by_column(known: Known) -> Measured | None:
    """Each column of texts in numbers, and each column with gaps."""
    audit = known.profile
    if audit is None or not known.columns:
        return None
    gaps = {name: share for name, share in audit.summary["profile"]["null_shares"].items() if share}
    lines = [_column_line(column, gaps.pop(column["name"], 0)) for column in known.columns[:MOST_COLUMNS]]
    lines += [f"{name}: missing in {percent(share)} of the rows." for name, share in list(gaps.items())[:MOST_COLUMNS]]
    how = "All rows were read; sums, means and ends are exact, quantiles within 5 %."
    return "\n".join([*lines, how]), (f"audit:{audit.pk}",), audit.finished_at


def _column_line(column: Mapping[str, Any], gap: float) -> str:
    characters = column["characters"]
    told = f"{column['name']}: {plural(column['texts'], 'text')}, {column['empty']:,} empty"
    told += f", missing in {percent(gap)} of the rows" if gap else ""
    if characters["mean"] is None:
        return f"{told}."
    return (
        f"{told}; {characters['mean']:,.0f} characters on average ({characters['least']:,} to "
        f"{characters['most']:,}, the middle one {characters['quantiles']['0.5']:,}); "
        f"{column['tokens']['mean']:,.0f} tokens on average."
    )


def languages(known: Known) -> Measured | None:
    """The languages of the documents' texts, the most frequent first."""
    audit = known.profile
    if audit is None or not known.columns or not known.columns[0]["languages"]:
        return None
    rows = [
        {"Language": share["code"], "Share": _interval(share)}
        for share in known.columns[0]["languages"][:MOST_LANGUAGES]
    ]
    return rows, (f"audit:{audit.pk}",), audit.finished_at


def _interval(share: Mapping[str, Any]) -> str:
    if share["low"] == share["high"]:
        return percent(share["share"])
    return f"{percent(share['share'])} ({percent(share['low'])} to {percent(share['high'])})"


def duplicates(known: Known) -> Measured | None:
    """How many of the documents' texts repeat another one."""
    audit = known.profile
    repeated = known.columns[0]["repeated"] if audit and known.columns else None
    if audit is None or repeated is None:
        return None
    column = known.columns[0]
    text = f"{_interval(repeated)} of the {plural(column['texts'] - column['empty'], 'text')} in “{column['name']}” "
    how = "counted exactly" if repeated["exact"] else "estimated from a sample of the different texts, 95 % interval"
    text += f"repeat another one, but for white space at the ends; {how}."
    return text, (f"audit:{audit.pk}",), audit.finished_at


def domains(known: Known) -> Measured | None:
    """The domains that most tokens come from."""
    revision = known.revision
    shares = DomainShare.objects.filter(revision=revision).exclude(domain__name="").order_by("-tokens", "domain")
    found = list(shares.values_list("domain__name", "tokens")[:TOP])
    if not found or not revision.tokens:
        return None
    rows = [{"Domain": name, "Share": percent(tokens / revision.tokens)} for name, tokens in found]
    return rows, (f"revision:{revision.pk}",), revision.made_at


def permission(known: Known) -> Measured | None:
    """Which share comes from sites that refuse AI training, as of when."""
    found = known.consent
    if not found.asked or found.oldest is None or found.newest is None:
        return None
    text = (
        f"{percent(found.refused_share())} of the tokens come from sites that refuse AI training. "
        f"{percent(found.checked_share)} come from sites that were asked, {percent(found.unreachable_share)} from "
        f"sites that could not be reached. {_asked(found.oldest, found.newest)}"
    )
    return text, (f"consent:{found.digest}",), found.oldest


def _asked(oldest: datetime, newest: datetime) -> str:
    days = [f"{timezone.localtime(at):%-d %B %Y}" for at in (oldest, newest)]
    return f"Asked on {days[0]}." if days[0] == days[1] else f"Asked between {days[0]} and {days[1]}."


def licence(known: Known) -> Measured | None:
    """The licence that counts, as it was stated."""
    claim = known.licence
    if claim is None or not claim.expression.strip():
        return None
    return claim.expression.strip(), (f"licence claim:{claim.pk}",), claim.claimed_at


def licence_terms(known: Known) -> Measured | None:
    """What the licence that counts permits."""
    claim = known.licence
    if claim is None or not claim.expression.strip():
        return None
    terms = terms_here(claim.expression)
    if not terms.recognised:
        open_word = "This word leaves the licence open." if terms.ambiguous else "Its terms are not known here."
        told = f"{claim.expression.strip()}: {open_word}"
    else:
        told = f"{claim.expression.strip()}: {_permits(terms.commercial, 'commercial use')}, "
        told += f"{_permits(terms.derivatives, 'derivatives')}, {_share_alike(terms.share_alike)}."
    return told, (f"licence claim:{claim.pk}",), claim.claimed_at


def _permits(known: bool | None, what: str) -> str:
    return f"{what} {'not known' if known is None else 'permitted' if known else 'not permitted'}"


def _share_alike(known: bool | None) -> str:
    return "share-alike " + ("not known" if known is None else "required" if known else "not required")


def personal_data(known: Known) -> Measured | None:
    """What personal data and secrets remain, with the bound that the scan gives."""
    audit = known.scan
    if audit is None or not audit.rows:
        return None
    text = f"{audit.personal_rows:,} of {plural(audit.rows, 'row')} ({percent(audit.personal_share)}) hold validated "
    text += f"personal data; {plural(audit.secrets, 'secret')}. "
    if audit.rows >= audit.rows_known:
        text += "All rows were read, so this is exact for what the detectors know."
    else:
        most = percent(upper_share(audit.personal_rows, audit.rows))
        text += f"{percent(audit.coverage)} of the rows were read: of all, at most {most} hold any (95 %)."
    return text, (f"audit:{audit.pk}",), audit.finished_at


def personal_columns(known: Known) -> Measured | None:
    """Which columns hold which personal data."""
    audit = known.scan
    if audit is None:
        return None
    counts = audit.counts.filter(rows__gt=0).order_by("-rows", "column", "type", "tier")[:MOST_COLUMNS]
    rows = [
        {"Column": c.column, "Kind": f"{type_name(c.type)}, {c.tier}", "Rows": f"{c.rows:,}",
         "At most": percent(c.upper_share)}
        for c in counts
    ]  # fmt: skip
    return rows, (f"audit:{audit.pk}",), audit.finished_at
