"""App configuration."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """See docs/architecture.md."""

    name = "audits"
