"""The crawler's settings, handed down as one frozen value, and the checks that tell at start what is wrong."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from crawler.addresses import parse_loopback
from crawler.wire import Manners

PRODUCT = "Consentry/0.1"


def manners() -> Manners:
    """How this installation crawls. With a loopback address no delay is kept: behind all hosts is one test server."""
    loopback = parse_loopback(settings.CONSENTRY_CRAWL_LOOPBACK or "")
    return Manners(
        user_agent=user_agent(settings.CONSENTRY_CRAWL_CONTACT),
        handler="twisted" if settings.CONSENTRY_CRAWL_HANDLER == "twisted" else "aiohttp",
        concurrency=settings.CONSENTRY_CRAWL_CONCURRENCY,
        timeout=float(settings.CONSENTRY_CRAWL_TIMEOUT),
        delay=0.0 if loopback else float(settings.CONSENTRY_CRAWL_DELAY),
        loopback=loopback,
        ports=tuple(int(port) for port in settings.CONSENTRY_CRAWL_PORTS),
    )


def user_agent(contact: str) -> str:
    """Who asks, in words that a site owner understands, and where to complain."""
    purpose = "reads robots.txt to learn what may be used for AI"
    return f"{PRODUCT} ({purpose}; +{contact})" if contact else f"{PRODUCT} ({purpose})"


@register("crawler")
def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Wrong settings, by id and hint."""
    found: list[CheckMessage] = []
    try:
        manners()
    except ValueError as error:
        hint = "CONSENTRY_CRAWL_LOOPBACK is 127.0.0.1:PORT or unset; CONSENTRY_CRAWL_PORTS are numbers."
        found.append(Error(f"The crawler cannot be set up: {error}.", hint=hint, id="crawler.E001"))
    return found


@register("crawler", deploy=True)
def check_loopback(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What is crawled under the loopback flag is kept as evidence of sites that were never asked."""
    if not settings.CONSENTRY_CRAWL_LOOPBACK:
        return []
    said = f"Every site is asked at {settings.CONSENTRY_CRAWL_LOOPBACK}: whoever listens there speaks for all of them."
    hint = "Leave CONSENTRY_CRAWL_LOOPBACK out but for tests and the demo."
    return [Warning(said, hint=hint, id="crawler.W002")]


@register("crawler", deploy=True)
def check_contact(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever crawls the public web should say who he is."""
    if settings.CONSENTRY_CRAWL_CONTACT or settings.CONSENTRY_CRAWL_LOOPBACK:
        return []
    hint = "Set CONSENTRY_CRAWL_CONTACT to a page or mail address that tells site owners who you are."
    return [Warning("The crawler does not say whom to contact.", hint=hint, id="crawler.W001")]
