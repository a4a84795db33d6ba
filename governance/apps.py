"""App configuration."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """See docs/architecture.md."""

    name = "governance"
