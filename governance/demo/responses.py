"""What a site of the demo's web answers: plain data, no sockets."""

from dataclasses import dataclass, field

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """One HTTP answer. `dropped` closes the connection without a byte, as a broken server does."""

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()
    dropped: bool = False

    def with_header(self, name: str, value: str) -> "Response":
        """The same answer with one header more."""
        return Response(self.body, self.status, self.type, (*self.headers, (name, value)), self.dropped)


DROPPED = Response(dropped=True)
NOT_FOUND = Response(b"Not found.\n", 404)


def text(content: str, status: int = 200) -> Response:
    """A plain text answer in UTF-8."""
    return Response(content.encode(), status)


def page(title: str, body: str, head: str = "", status: int = 200) -> Response:
    """A small HTML document."""
    document = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>{head}</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
    return Response(document.encode(), status, HTML)


def moved(address: str, status: int = 301) -> Response:
    """A redirection; `//host/path` keeps the scheme that was asked for."""
    return Response(b"", status, TEXT, (("Location", address),))
