"""People and their roles, for admins; and everybody's own tokens for the API."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from datacards.models import User
from governance import acts, tokens
from governance.forms import PersonForm, RoleForm, TokenForm
from governance.models import ApiToken
from governance.views.paging import Order, page
from governance.views.shared import UNPROCESSABLE, attempt, back_to, press, who

ROLES = (
    ("outsider", "sees what is public"),
    ("reader", "sees what the organisation shares"),
    ("steward", "registers corpora, starts runs and fills cards"),
    ("approver", "decides on what others ask for"),
    ("admin", "changes policies, people and registries"),
)


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, and a form for one more."""
    form = PersonForm(request.POST or None)
    if request.POST and (person := attempt(form, lambda: acts.add_person(who(request), **form.cleaned_data))):
        messages.success(request, f"{person.get_username()} may sign in now.")
        return back_to("people")
    rows = User.objects.all()
    if text := request.GET.get("q", "").replace("\x00", "").strip():
        rows = rows.filter(username__icontains=text)
    shown = page(rows, Order("username"), lambda person: person.username, request.GET.get("at", ""))
    roles = [(person, RoleForm(initial={"role": person.role}, auto_id=f"role-{person.pk}-%s")) for person in shown.rows]
    context = {"page": shown, "people": roles, "form": form, "roles": ROLES, "q": text}
    return render(request, "governance/people.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def person_role(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Give somebody another role."""
    person, form = User.objects.filter(pk=person_id).first(), RoleForm(request.POST)
    if person is None:
        raise Http404
    role = request.POST.get("role", "")
    said = f"{person.get_username()} is now {dict(form.fields['role'].choices).get(role, role).lower()}."  # type: ignore[attr-defined]
    press(request, lambda: acts.set_role(who(request), person, role), said)
    return back_to("people")


# --- tokens ------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def tokens_page(request: HttpRequest) -> HttpResponse:
    """One's tokens. A new one is shown in the answer to the form and never again, so that answer is not kept."""
    person = who(request)
    form = _token_form(request)
    made = attempt(form, lambda: _make(person, form)) if request.POST else None
    context: dict[str, Any] = {"form": _token_form(request, blank=True) if made else form, "now": timezone.now()}
    context |= {"made": made[0], "secret": made[1]} if made else {}
    context["tokens"] = list(ApiToken.objects.filter(user=person).order_by("-made_at")[:100])
    return render(request, "governance/tokens.html", context, status=UNPROCESSABLE if form.errors else 200)


def _token_form(request: HttpRequest, blank: bool = False) -> TokenForm:
    form = TokenForm(None if blank else request.POST or None, initial={"scopes": ["read"], "days": 30})
    choices = [(k, v) for k, v in tokens.SCOPES.items() if k != "admin" or who(request).administers]
    form.fields["scopes"].choices = choices  # type: ignore[attr-defined]
    return form


def _make(person: User, form: TokenForm) -> tuple[ApiToken, str]:
    chosen = form.cleaned_data
    ends_at = timezone.now() + timedelta(days=chosen["days"])
    return tokens.make(person, name=chosen["name"], scopes=chosen["scopes"], ends_at=ends_at)


@require_POST
def token_revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    token = tokens.mine(who(request), token_id)
    if token is None:
        raise Http404
    press(request, lambda: tokens.revoke(who(request), token), f"The token “{token.name}” no longer works.")
    return back_to("tokens")
