"""Django's admin site, for admins alone, behind the product's own sign-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class Site(AdminSite):
    """The records behind the pages. What is evidence can be looked at and not changed."""

    site_header = site_title = "Consentry's records"
    index_title = "Records"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Admins by role; Django's own staff flag counts for nothing."""
        return bool(getattr(request.user, "administers", False))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in."""
        return redirect("sign-in")


class SiteConfig(AdminConfig):
    """Makes it the site that every app's admin.py registers with."""

    default_site = "governance.adminsite.Site"
