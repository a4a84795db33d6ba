"""Audits: what is in the data itself. Observes, and decides nothing."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """See docs/architecture.md."""

    name = "audits"

    def ready(self) -> None:
        """Make scan and profile known to the run engine."""
        from audits.execute import ProfileJob, ScanJob
        from datacards.runs import register_job

        register_job(ScanJob())
        register_job(ProfileJob())
