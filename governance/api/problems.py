"""Errors as problem details (RFC 9457): one clear sentence, never a trace."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from datacards.errors import BadInput, Conflict, Expected, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"

# Status → the problem type's name, and what it means; the API's page and docs/api.md derive from it.
KINDS: dict[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read: broken JSON, a damaged cursor."),
    401: ("not-signed-in", "No session, or a token that is unknown, has ended or was revoked."),
    403: ("refused", "You may know of it, but not do this; the sentence says who may."),
    404: ("not-found", "There is nothing here, or nothing that you may know of."),
    405: ("wrong-method", "This address knows other methods; the Allow header lists them."),
    409: ("conflict", "The request contradicts what is on record."),
    412: ("changed-meanwhile", "Somebody saved another version since you read it; read it again."),
    413: ("too-large", "The body is larger than the server takes."),
    415: ("wrong-media-type", "Bodies are application/json."),
    422: ("unusable", "The request can be read, but a value in it cannot be used; `errors` says where."),
    428: ("version-needed", "Send If-Match with the ETag that you read, so that nobody's work is lost."),
    429: ("too-many-requests", "Wait as long as Retry-After says."),
    500: ("our-mistake", "A bug of ours; the reference finds it in the server's log."),
    503: ("unavailable", "Something that this needs does not answer; try again later."),
}
STATUS_OF: dict[type[Expected], int] = {BadInput: 422, Conflict: 409, Refused: 403, Unavailable: 503}


class Problem(Exception):
    """An error with its status, its sentence, and more members where they help."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more

    @classmethod
    def of(cls, error: Expected) -> "Problem":
        """The problem for an expected error of the product; “field: sentence” names the field."""
        status = next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 422)
        field, colon, sentence = str(error).partition(": ")
        if status == 422 and colon and field.isidentifier():
            return cls(status, str(error), errors=[{"where": f"body.{field}", "sentence": sentence}])
        return cls(status, str(error))

    @property
    def body(self) -> dict[str, Any]:
        """The members of the problem."""
        title = HTTPStatus(self.status).phrase
        kind, _ = KINDS[self.status]
        return {
            "type": f"{DOCS}#{kind}", "title": title, "status": self.status, "detail": self.detail, **self.more
        }  # fmt: skip

    def response(self) -> HttpResponse:
        """The answer to send."""
        response = HttpResponse(json.dumps(self.body, ensure_ascii=False), status=self.status, content_type=MEDIA_TYPE)
        if self.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="Consentry"'
        return response
