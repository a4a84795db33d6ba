"""The people of the demo: accounts with fresh passwords, which are told once and kept nowhere."""

import secrets

from datacards.errors import Conflict
from datacards.models import Role, User
from governance.demo.world import PEOPLE, Person

ADDRESSES = "demo.example"  # marks the accounts that the demo made, and may change
PASSWORD_BYTES = 9


def seat() -> dict[str, str]:
    """Make or renew an account for everybody in the demo; returns the password by user name.

    An account of that name that is not the demo's own is left alone: `Conflict`.
    """
    return {person.name: _seat(person) for person in PEOPLE}


def _seat(person: Person) -> str:
    address = f"{person.name}@{ADDRESSES}"
    user = User.objects.filter(username=person.name).first() or User(username=person.name, email=address)
    if user.email != address:
        raise Conflict(
            f"Somebody is called {person.name} here already, and the demo will not touch a real account: give the demo "
            "a data folder of its own, CONSENTRY_HOME=.consentry-demo."
        )
    first, last = person.full_name.split()
    user.first_name, user.last_name, user.role, user.is_active = first, last, Role(person.role), True
    user.is_staff = user.role == Role.ADMIN
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user.set_password(password)
    user.save()
    return password
