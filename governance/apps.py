"""App configuration."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """See docs/architecture.md."""

    name = "governance"

    def ready(self) -> None:
        """Make the system checks and the Celery application known, in every process that uses Django."""
        from governance import access, celery, checks  # noqa: F401
