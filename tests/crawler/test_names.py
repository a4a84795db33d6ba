"""Names are looked up once in their life span, and never lead where the gate does not."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from typing import Any

import pytest
from aiohttp.abc import ResolveResult

from crawler import names
from crawler.addresses import Gate
from crawler.asking import NoAnswer
from crawler.handlers.direct import Direct
from crawler.names import Names
from crawler.wire import Manners
from tests.site import Answer, serving

PUBLIC, OTHER, INNER = "93.184.216.34", "93.184.216.35", "10.0.0.1"


def at_once(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in a loop of its own."""

    @wraps(test)
    def run(*values: Any, **named: Any) -> None:
        asyncio.run(test(*values, **named))

    return run


class Zone:
    """Names and where they lead, one answer after another; the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {f"{name}.test": iter(some) for name, some in answers.items()}
        self.asked: list[str] = []

    async def look_up(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        self.asked.append(host)
        await asyncio.sleep(0.01)
        found = next(self._answers.get(host, iter(())), None)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [_result(host, address) for address in found]


def _result(host: str, address: str) -> ResolveResult:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=0, family=kind, proto=0, flags=0)


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def resolver(zone: Zone, clock: Clock | None = None, gate: Gate | None = None) -> Names:
    return Names(gate or Gate(), zone.look_up, clock or Clock())


async def leads(known: Names, host: str = "a.test", port: int = 443) -> list[tuple[str, int]]:
    """Where a name leads; empty where nowhere."""
    try:
        return [(each["host"], each["port"]) for each in await known.resolve(host, port)]
    except OSError:
        return []


@at_once
async def test_a_name_is_looked_up_once_for_all_ports_and_letters() -> None:
    zone = Zone(a=[[PUBLIC], [OTHER]])
    known = resolver(zone)
    assert await leads(known) == [(PUBLIC, 443)]
    assert await leads(known, "A.test", 80) == [(PUBLIC, 80)]
    assert zone.asked == ["a.test"]


@at_once
async def test_requests_at_the_same_time_share_a_look_up() -> None:
    zone = Zone(a=[[PUBLIC], [OTHER]])
    known = resolver(zone)
    assert await asyncio.gather(*(leads(known) for _ in range(20))) == [[(PUBLIC, 443)]] * 20
    assert zone.asked == ["a.test"]


@at_once
async def test_a_name_is_looked_up_again_when_its_life_span_is_over() -> None:
    zone, clock = Zone(a=[[PUBLIC], [OTHER]]), Clock()
    known = resolver(zone, clock)
    await leads(known)
    clock.now = names.SECONDS - 0.1
    assert await leads(known) == [(PUBLIC, 443)]
    clock.now = names.SECONDS
    assert await leads(known) == [(OTHER, 443)]


@at_once
async def test_a_name_that_turns_inward_is_held_to_its_first_address_and_then_refused() -> None:
    zone, clock = Zone(a=[[PUBLIC], [INNER]]), Clock()
    known = resolver(zone, clock)
    assert [await leads(known), await leads(known, port=80)] == [[(PUBLIC, 443)], [(PUBLIC, 80)]]
    clock.now = names.SECONDS
    assert await leads(known) == []


@at_once
async def test_of_several_addresses_the_inner_ones_are_left_out() -> None:
    known = resolver(Zone(a=[[INNER, PUBLIC, "::1", "::ffff:10.0.0.1"]]))
    assert await leads(known) == [(PUBLIC, 443)]
    assert await leads(known, port=22) == []


@at_once
async def test_a_name_that_is_not_found_is_looked_up_again() -> None:
    zone = Zone(a=[[PUBLIC]])
    known = resolver(zone)
    assert await leads(known, "b.test") == await leads(known, "b.test") == []
    assert (zone.asked, len(known)) == (["b.test"] * 2, 0)


@at_once
async def test_one_who_leaves_does_not_end_the_look_up_of_the_others() -> None:
    known = resolver(Zone(a=[[PUBLIC]]))
    first, second = asyncio.ensure_future(leads(known)), asyncio.ensure_future(leads(known))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == [(PUBLIC, 443)]


@at_once
async def test_no_more_names_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST", 2)
    zone = Zone(a=[[PUBLIC], [OTHER]], b=[[PUBLIC]], c=[[PUBLIC]])
    known = resolver(zone)
    for host in ("a.test", "b.test", "c.test", "a.test"):
        await leads(known, host)
    assert (zone.asked, len(known)) == (["a.test", "b.test", "c.test", "a.test"], 2)


@pytest.fixture
def port() -> Iterator[int]:
    """A web on 127.0.0.1, which nothing public leads to."""
    with serving(lambda host, path: Answer(host.encode())) as site:
        yield int(site.address.rpartition(":")[2])
        assert not site.asked


async def sent(port: int, zone: Zone, *urls: str) -> list[str]:
    """What asking for URLs comes to, with names from a zone."""
    manners = Manners("test", timeout=3.0, ports=(port,))
    direct = Direct(manners, resolver(zone, gate=manners.gate))
    said = []
    for url in urls:
        try:
            said.append((await direct.send(url, {}, 1000)).body.decode())
        except NoAnswer as error:
            said.append(f"{error}, hopeless" if error.hopeless else str(error))
    await direct.close()
    return said


@at_once
async def test_a_name_that_leads_inside_is_never_connected_to(port: int) -> None:
    zone = Zone(a=[["127.0.0.1"]], b=[["::1", "127.0.0.1"]])
    told = await sent(port, zone, f"http://a.test:{port}/", f"http://b.test:{port}/")
    assert told == ["the host's name has no public address, hopeless"] * 2


@at_once
async def test_an_address_that_slips_through_the_look_up_is_stopped_at_its_socket(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Names, "_admitted", lambda self, host, port, found: [{**each, "port": port} for each in found])
    (told,) = await sent(port, Zone(a=[["127.0.0.1"]]), f"http://a.test:{port}/")
    assert told == "the host's name has no public address, hopeless"


@pytest.mark.parametrize("target", ["http://127.0.0.1/x", "http://[::ffff:10.0.0.1]/x", "http://169.254.169.254/x"])
def test_a_redirect_to_an_inner_address_is_refused_before_it_is_asked(target: str) -> None:
    assert Gate().objection(target) == Gate(loopback=("127.0.0.1", 1)).objection(target)
    assert Gate().objection(target) == "the host's name has no public address"
