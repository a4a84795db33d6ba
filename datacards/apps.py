"""The catalogue: corpora, revisions, cards, licences, lineage, and the record of long work."""

from django.apps import AppConfig


class DatacardsConfig(AppConfig):
    """Knows no other app."""

    name = "datacards"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        """Make the registration job known to the run engine."""
        from datacards import jobs  # noqa: F401
