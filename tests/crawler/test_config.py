"""The crawler's settings, and what is told when they are wrong."""

from pytest_django.fixtures import Settings

from crawler.config import check_contact, check_loopback, check_settings, manners


def test_by_default_only_the_public_web_is_open(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_LOOPBACK = None
    found = manners()
    assert (found.schemes, found.ports, found.delay) == (("https", "http"), (80, 443), 1.0)
    assert not found.gate.admits("127.0.0.1", 80)


def test_the_loopback_flag_sends_all_requests_to_one_address_without_delay(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_LOOPBACK = "127.0.0.1:8080"
    found = manners()
    assert (found.schemes, found.delay, found.gate.loopback) == (("http",), 0.0, ("127.0.0.1", 8080))


def test_the_contact_is_part_of_the_user_agent(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_CONTACT = "https://example.org/crawler"
    assert manners().user_agent.endswith("; +https://example.org/crawler)")


def test_a_flag_that_is_no_loopback_address_is_an_error(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_LOOPBACK = "10.0.0.1:80"
    (error,) = check_settings()
    assert (error.id, "not a loopback address" in error.msg) == ("crawler.E001", True)


def test_ports_that_are_no_numbers_are_an_error(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_PORTS = ["http"]
    assert [error.id for error in check_settings()] == ["crawler.E001"]


def test_a_loopback_flag_left_on_is_warned_of(settings: Settings) -> None:
    assert check_loopback() == []
    settings.CONSENTRY_CRAWL_LOOPBACK = "127.0.0.1:8080"
    assert [warning.id for warning in check_loopback()] == ["crawler.W002"]


def test_crawling_the_public_web_without_a_contact_is_warned_of(settings: Settings) -> None:
    settings.CONSENTRY_CRAWL_LOOPBACK = None
    settings.CONSENTRY_CRAWL_CONTACT = ""
    assert [warning.id for warning in check_contact()] == ["crawler.W001"]
    settings.CONSENTRY_CRAWL_CONTACT = "crawl@example.org"
    assert check_contact() == []
