"""App configuration."""

from django.apps import AppConfig


class CrawlerConfig(AppConfig):
    """See docs/architecture.md."""

    name = "crawler"
