"""Whose turn it is to ask a site, over all workers and runs."""

from django.db import models
from django.utils import timezone

from datacards.models import Unit


class SiteTurn(models.Model):
    """One registrable domain: the unit that asks it, while that holds its lease, and from when on others may.

    What holds a turn is the unit's own lease under this fence, so a worker that dies gives its turns back by itself.
    """

    site = models.CharField(max_length=253, primary_key=True)
    free_at = models.DateTimeField(default=timezone.now)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    fence = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["free_at"], name="turn_free")]

    def __str__(self) -> str:
        return self.site
