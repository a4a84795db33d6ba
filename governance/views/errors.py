"""What cannot be shown, in the same look as everything else."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datacards.errors import Expected, Refused

TOLD = {
    400: ("This cannot be read", "The address or the form is damaged. Go back and begin again."),
    403: ("This is not yours to do", "Your role does not include it."),
    404: ("There is nothing here", "Perhaps it never was, or it is not yours to read: nobody is told which."),
    500: ("Consentry made a mistake", "It is written in the server's log. Nothing was half-saved; try again."),
}


def told(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """An error's page."""
    title, usual = TOLD[status]
    tone = "bad" if status == 500 else "quiet"
    context = {"status": status, "title": title, "sentence": sentence or usual, "tone": tone}
    return render(request, "governance/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; Django's own reasons are for the log."""
    return told(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that was given."""
    return told(request, 403, str(exception) if isinstance(exception, PermissionDenied) else "")


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from a page of ours, or from one of an earlier session."""
    return told(request, 403, "This form is from an earlier session or site. Open its page again and repeat it.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; it says the same of what is not there and of what one may not read."""
    return told(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without asking the database anything: it may be what is broken."""
    from django.template.loader import render_to_string

    title, sentence = TOLD[500]
    return HttpResponse(render_to_string("governance/broken.html", {"title": title, "sentence": sentence}), status=500)


class TellExpected:
    """An expected error that no page caught is told as a page of its own, never as a stack trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for our own errors; None hands the others on."""
        if not isinstance(exception, Expected) or request.path_info.startswith("/api/"):
            return None
        return told(request, 403 if isinstance(exception, Refused) else 400, str(exception))
