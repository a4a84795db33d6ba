"""Who uses the product, and as what."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class Role(models.TextChoices):
    """What a person may do; each role beyond outsider may read what it is cleared for."""

    OUTSIDER = "outsider", "Outsider"
    READER = "reader", "Reader"
    STEWARD = "steward", "Steward"
    APPROVER = "approver", "Approver"
    ADMIN = "admin", "Admin"


READS = frozenset({Role.READER, Role.STEWARD, Role.APPROVER, Role.ADMIN})
STEWARDS = frozenset({Role.STEWARD, Role.ADMIN})
APPROVES = frozenset({Role.APPROVER, Role.ADMIN})


class PeopleManager(UserManager["User"]):
    """Makes people; Django's superuser is our admin."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> "User":
        """As Django's, with the admin role."""
        more.setdefault("role", Role.ADMIN)
        return super().create_superuser(username, email, password, **more)


class User(AbstractUser):
    """A person or service account. Without a role (outsider) one sees public things only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=16, choices=Role, default=Role.OUTSIDER)

    objects: ClassVar[PeopleManager] = PeopleManager()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions guard its admin site alone, which is for admins alone."""
        return self.administers

    def has_module_perms(self, app_label: str) -> bool:
        """As `has_perm`."""
        return self.administers

    @property
    def reads(self) -> bool:
        """May read what the organisation shares."""
        return self.is_active and self.role in READS

    @property
    def stewards(self) -> bool:
        """May register corpora, start runs and fill cards."""
        return self.is_active and self.role in STEWARDS

    @property
    def approves(self) -> bool:
        """May decide on what others ask for."""
        return self.is_active and self.role in APPROVES

    @property
    def administers(self) -> bool:
        """May change policies, people and registries."""
        return self.is_active and self.role == Role.ADMIN
