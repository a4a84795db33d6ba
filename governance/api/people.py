"""You, your tokens, and for admins the people."""

import uuid
from datetime import datetime
from typing import Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from datacards.models import Role, User
from governance import acts, tokens
from governance.api.paging import Page, Place, Sort, newest, page
from governance.api.schemas import Given, Line, Moment
from governance.models import ApiToken
from governance.views.paging import Order
from governance.views.shared import who

router = Router()
Scope = Literal["read", "write", "admin"]


class Person(BaseModel):
    """Somebody who may sign in."""

    username: str
    name: str
    email: str
    role: Role
    active: bool
    last_login: datetime | None

    @classmethod
    def of(cls, row: User) -> "Person":
        """From its row."""
        return cls(
            username=row.get_username(), name=row.get_full_name(), email=row.email, role=Role(row.role),
            active=row.is_active, last_login=row.last_login,
        )  # fmt: skip


class Me(Person):
    """You."""

    scopes: list[str] | None = Field(description="Of the token that asks; null for a session, which is not limited.")


class NewPerson(Given):
    """Whom to let in, and as what."""

    username: Line = Field(min_length=1, max_length=150)
    password: Line = Field(min_length=10, description="A first password; hand it over in person.")
    role: Role
    email: Line = ""


class NewRole(Given):
    """What somebody is from now on."""

    role: Role


class PeopleQuery(Place):
    """Whom to list."""

    q: Line = Field("", description="A part of the user name.")
    role: Role | None = None


@router.get("me", response=Me, tags=["You"])
def get_me(request: HttpRequest) -> Me:
    """Get who you are here, and what the token may do that asks."""
    token = tokens.of(request)
    return Me(**Person.of(who(request)).model_dump(), scopes=token.scopes if token else None)


@router.get("people", response=Page[Person], tags=["People"])
def list_people(request: HttpRequest, response: HttpResponse, query: Query[PeopleQuery]) -> Page[Person]:
    """List the people who may sign in."""
    chosen = {"username__icontains": query.q, "role": query.role}
    rows = User.objects.filter(**{name: value for name, value in chosen.items() if value})
    return page(request, response, rows, Sort(Order("username"), lambda row: row.username), Person.of, query)


@router.post("people", response={201: Person}, tags=["People"])
def add_person(request: HttpRequest, person: NewPerson) -> Status[Person]:
    """Let a new person sign in."""
    return Status(201, Person.of(acts.add_person(who(request), **person.model_dump())))


@router.patch("people/{username}", response=Person, tags=["People"])
def change_role(request: HttpRequest, username: str, change: NewRole) -> Person:
    """Give a person another role; the last admin stays one."""
    person = User.objects.filter(username=username).first() if "\x00" not in username else None
    if person is None:
        raise Http404
    return Person.of(acts.set_role(who(request), person, change.role))


# --- tokens ------------------------------------------------------------------------------------------------


class Token(BaseModel):
    """A personal token, without its secret."""

    id: uuid.UUID
    name: str
    scopes: list[Scope]
    made_at: datetime
    ends_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: ApiToken) -> "Token":
        """From its row."""
        names = ("name", "scopes", "made_at", "ends_at", "last_used_at", "revoked_at")
        return cls(id=row.pk, **{name: getattr(row, name) for name in names})


class FreshToken(Token):
    """A token just made."""

    secret: str = Field(description="Shown now and never again; only its digest is kept.")


class NewToken(Given):
    """What to make."""

    name: Line = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1, max_length=3)
    ends_at: Moment = Field(description="Within a year.")


@router.get("tokens", response=Page[Token], tags=["Tokens"])
def list_tokens(request: HttpRequest, response: HttpResponse, place: Query[Place]) -> Page[Token]:
    """List your tokens, newest first."""
    rows = ApiToken.objects.filter(user=who(request))
    return page(request, response, rows, newest("made_at"), Token.of, place)


@router.post("tokens", response={201: FreshToken}, tags=["Tokens"])
def make_token(request: HttpRequest, response: HttpResponse, token: NewToken) -> Status[FreshToken]:
    """Make a personal token. One made by a token may do no more than that token, and last no longer."""
    response["Cache-Control"] = "no-store"
    made, secret = tokens.make(who(request), **token.model_dump(), within=tokens.of(request))
    return Status(201, FreshToken(**Token.of(made).model_dump(), secret=secret))


@router.delete("tokens/{uuid:token_id}", response={204: None}, tags=["Tokens"])
def revoke_token(request: HttpRequest, token_id: uuid.UUID) -> Status[None]:
    """Revoke one of your tokens; it stops working at once."""
    found = tokens.mine(who(request), token_id)
    if found is None:
        raise Http404
    tokens.revoke(who(request), found)
    return Status(204, None)
