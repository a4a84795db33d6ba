"""Sending a request where the gate says, while it keeps the name of the host that it is for."""

from scrapy import Request

from crawler.addresses import Gate, host_header


def routed(request: Request, gate: Gate) -> Request:
    """The request as it is sent: with a loopback address to that, under its own Host header."""
    sent = request.replace(url=gate.route(request.url))
    sent.headers["Host"] = host_header(request.url)
    return sent
