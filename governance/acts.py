"""What people do: each act checks the person's right, then the input, then writes; pages, API and commands share them.

Every act takes the person first and returns the record it made. It raises `datacards.errors.Refused` when the person
has no right, `BadInput` or `Conflict` when the input cannot be used; nothing is half-written then. Whether the person
may *know of* a corpus is the caller's question (`Corpus.objects.readable_by`): what one may not read is not found.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cssselect import ExpressionError, HTMLTranslator, SelectorError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crawler import import_job, reviews
from crawler.models import TermsPage, TermsReview, TermsVersion
from datacards import runs
from datacards.errors import BadInput, Conflict, Refused
from datacards.models import (
    Corpus,
    Derivation,
    Domain,
    Grant,
    LicenceClaim,
    Role,
    Run,
    User,
)
from datacards.models.corpus import Audience, LicenceSource, Relation
from datacards.register import submit
from governance import given
from governance.decide import decide_revision
from governance.evidence import PII_AUDIT
from governance.lineage import reached
from governance.models import Decision

IMPORTS = 0x696D7074  # the key of an advisory lock


# --- rights ------------------------------------------------------------------------------------------------


def manages(by: User, corpus: Corpus) -> bool:
    """This person may change this corpus: its steward, or an admin."""
    return by.administers or (by.stewards and corpus.owner_id == by.pk)


def _must_manage(by: User, corpus: Corpus, what: str) -> None:
    if not manages(by, corpus):
        raise Refused(f"Only {corpus.owner.get_username()}, who owns {corpus.name}, or an admin may {what}.")


def must_administer(by: User, what: str) -> None:
    """Refuse whoever is no admin; `what` ends the sentence."""
    if not by.administers:
        raise Refused(f"Only an admin may {what}.")


# --- corpora -----------------------------------------------------------------------------------------------


def register(
    by: User,
    *,
    location: str,
    name: str,
    title: str = "",
    summary: str = "",
    audience: str = Audience.ORGANISATION,
    location_revision: str = "",
    url_column: str = "",
    text_column: str = "",
    tokens_column: str = "",
    crawl: bool = True,
    scan: bool = True,
    profile: bool = True,
    at_terminal: bool = False,
    reason: str = "",
    wake: bool = True,
) -> Run:
    """Ask for a corpus to be registered; a crawl, a scan and a profile follow by themselves where wanted.

    Whoever asks over the network may name what lies below CONSENTRY_ROOTS, and public data; a person at a terminal
    may name all that the process can read.
    """
    then = [kind for kind, wanted in (("crawl", crawl), ("scan", scan), ("profile", profile)) if wanted]
    with transaction.atomic():
        run = submit(
            by, location=location, name=name, title=title, summary=summary, audience=audience,
            location_revision=location_revision, url_column=url_column, text_column=text_column,
            tokens_column=tokens_column, roots=None if at_terminal else settings.CONSENTRY_ROOTS,
            reason=reason, wake=wake,
        )  # fmt: skip
        run.params["then"] = then
        run.save(update_fields=["params"])
    return run


def describe(by: User, corpus: Corpus, *, title: str, summary: str) -> Corpus:
    """Give a corpus its title and summary."""
    _must_manage(by, corpus, "describe it")
    corpus.title, corpus.summary = given.text("title", title, 300), given.text("summary", summary)
    return _touched(corpus, "title", "summary")


def set_audience(by: User, corpus: Corpus, audience: str) -> Corpus:
    """Say who may read a corpus besides its owner and those with a grant."""
    _must_manage(by, corpus, "change who reads it")
    corpus.audience = Audience(given.choice("audience", audience, Audience))
    return _touched(corpus, "audience")


def claim_licence(by: User, corpus: Corpus, *, expression: str, quote: str = "", url: str = "") -> LicenceClaim:
    """State the licence of a corpus, with where one read it; an earlier statement stays on record."""
    _must_manage(by, corpus, "state its licence")
    expression = given.text("licence", expression, 500, needed=True)
    return LicenceClaim.objects.create(
        corpus=corpus, revision=corpus.latest, expression=expression, source=LicenceSource.PERSON,
        quote=given.text("quote", quote), url=given.url(url), claimed_by=by,
    )  # fmt: skip


# --- lineage -----------------------------------------------------------------------------------------------


def add_derivation(by: User, child: Corpus, parent: Corpus, *, relation: str, note: str = "") -> Derivation:
    """Record that the newest revision of one corpus was made from the newest of another."""
    _must_manage(by, child, "say what it was made from")
    relation = given.choice("relation", relation, Relation)
    if child.latest_id in {parent.latest_id, *reached([parent.revision.pk], "up")}:
        raise Conflict(f"{parent.name} was itself made from {child.name}; a lineage cannot be a circle.")
    try:
        with transaction.atomic():
            return Derivation.objects.create(
                child=child.revision, parent=parent.revision, relation=relation, note=given.text("note", note, 500)
            )
    except IntegrityError as error:
        raise Conflict(f"It is on record already that {child.name} was made from {parent.name} so.") from error


def remove_derivation(by: User, edge: Derivation) -> None:
    """Take back an edge of the lineage."""
    _must_manage(by, edge.child.corpus, "say what it was made from")
    edge.delete()
    _touched(edge.child.corpus)


# --- access ------------------------------------------------------------------------------------------------


def grant(by: User, corpus: Corpus, *, username: str, reason: str, ends_at: datetime | None = None) -> Grant:
    """Let one person read a corpus, for a reason and until an end."""
    _must_manage(by, corpus, "let others read it")
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise BadInput(f"username: nobody here is called {username.strip()!r}; an admin can add people.")
    if ends_at and ends_at <= timezone.now():
        raise BadInput("ends_at: this moment has passed; give a later one, or none.")
    reason = given.text("reason", reason, 500, needed=True)
    return Grant.objects.create(corpus=corpus, user=user, reason=reason, granted_by=by, ends_at=ends_at)


def end_grant(by: User, leave: Grant) -> Grant:
    """End a grant now; it stays on record."""
    _must_manage(by, leave.corpus, "end a grant")
    now = timezone.now()
    if leave.ends_at is None or leave.ends_at > now:
        leave.ends_at = now
        leave.save(update_fields=["ends_at"])
    return leave


# --- terms of service ----------------------------------------------------------------------------------------


def review_terms(
    by: User, version: TermsVersion, digest: str, *, axis: str, verdict: str, quote: str = "", reason: str = ""
) -> TermsReview:
    """Confirm or override what was read in a text of terms; `digest` says which text the person had before them."""
    _must_steward(by, "review terms of service")
    if digest != version.text_digest:
        raise Conflict("The site has published another text since; look at that one, then review it.")
    quote, reason = given.text("quote", quote, 2000), given.text("reason", reason, 1000)
    return reviews.review(by, version, axis, verdict, quote=quote, reason=reason)


def pin_terms(by: User, domain: Domain, *, url: str, selector: str = "") -> TermsPage | None:
    """Say where a domain's terms are, and which part of the page; an empty address leaves it to discovery again."""
    _must_steward(by, "say where a site's terms are")
    url, selector = given.url(url), given.text("selector", selector, 500)
    if not url:
        TermsPage.objects.filter(domain=domain).delete()
        return None
    values = {"url": url, "selector": _selector(selector), "pinned_by": by, "pinned_at": timezone.now()}
    return TermsPage.objects.update_or_create(domain=domain, defaults=values)[0]


