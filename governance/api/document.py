"""What describes the API: the OpenAPI 3.1 document, and the same as a page that needs no script."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from ninja import NinjaAPI

from governance.api.problems import KINDS, MEDIA_TYPE

TITLE = "Consentry"
ABOUT = (
    "Who may learn from this data, and how do we know? Everything that the pages do. "
    "Send a personal token as `Authorization: Bearer …`, or use the session of the pages with its CSRF token. "
    "Lists are paged by opaque cursors, errors are problem details (RFC 9457), moments are UTC (RFC 3339), shares are "
    "between 0 and 1, and null says that nobody knows."
)
FOR_WHOM = {
    "anonymous": "everybody",
    "outsider": "everybody who is signed in",
    "reader": "people with a role",
    "steward": "stewards",
    "approver": "approvers",
    "reviewer": "stewards and approvers",
    "admin": "admins",
}
EVERYWHERE = (400, 401, 403, 404, 405, 422, 429, 500)
ON_WRITING = (409, 413, 415, 503)
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "The kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence: what, where, how to mend it."},
        "errors": {
            "type": "array",
            "description": "Each value that cannot be used, and where it was sent.",
            "items": {
                "type": "object",
                "required": ["where", "sentence"],
                "properties": {"where": {"type": "string"}, "sentence": {"type": "string"}},
            },
        },
        "scope": {"type": "string", "description": "The scope that the token lacks."},
        "reference": {"type": "string", "description": "Finds the mistake in the server's log."},
    },
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A personal token; made under Tokens."},
    "session": {
        "type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME,
        "description": "The pages' session; what changes something needs their CSRF token as X-CSRFToken too.",
    },
}  # fmt: skip


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with what is true of every operation: who may, by what right, and which problems may come."""
    schema["info"] |= {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    schema["components"]["securitySchemes"] = SECURITY
    schema["security"] = [{"token": []}, {"session": []}]
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(method.upper(), operation)
    return schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    from governance.access import audience_of  # the table of routes knows this package, not the other way round

    summary, _, rest = str(operation.get("description", "")).partition("\n")
    operation["summary"] = summary
    operation["description"] = " ".join(rest.split()) or summary
    operation["x-audience"] = str(audience_of(f"api:{operation['operationId']}"))
    statuses = EVERYWHERE if method == "GET" else (*EVERYWHERE, *ON_WRITING)
    for status in statuses:
        operation["responses"].setdefault(status, _problem(status))
    for status, answer in operation["responses"].items():
        if int(status) >= 400 and "content" not in answer:
            answer |= _problem(int(status))


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{HTTPStatus(status).phrase}. {KINDS[status][1]}", "content": content}


def openapi(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The document, for machines."""
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"indent": 1})


def docs(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The document, for people."""
    schema = api.get_openapi_schema()
    families: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            entry = {"method": method.upper(), "address": address, "body": _body(schema, operation), **operation}
            entry["audience"] = FOR_WHOM[operation["x-audience"]]
            entry["answers"] = [code for code in operation["responses"] if int(code) < 400]
            families.setdefault(operation["tags"][0], []).append(entry)
    problems = [{"status": s, "name": n, "meaning": m} for s, (n, m) in KINDS.items()]
    return render(request, "governance/api.html", {"families": families, "problems": problems, "about": ABOUT})


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The members of the body that an operation takes."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    found = schema["components"]["schemas"].get(name, {})
    needed = found.get("required", [])
    return [{"name": n, "required": n in needed, **p} for n, p in found.get("properties", {}).items()]


def start(request: HttpRequest) -> HttpResponse:
    """The API's root leads to its page."""
    return redirect("api:docs")
