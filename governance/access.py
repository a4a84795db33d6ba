"""Who may use which route: one table, and the middleware that refuses whatever the table does not allow.

A route that is not in the table is refused for everybody, and told at start by the system check consentry.E008. The
table guards routes. Objects are guarded by `Corpus.objects.readable_by` and by the questions at the end of this file:
what one may not read does not exist, so a route answers for it as for an id that nobody has.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core import checks
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern, URLResolver, get_resolver

from audits.models import Audit
from crawler.models import ConsentChange
from datacards.models import Corpus, Domain, DomainShare, SourceMention, User
from datacards.models.corpus import Reader
from governance import tokens
from governance.api.problems import Problem
from governance.models import Decision

log = logging.getLogger(__name__)

API = "api"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(StrEnum):
    """Whom a route is for. An admin may use every route; the other roles do not contain each other."""

    ANONYMOUS = "anonymous"
    OUTSIDER = "outsider"
    READER = "reader"
    STEWARD = "steward"
    APPROVER = "approver"
    REVIEWER = "reviewer"  # a steward or an approver
    ADMIN = "admin"

    def admits(self, person: User | AnonymousUser) -> bool:
        """Whether this person belongs to it."""
        return self is Audience.ANONYMOUS or (isinstance(person, User) and ADMITS[self](person))


ADMITS: dict[Audience, Callable[[User], bool]] = {
    Audience.OUTSIDER: lambda person: person.is_active,
    Audience.READER: lambda person: person.reads,
    Audience.STEWARD: lambda person: person.stewards,
    Audience.APPROVER: lambda person: person.approves,
    Audience.REVIEWER: lambda person: person.stewards or person.approves,
    Audience.ADMIN: lambda person: person.administers,
}
SENTENCES = {
    Audience.OUTSIDER: "Sign in first.",
    Audience.READER: "This is for people with a role here; an admin can give you one.",
    Audience.STEWARD: "This is for stewards; an admin can make you one.",
    Audience.APPROVER: "This is for approvers; an admin can make you one.",
    Audience.REVIEWER: "This is for stewards and approvers; an admin can make you one.",
    Audience.ADMIN: "This is for admins.",
}

ANONYMOUS, OUTSIDER, READER, STEWARD, APPROVER, REVIEWER, ADMIN = Audience

# Route name → audience. A name ending in :* speaks of a whole namespace that others name (Django's admin site).
PAGES: dict[str, Audience] = {
    "sign-in": ANONYMOUS,
    "sign-out": ANONYMOUS,
    "home": OUTSIDER,
    "corpora": OUTSIDER,
    "corpora-csv": OUTSIDER,
    "corpus": OUTSIDER,
    "corpus-consent": OUTSIDER,
    "corpus-consent-report": OUTSIDER,
    "corpus-takedown": OUTSIDER,
    "corpus-audits": OUTSIDER,
    "corpus-lineage": OUTSIDER,
    "corpus-access": OUTSIDER,
    "corpus-history": OUTSIDER,
    "corpus-report": OUTSIDER,
    "corpus-register": STEWARD,
    "corpus-card": STEWARD,
    "corpus-card-confirm": REVIEWER,
    "corpus-card-ask": APPROVER,
    "corpus-card-settle": REVIEWER,
    "corpus-card-field": OUTSIDER,
    "corpus-card-versions": OUTSIDER,
    "corpus-card-compare": OUTSIDER,
    "corpus-exchange": OUTSIDER,
    "corpus-export": OUTSIDER,
    "corpus-export-diff": OUTSIDER,
    "corpus-import": STEWARD,
    "registry-csv": READER,
    "corpus-licence": STEWARD,
    "corpus-describe": STEWARD,
    "corpus-decide": STEWARD,
    "corpus-crawl": STEWARD,
    "corpus-scan": STEWARD,
    "corpus-profile": STEWARD,
    "corpus-lineage-add": STEWARD,
    "corpus-lineage-remove": STEWARD,
    "corpus-lineage-tie": STEWARD,
    "corpus-lineage-untie": STEWARD,
    "lineage": OUTSIDER,
    "corpus-audience": STEWARD,
    "corpus-grant": STEWARD,
    "corpus-grant-end": STEWARD,
    "public-card": ANONYMOUS,
    "public-card-croissant": ANONYMOUS,
    "public-card-dcat": ANONYMOUS,
    "domain": OUTSIDER,
    "domain-terms": OUTSIDER,
    "domain-terms-review": STEWARD,
    "domain-terms-pin": STEWARD,
    "terms": OUTSIDER,
    "datasets": READER,
    "datasets-csv": READER,
    "dataset-parents": READER,
    "dataset-parents-answer": STEWARD,
    "dataset": READER,
    "dataset-claim": STEWARD,
    "licences": OUTSIDER,
    "licence": OUTSIDER,
    "licence-override": ADMIN,
    "changes": OUTSIDER,
    "changes-csv": OUTSIDER,
    "change": OUTSIDER,
    "crawls": OUTSIDER,
    "schedule-add": STEWARD,
    "schedule": STEWARD,
    "schedule-pause": STEWARD,
    "schedule-resume": STEWARD,
    "schedule-remove": STEWARD,
    "schedule-ask": STEWARD,
    "group-add": STEWARD,
    "group": STEWARD,
    "group-remove": STEWARD,
    "host-ask": STEWARD,
    "subscriptions": OUTSIDER,
    "subscription": OUTSIDER,
    "subscription-test": OUTSIDER,
    "subscription-again": OUTSIDER,
    "subscription-secret": OUTSIDER,
    "subscription-pause": OUTSIDER,
    "subscription-resume": OUTSIDER,
    "subscription-remove": OUTSIDER,
    "feed": OUTSIDER,
    "unsubscribe": ANONYMOUS,
    "decision": OUTSIDER,
    "decision-report": OUTSIDER,
    "report-file": OUTSIDER,
    "report": READER,
    "runs": OUTSIDER,
    "run": OUTSIDER,
    "run-progress": OUTSIDER,
    "run-cancel": STEWARD,
    "run-retry": STEWARD,
    "policies": OUTSIDER,
    "policy": OUTSIDER,
    "people": ADMIN,
    "person-role": ADMIN,
    "tokens": OUTSIDER,
    "token-revoke": OUTSIDER,
    "admin:*": ADMIN,
}
# Operation → audience. Who may change a given corpus is a question of the corpus (governance.acts).
OPERATIONS: dict[str, Audience] = {
    "api-root": ANONYMOUS,
    "openapi": ANONYMOUS,
    "docs": ANONYMOUS,
    "nothing": ANONYMOUS,
    "get_me": OUTSIDER,
    "list_corpora": OUTSIDER,
    "count_corpora": OUTSIDER,
    "get_corpus": OUTSIDER,
    "list_revisions": OUTSIDER,
    "get_revision": OUTSIDER,
    "list_files": OUTSIDER,
    "list_shares": OUTSIDER,
    "register_corpus": STEWARD,
    "change_corpus": STEWARD,
    "list_card_fields": OUTSIDER,
    "get_card": OUTSIDER,
    "put_card": STEWARD,
    "patch_card": STEWARD,
    "list_card_profiles": OUTSIDER,
    "get_card_scores": OUTSIDER,
    "list_card_versions": OUTSIDER,
    "get_card_version": OUTSIDER,
    "get_card_diff": OUTSIDER,
    "confirm_card_value": REVIEWER,
    "list_card_notes": READER,
    "ask_of_card": APPROVER,
    "settle_card_note": REVIEWER,
    "export_card": OUTSIDER,
    "import_card": STEWARD,
    "list_licences": OUTSIDER,
    "state_licence": STEWARD,
    "get_lineage": OUTSIDER,
    "get_lineage_graph": OUTSIDER,
    "tie_corpus": STEWARD,
    "untie_corpus": STEWARD,
    "add_parent": STEWARD,
    "remove_parent": STEWARD,
    "list_grants": STEWARD,
    "give_grant": STEWARD,
    "end_grants": STEWARD,
    "get_consent": OUTSIDER,
    "get_consent_trend": OUTSIDER,
    "list_refusing_domains": OUTSIDER,
    "get_consent_series": OUTSIDER,
    "get_consent_table": OUTSIDER,
    "get_consent_card": OUTSIDER,
    "get_consent_evidence": OUTSIDER,
    "get_takedown": OUTSIDER,
    "estimate_consent": OUTSIDER,
    "weigh_consent": OUTSIDER,
    "start_crawl": STEWARD,
    "get_domain": OUTSIDER,
    "list_snapshots": OUTSIDER,
    "get_robots": OUTSIDER,
    "get_sayings": OUTSIDER,
    "list_terms": OUTSIDER,
    "get_terms": OUTSIDER,
    "review_terms": STEWARD,
    "pin_terms": STEWARD,
    "list_changes": OUTSIDER,
    "get_change": OUTSIDER,
    "list_agents": OUTSIDER,
    "list_schedules": OUTSIDER,
    "add_schedule": STEWARD,
    "get_schedule": OUTSIDER,
    "change_schedule": STEWARD,
    "remove_schedule": STEWARD,
    "ask_schedule": STEWARD,
    "list_groups": STEWARD,
    "add_group": STEWARD,
    "get_group": STEWARD,
    "change_group": STEWARD,
    "remove_group": STEWARD,
    "list_trouble": OUTSIDER,
    "ask_domain": STEWARD,
    "list_subscriptions": OUTSIDER,
    "subscribe": OUTSIDER,
    "get_subscription": OUTSIDER,
    "change_subscription": OUTSIDER,
    "unsubscribe": OUTSIDER,
    "test_subscription": OUTSIDER,
    "renew_secret": OUTSIDER,
    "list_messages": OUTSIDER,
    "send_again": OUTSIDER,
    "list_runs": OUTSIDER,
    "get_run": OUTSIDER,
    "list_log": OUTSIDER,
    "cancel_run": STEWARD,
    "retry_run": STEWARD,
    "list_audits": OUTSIDER,
    "get_audit": OUTSIDER,
    "start_audit": STEWARD,
    "start_profile": STEWARD,
    "list_decisions": OUTSIDER,
    "get_decision": OUTSIDER,
    "decide_corpus": STEWARD,
    "get_report": OUTSIDER,
    "get_registry": READER,
    "list_policies": OUTSIDER,
    "get_policy": OUTSIDER,
    "list_policy_versions": OUTSIDER,
    "list_datasets": READER,
    "get_dataset": READER,
    "list_claims": READER,
    "claim_licence": STEWARD,
    "list_mentions": READER,
    "list_candidates": READER,
    "answer_mention": STEWARD,
    "reopen_mention": STEWARD,
    "list_known_licences": OUTSIDER,
    "get_known_licence": OUTSIDER,
    "list_overrides": OUTSIDER,
    "override_licence": ADMIN,
    "list_people": ADMIN,
    "add_person": ADMIN,
    "change_role": ADMIN,
    "list_tokens": OUTSIDER,
    "make_token": OUTSIDER,
    "revoke_token": OUTSIDER,
}
AUDIENCES: dict[str, Audience] = {**PAGES, **{f"{API}:{name}": audience for name, audience in OPERATIONS.items()}}


def audience_of(name: str) -> Audience | None:
    """The audience of a route; None for one that nobody declared."""
    namespace, _, _ = name.rpartition(":")
    return AUDIENCES.get(name) or AUDIENCES.get(f"{namespace}:*")


# --- the guard ---------------------------------------------------------------------------------------------


class Guard:
    """Refuses every request that the table does not allow, before its view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the request through."""
        name = _asked_for(request, view)
        if name is None:
            return None
        audience = audience_of(name)
        if audience is None:
            log.error("the route %s has no audience, so it is refused", name)
            return _refused(request, "Nobody may use this route, because nobody has said who may.")
        if not audience.admits(request.user):
            return _refused(request, SENTENCES[audience])
        return _beyond_token(request, audience)


def _asked_for(request: HttpRequest, view: Any) -> str | None:
    """The route's name, for the API the operation's; None for a method that the API answers with 405 itself."""
    match = request.resolver_match
    assert match is not None
    methods = getattr(view, "operations", None)
    if methods is None:
        return match.view_name
    name = methods.get("GET" if request.method == "HEAD" else request.method)
    return f"{API}:{name}" if name else None


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    if request.path_info.startswith(tokens.FEEDS) and not request.user.is_authenticated:
        return tokens.refused(request, tokens.SIGN_IN)
    if _is_api(request):
        status = 403 if request.user.is_authenticated else 401
        return Problem(status, sentence if status == 403 else tokens.SIGN_IN).response()
    if request.user.is_authenticated:
        raise PermissionDenied(sentence)
    if request.headers.get("HX-Request"):  # a fragment would show the whole sign-in page inside itself
        return HttpResponse(headers={"HX-Redirect": resolve_url("sign-in")})
    if request.method not in SAFE:  # the way back would be to an address that only takes forms
        return redirect("sign-in")
    return redirect_to_login(request.get_full_path(), resolve_url("sign-in"))


def _beyond_token(request: HttpRequest, audience: Audience) -> HttpResponse | None:
    """A token does what its person may do, and of that only what its scopes name."""
    token = tokens.of(request)
    needed = "admin" if audience is ADMIN else "read" if request.method in SAFE else "write"
    if audience is ANONYMOUS or token is None or tokens.covers(token, needed):
        return None
    return Problem(403, f"This token has no scope “{needed}”; make one that has.", scope=needed).response()


def _is_api(request: HttpRequest) -> bool:
    return bool(request.resolver_match and API in request.resolver_match.namespaces)


# --- all routes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """One thing that can be asked for: its name, its address with placeholders, and the method (* for any)."""

    name: str
    path: str
    method: str = "*"

    @property
    def audience(self) -> Audience | None:
        """Whom it is for."""
        return audience_of(self.name)


def routes() -> list[Route]:
    """Every route of the product, as the URL resolver has it; the API's by operation."""
    found = (
        route for pattern, path, spaces in _walk(get_resolver(), "/", ()) for route in _named(pattern, path, spaces)
    )
    return list(dict.fromkeys(found))


