"""What `benchmarks.crawl` compares with: a bare aiohttp loop that asks the same URLs and keeps nothing.

Standard input: a line of JSON `[address, concurrency, timeout]`, then one per host: `[host, paths]`. It asks the paths
of a host one after another, `concurrency` hosts at once, reads each body up to 500 KiB, and prints a host that is done.
"""

import asyncio
import json
import sys
from collections.abc import Iterator

import aiohttp

from benchmarks.crawl_hosts import LIMIT

Host = tuple[str, list[str]]


async def ask(session: aiohttp.ClientSession, url: str, host: str) -> None:
    """One request; whatever goes wrong is the host's affair."""
    try:
        async with session.get(url, headers={"Host": host}, allow_redirects=False) as response:
            length = 0
            async for chunk in response.content.iter_any():
                length += len(chunk)
                if length > LIMIT:
                    break
    except (aiohttp.ClientError, TimeoutError, ValueError):
        pass


async def visit(session: aiohttp.ClientSession, address: str, hosts: Iterator[Host]) -> None:
    """One host after another."""
    for host, paths in hosts:
        for path in paths:
            await ask(session, f"http://{address}{path}", host)
        sys.stdout.write(f"{host}\n")
        sys.stdout.flush()


async def crawl(address: str, concurrency: int, timeout: float, hosts: Iterator[Host]) -> None:
    """All hosts."""
    connector = aiohttp.TCPConnector(limit=concurrency, force_close=True)  # on the web each host needs one of its own
    cookies, wait = aiohttp.DummyCookieJar(), aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=cookies, timeout=wait, auto_decompress=False
    ) as session:
        await asyncio.gather(*(visit(session, address, hosts) for _ in range(concurrency)))


if __name__ == "__main__":
    (address, concurrency, timeout), *lines = map(json.loads, sys.stdin)
    asyncio.run(crawl(address, concurrency, timeout, iter([(host, paths) for host, paths in lines])))
