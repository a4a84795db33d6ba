"""What admins may look at beside the pages. Nothing here is added or deleted: acts do that, with their reasons."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest

from audits.models import Audit
from crawler.models import ConsentChange, Snapshot
from datacards.models import Corpus, Domain, Revision, Run, User
from governance.models import ApiToken, Decision, Policy, PolicyVersion


class Records(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at. Large tables are neither counted nor joined to drop-downs."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never; what may be looked at is `has_view_permission`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class AccountForm(ModelForm):  # type: ignore[type-arg]
    """An account's state."""

    def clean(self) -> dict[str, Any]:
        """An installation keeps at least one admin who can sign in."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        others = User.objects.filter(role="admin", is_active=True).exclude(pk=self.instance.pk)
        if self.instance.role == "admin" and not cleaned.get("is_active") and not others.exists():
            raise ValidationError("This is the last admin; make somebody else an admin first.")
        return cleaned


@admin.register(User)
class Accounts(Records):
    """Accounts: names can be mended, and an account closed and opened again. Roles are given on the page People."""

    form = AccountForm
    fields = ("username", "first_name", "last_name", "email", "role", "is_active", "last_login", "date_joined")
    readonly_fields = ("username", "role", "last_login", "date_joined")
    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "email")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No filter in the address may ask how somebody's password hash begins."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The one kind of record here that may be changed."""
        return bool(getattr(request.user, "administers", False))


@admin.register(Corpus)
class Corpora(Records):
    """Corpora."""

    list_display = ("name", "owner", "audience", "updated_at")
    list_filter = ("audience",)
    list_select_related = ("owner",)
    search_fields = ("name", "title")


@admin.register(Revision)
class Revisions(Records):
    """Revisions."""

    list_display = ("corpus", "number", "made_at", "tokens", "documents")
    list_select_related = ("corpus",)
    search_fields = ("corpus__name", "fingerprint")
    ordering = ("-made_at",)


@admin.register(Run)
class Runs(Records):
    """Runs."""

    list_display = ("id", "kind", "state", "corpus", "started_by", "created_at", "ended_at")
    list_filter = ("kind", "state")
    list_select_related = ("corpus", "started_by")


@admin.register(Domain)
class Domains(Records):
    """Domains."""

    list_display = ("name", "registrable", "shard")
    search_fields = ("=name", "=registrable")
    ordering = ("name",)


@admin.register(Snapshot)
class Snapshots(Records):
    """Snapshots."""

    list_display = ("domain", "channel", "fetched_at", "state", "http_status")
    list_filter = ("state",)
    list_select_related = ("domain",)
    search_fields = ("=domain__name",)
    ordering = ("-fetched_at",)


@admin.register(ConsentChange)
class Changes(Records):
    """Drift."""

    list_display = ("domain", "at", "direction")
    list_filter = ("direction",)
    list_select_related = ("domain",)
    search_fields = ("=domain__name",)


@admin.register(Audit)
class Audits(Records):
    """Audits."""

    list_display = ("name", "revision", "finished_at", "rows", "personal_rows", "secrets")
    list_select_related = ("revision__corpus",)


@admin.register(Policy)
class Policies(Records):
    """Policies."""

    list_display = ("title", "slug", "owner", "is_default")
    list_select_related = ("owner",)


@admin.register(PolicyVersion)
class PolicyVersions(Records):
    """Versions of policies."""

    list_display = ("policy", "number", "digest", "activated_at")
    list_select_related = ("policy",)


@admin.register(Decision)
class Decisions(Records):
    """Decisions."""

    list_display = ("revision", "outcome", "decided_at", "policy_version", "because")
    list_filter = ("outcome",)
    list_select_related = ("revision__corpus", "policy_version__policy")


@admin.register(ApiToken)
class Tokens(Records):
    """Tokens, without their digests."""

    list_display = ("user", "name", "scopes", "made_at", "ends_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    exclude = ("digest",)
