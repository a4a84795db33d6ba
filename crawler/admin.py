"""Admins edit the registry of agents here; evidence can be looked at and not changed."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from crawler.models import Agent

if TYPE_CHECKING:
    AdminOfAgents = admin.ModelAdmin[Agent]
    FormOfAgents = ModelForm[Agent]
else:
    AdminOfAgents, FormOfAgents = admin.ModelAdmin, ModelForm


@admin.register(Agent)
class AgentAdmin(AdminOfAgents):
    """The registry. Deactivate an agent rather than delete it: loading adds deleted ones again."""

    list_display = ("name", "operator", "purpose", "fetches", "active", "edited_at")
    list_filter = ("purpose", "active", "fetches")
    search_fields = ("name", "operator")
    readonly_fields = ("edited_at",)

    def save_model(self, request: HttpRequest, obj: Agent, form: FormOfAgents, change: bool) -> None:
        """Mark the edit, so that loading the shipped registry keeps it."""
        obj.edited_at = timezone.now()
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        """The name of a known agent stays: stored levels speak of it."""
        return (*self.readonly_fields, "name") if obj else self.readonly_fields
