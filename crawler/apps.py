"""App configuration."""

from django.apps import AppConfig


class CrawlerConfig(AppConfig):
    """What the sites say: see docs/architecture.md."""

    name = "crawler"

    def ready(self) -> None:
        """Make the crawl, the import and the checks known."""
        from crawler import config  # noqa: F401  (registers its checks)
        from crawler.import_job import ImportJob
        from crawler.jobs import CrawlJob
        from datacards.runs import register_job

        register_job(CrawlJob())
        register_job(ImportJob())
