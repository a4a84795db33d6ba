"""How every request enters the API and how every error leaves it."""

import functools
import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, ImproperlyConfigured, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.router import BoundRouter
from ninja.utils import check_csrf

from datacards.errors import Expected
from governance import tokens
from governance.api import document
from governance.api.problems import Problem

log = logging.getLogger(__name__)

View = Callable[..., HttpResponse]
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SAFE = frozenset({"GET", "HEAD"})
ALL_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
NOTHING = "There is nothing here, or nothing that you may know of."


class Service(NinjaAPI):
    """django-ninja with one name per operation, problems for errors, and HEAD wherever there is GET."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name, which is the route's as well."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> Any:
        """The OpenAPI 3.1 document, with everything that is true of all operations; callers do not change it."""
        return document.completed(super().get_openapi_schema(**options)) if options else self._document

    @functools.cached_property
    def _document(self) -> Any:
        """It follows from the code alone, and takes a good part of a second to make."""
        return document.completed(super().get_openapi_schema())

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        """Each operation behind `enter`, the two pages that describe them, and an answer for all other addresses."""
        nowhere = enter(nothing_here, dict.fromkeys(ALL_METHODS, "nothing"))
        entries = [pattern for bound in self._get_bound_routers() for pattern in self._entries(bound)]
        _refuse_split_addresses(entries)
        return [
            path("openapi.json", functools.partial(document.openapi, api=self), name="openapi"),
            path("docs", functools.partial(document.docs, api=self), name="docs"),
            path("", document.start, name="api-root"),
            *entries,
            re_path(r"^(?P<rest>[\s\S]*)$", nowhere, name="nothing"),
        ]

    def _entries(self, bound: BoundRouter) -> list[URLPattern]:
        operations = [operation for view in bound.path_operations.values() for operation in view.operations]
        patterns = list(bound.urls_paths(bound.prefix))
        named: dict[str, dict[str, str]] = {}
        for operation, pattern in zip(operations, patterns, strict=True):
            methods = dict.fromkeys(operation.methods, self.get_openapi_operation_id(operation))
            named.setdefault(str(pattern.pattern), {}).update(methods)
        for pattern in patterns:
            pattern.callback = enter(pattern.callback, named[str(pattern.pattern)])
        return patterns


def _refuse_split_addresses(entries: list[URLPattern]) -> None:
    """Django asks the first pattern that fits: operations at one address have to be of one router."""
    seen: dict[str, Any] = {}
    for entry in entries:
        operations = getattr(entry.callback, "operations", None)
        if seen.setdefault(str(entry.pattern), operations) is not operations:
            raise ImproperlyConfigured(f"Two routers of the API share the address {entry.pattern}.")


class StrictParser(Parser):
    """JSON as RFC 8259 has it: Python's NaN and Infinity are no numbers."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; whatever this raises is told as 400."""
        return json.loads(request.body, parse_constant=_refuse_constant)


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


# --- entering ----------------------------------------------------------------------------------------------


def enter(view: View, operations: dict[str, str]) -> View:
    """The view behind the checks that every request passes; `operations` (method → name) is read by the guard."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _check(request, operations)
            response = view(_as_get(request), *args, **kwargs)
        except Problem as problem:
            response = problem.response()
        if response.status_code == 405:
            response["Allow"] = ", ".join(sorted({*operations, *(["HEAD"] if "GET" in operations else [])}))
        response.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization", "Cookie"))
        return response

    answer.operations, answer.csrf_exempt = operations, True  # type: ignore[attr-defined]
    return answer


def _check(request: HttpRequest, operations: dict[str, str]) -> None:
    method = str(request.method)
    if method not in operations and not (method == "HEAD" and "GET" in operations):
        raise Problem(405, f"{method} is not for this address; the Allow header lists what is.")
    if method not in SAFE and tokens.of(request) is None and check_csrf(request):
        raise Problem(403, "With a session, send the CSRF token as X-CSRFToken; or send a personal token.")
    if _body_of(request) and method in WITH_BODY and request.content_type != "application/json":
        raise Problem(415, "Send the body as application/json.")


def _body_of(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        raise Problem(413, "The body is larger than the server takes; send less at once.") from None
    except UnreadablePostError:
        raise Problem(400, "The body ended early; send it again.") from None


def _as_get(request: HttpRequest) -> HttpRequest:
    """HEAD is GET without the body, which the server leaves out (RFC 9110 section 9.3.2)."""
    if request.method == "HEAD":
        request.method = "GET"
    return request


def nothing_here(request: HttpRequest, **_: Any) -> HttpResponse:
    """The answer at an address that is none, whoever asks."""
    raise Problem(404, NOTHING)


# --- leaving -----------------------------------------------------------------------------------------------


def handle_errors(api: NinjaAPI) -> None:
    """Have every error answered as a problem."""
    for kind in (Problem, Expected, Http404, ValidationError, HttpError, BadRequest, SuspiciousOperation, Exception):
        api.add_exception_handler(kind, lambda request, error: problem_of(error).response())


def problem_of(error: Any) -> Problem:
    """What is told of an error."""
    match error:
        case Problem():
            return error
        case Expected():
            return Problem.of(error)
        case Http404():
            return Problem(404, NOTHING)
        case ValidationError():
            return unusable(error)
        case HttpError() | BadRequest() | SuspiciousOperation():
            return Problem(400, "The request cannot be read: its body is no JSON.")
        case _:
            return mistake(error)


def unusable(error: ValidationError) -> Problem:
    """All values that cannot be used, each with its place; the first one in the sentence."""
    told = [{"where": _place(e["loc"]), "sentence": _sentence(e["msg"])} for e in error.errors]
    more = f" ({len(told) - 1} more in `errors`)" if len(told) > 1 else ""
    return Problem(422, f"{told[0]['where']}: {told[0]['sentence']}{more}", errors=told)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".") + "."


def _place(location: tuple[Any, ...]) -> str:
    """Where a value was sent: query.limit, body.name; ninja's own name for the whole body is left out."""
    where, *rest = (str(part) for part in location)
    return ".".join([where, *(rest[1:] if where == "body" else rest)])


def mistake(error: Exception) -> Problem:
    """A bug of ours: the log has it, and the answer says where to look."""
    reference = uuid.uuid4().hex[:8]
    log.error("an API request errored, reference %s", reference, exc_info=error)
    return Problem(500, f"Consentry made a mistake here; the server's log has it as {reference}.", reference=reference)
