"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest

from governance.forms import SignIn


class SignInPage(LoginView):
    """Sign in, and go where one wanted to go."""

    form_class = SignIn
    template_name = "governance/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """As Django's, but not this page again, which would be an endless way."""
        wanted: str = super().get_redirect_url()
        return "" if wanted == self.request.path else wanted


class SignOut(LogoutView):
    """Sign out; by POST, as Django asks."""
