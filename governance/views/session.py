"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from governance.forms import SignIn


class SignInPage(LoginView):
    """Sign in, and go where one wanted to go."""

    form_class = SignIn
    template_name = "governance/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out; by POST, as Django asks."""