def _must_steward(by: User, what: str) -> None:
    if not by.stewards:
        raise Refused(f"Only a steward or an admin may {what}.")


def _selector(selector: str) -> str:
    try:
        if selector:
            HTMLTranslator().css_to_xpath(selector)
    except (ExpressionError, SelectorError) as error:
        raise BadInput(f"selector: this is no CSS selector ({error}); such as main or #terms .text.") from error
    return selector


# --- runs --------------------------------------------------------------------------------------------------


def crawl(by: User, corpus: Corpus, *, reason: str = "", wake: bool = True) -> Run:
    """Ask the sites of a corpus what they permit today."""
    _must_manage(by, corpus, "crawl its sites")
    return _started("crawl", by, corpus, {}, reason, wake)


def scan(by: User, corpus: Corpus, *, columns: list[str] | None = None, reason: str = "", wake: bool = True) -> Run:
    """Search a corpus for personal data: in the columns named, or in every one that holds text."""
    _must_manage(by, corpus, "scan it")
    params = {"audit": PII_AUDIT} | ({"columns": columns} if columns else {})
    return _started("scan", by, corpus, params, reason, wake)


def profile(by: User, corpus: Corpus, *, reason: str = "", wake: bool = True) -> Run:
    """Measure a corpus's content: how much text, how long, in which languages, how much of it twice."""
    _must_manage(by, corpus, "profile it")
    return _started("profile", by, corpus, {}, reason, wake)