def _walk(
    resolver: URLResolver, path: str, spaces: tuple[str, ...]
) -> Iterator[tuple[URLPattern, str, tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        below = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, below, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield entry, below, spaces


def _named(pattern: URLPattern, path: str, spaces: tuple[str, ...]) -> list[Route]:
    methods = cast(dict[str, str] | None, getattr(pattern.callback, "operations", None))
    if methods is not None:
        return [Route(f"{API}:{name}", path, method) for method, name in methods.items()]
    return [Route(":".join((*spaces, pattern.name or pattern.lookup_str)), path)]


@checks.register("consentry")
def every_route_has_an_audience(**_: Any) -> list[checks.CheckMessage]:
    """E008: no route without an audience."""
    return [
        checks.Error(
            f"The route {route.name} ({route.method} {route.path}) has no audience.",
            hint="Add it to the table in governance/access.py; until then it is refused.",
            id="consentry.E008",
        )
        for route in routes()
        if route.audience is None
    ]


# --- objects -----------------------------------------------------------------------------------------------
# Everything that is known of a corpus is as readable as the corpus itself.


def readable_domains(reader: Reader) -> QuerySet[Domain]:
    """Domains that a corpus which this reader may know of comes from, or that a dataset on record names: another's
    domains would tell of their corpus."""
    if isinstance(reader, User) and reader.administers:
        return Domain.objects.exclude(name="")
    known = DomainShare.objects.filter(revision__corpus__in=Corpus.objects.readable_by(reader), domain=OuterRef("pk"))
    return Domain.objects.filter(_or_named(reader, "pk", Exists(known))).exclude(name="")


def _or_named(reader: Reader, domain: str, shared: Exists) -> Any:
    """Shared, or for people with a role named by a dataset."""
    if not isinstance(reader, User) or not reader.reads:
        return shared
    return shared | Exists(SourceMention.objects.filter(domain=OuterRef(domain)))


def readable_changes(reader: Reader) -> QuerySet[ConsentChange]:
    """Drift of readable domains."""
    if isinstance(reader, User) and reader.administers:
        return ConsentChange.objects.all()
    known = DomainShare.objects.filter(revision__corpus__in=Corpus.objects.readable_by(reader))
    known = known.filter(domain=OuterRef("domain"))
    return ConsentChange.objects.filter(_or_named(reader, "domain", Exists(known)))


def readable_audits(reader: Reader) -> QuerySet[Audit]:
    """Audits of readable corpora."""
    return Audit.objects.filter(revision__corpus__in=Corpus.objects.readable_by(reader))


def readable_decisions(reader: Reader) -> QuerySet[Decision]:
    """Decisions on readable corpora."""
    return Decision.objects.filter(revision__corpus__in=Corpus.objects.readable_by(reader))
