"""The demo's web answers over a real socket as its sites say."""

import http.client
import threading
from collections.abc import Iterator

import pytest

from governance.demo.responses import text
from governance.demo.sites import CHANGING
from governance.demo.web import Web
from governance.demo.world import SITES, changed_robots


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(SITES) as web:
        yield web


def get(web: Web, host: str, path: str = "/robots.txt", method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(web.address, timeout=10)
    connection.request(method, path, headers={"Host": host})
    answer = connection.getresponse()
    answer.content = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def body(web: Web, host: str, path: str = "/robots.txt") -> bytes:
    content: bytes = get(web, host, path).content  # type: ignore[attr-defined]
    return content


def host_of(stance: str) -> str:
    return next(host for host, site in SITES.items() if site.stance.name == stance)


def test_each_host_answers_for_itself(web: Web) -> None:
    assert body(web, host_of("full")) == SITES[host_of("full")].answer("/robots.txt").body
    assert b"Disallow: /" not in body(web, host_of("allow-all"))


@pytest.mark.parametrize(
    ("stance", "status"), [("missing", 404), ("gone", 410), ("refused", 403), ("server-error", 500), ("too-many", 429)]
)
def test_a_stance_without_rules_answers_its_status(web: Web, stance: str, status: int) -> None:
    assert get(web, host_of(stance)).status == status


def test_a_broken_site_closes_the_connection(web: Web) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        get(web, host_of("dropped"))


def test_a_host_that_does_not_exist_gives_no_answer(web: Web) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        get(web, "nobody.example")


def test_a_redirection_leads_to_another_host_of_the_same_scheme(web: Web) -> None:
    location = get(web, host_of("moved-list")).headers["Location"]
    assert location == f"//{host_of('list')}/robots.txt"


def test_the_port_in_the_host_header_does_not_matter(web: Web) -> None:
    assert body(web, f"{host_of('full')}:8080") == body(web, host_of("full"))


def test_a_site_can_change_its_mind(web: Web) -> None:
    assert b"GPTBot" not in body(web, CHANGING)
    web.change(CHANGING, "/robots.txt", changed_robots())
    assert b"GPTBot" in body(web, CHANGING)


def test_a_change_touches_no_other_path_and_no_other_web(web: Web) -> None:
    web.change(CHANGING, "/robots.txt", text("User-agent: *\nDisallow: /"))
    assert CHANGING.encode() in body(web, CHANGING, "/")
    with Web(SITES) as other:
        assert b"GPTBot" not in body(other, CHANGING)


def test_requests_are_counted_by_host_and_path(web: Web) -> None:
    for _ in range(3):
        get(web, CHANGING)
    assert (web.asked(CHANGING), web.asked(CHANGING, "/terms"), web.asked(host_of("full"))) == (3, 0, 0)


def test_a_head_request_has_headers_and_no_body(web: Web) -> None:
    answer = get(web, host_of("full"), method="HEAD")
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.content == b""  # type: ignore[attr-defined]


def test_two_hundred_connections_at_once_are_all_answered(web: Web) -> None:
    hosts = [host for host, site in SITES.items() if site.stance.name != "dropped"][:200]
    threads = [threading.Thread(target=get, args=(web, host)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(web.requests.values()) == 200


def test_a_signal_is_served_where_its_channel_looks_for_it(web: Web) -> None:
    reserved = list(SITES)[[site.stance.name for site in SITES.values()].index("both")]
    assert b'"tdm-reservation": 1' in body(web, reserved, "/.well-known/tdmrep.json")
    assert get(web, CHANGING, "/.well-known/tdmrep.json").status == 404


def test_a_strict_site_forbids_training_in_its_terms(web: Web) -> None:
    assert b"train" in body(web, host_of("both"), "/terms")