def import_history(
    by: User,
    *,
    path: str,
    form: str = "auto",
    source: str = "",
    add: bool = False,
    services: Mapping[str, str] | None = None,
    reason: str = "",
    wake: bool = True,
) -> Run:
    """Import what others recorded of sites' consent, from files of this machine: so only at a terminal.

    Asked twice while it lives, it is the same run: a worker that was killed is followed by whoever asks again.
    """
    _must_steward(by, "import history")
    place = Path(given.text("path", path, 4000, needed=True)).absolute()
    source = given.text("source", source, 200) or place.name[:200]
    if not source.isprintable():
        raise BadInput("source: a name on one line, such as Common Crawl 2023-40.")
    params = {"path": str(place), "format": form, "source": source, "add": add, "services": dict(services or {})}
    import_job.checked(params)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS])  # so that nobody starts the same one beside
        living = Run.objects.living().filter(kind="import", params=params).first()
        return living or runs.start("import", by=by, params=params, reason=given.text("reason", reason, 500), wake=wake)


def _started(kind: str, by: User, corpus: Corpus, params: dict[str, Any], reason: str, wake: bool) -> Run:
    """One living run of a kind per revision: asking twice gives the same run."""
    with transaction.atomic():
        Corpus.objects.select_for_update(of=("self",)).get(pk=corpus.pk)
        params = params | {"revision": str(corpus.latest_id)}
        living = Run.objects.living().filter(kind=kind, revision=corpus.latest, params=params).first()
        reason = given.text("reason", reason, 500)
        return living or runs.start(
            kind, by=by, corpus=corpus, revision=corpus.revision, params=params, reason=reason, wake=wake
        )


def decide(by: User, corpus: Corpus) -> Decision:
    """Decide now on the newest revision by the default policy; the same evidence gives the decision that stands."""
    _must_manage(by, corpus, "ask for a decision on it")
    return decide_revision(corpus.revision, because=f"{by.get_username()} asked for it.", by=by)


def cancel(by: User, run: Run) -> Run:
    """End a living run."""
    _must_drive(by, run)
    runs.cancel(run, by)
    return run


def retry(by: User, run: Run, wake: bool = True, *, at_terminal: bool = False) -> Run:
    """Ask again for a run that ended without success; returns the new run.

    What was asked for at a terminal may read all that the process can, so it is tried again there only.
    """
    _must_drive(by, run)
    beyond = run.kind == "import" or (run.kind == "register" and run.params.get("roots", ()) is None)
    if beyond and not at_terminal:
        raise Conflict("This was asked for at a terminal, with its rights: try it again there.")
    return runs.retry(run, by, wake=wake)


def drives(by: User, run: Run) -> bool:
    """This person may cancel or retry this run: who manages its corpus, who started it while it has none, an admin."""
    if run.corpus is not None:
        return manages(by, run.corpus)
    return by.administers or (by.stewards and run.started_by_id == by.pk)


def _must_drive(by: User, run: Run) -> None:
    if not drives(by, run):
        raise Refused("Only who started this run, the owner of its corpus, or an admin may do that.")


# --- people ------------------------------------------------------------------------------------------------


def add_person(by: User, *, username: str, password: str, role: str, email: str = "") -> User:
    """Let a new person sign in, with a role."""
    must_administer(by, "add people")
    role = given.choice("role", role, Role)
    person = User(username=given.text("username", username, 150, needed=True), email=email.strip(), role=role)
    _validated_password(password, person)
    person.set_password(password)
    try:
        person.full_clean(exclude=["password"])
        person.save()
    except ValidationError as error:
        raise BadInput(_told(error)) from error
    return person


def set_role(by: User, person: User, role: str) -> User:
    """Give a person another role; the last admin stays one."""
    must_administer(by, "change roles")
    wanted = given.choice("role", role, Role)
    with transaction.atomic():
        admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True)
        if list(admins) == [person.pk] and wanted != Role.ADMIN:
            raise Conflict(f"{person.get_username()} is the last admin; make somebody else an admin first.")
        person.role = Role(wanted)
        person.is_staff = person.role == Role.ADMIN
        person.save(update_fields=["role", "is_staff"])
    return person


# --- input -------------------------------------------------------------------------------------------------


def _touched(corpus: Corpus, *fields: str) -> Corpus:
    corpus.updated_at = timezone.now()
    corpus.save(update_fields=[*fields, "updated_at"])
    return corpus


def _validated_password(password: str, person: User) -> None:
    from django.contrib.auth.password_validation import validate_password

    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput("password: " + " ".join(error.messages)) from error


def _told(error: ValidationError) -> str:
    return "; ".join(f"{field}: {' '.join(told)}" for field, told in error.message_dict.items())
