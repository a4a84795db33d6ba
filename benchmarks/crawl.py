"""Crawls a loopback web of 20,000 hosts, 5 % of them slow, dead or hostile, beside a bare aiohttp loop.

    python -m benchmarks.crawl [--hosts 20000] [--rounds 2] [--documents all|robots] [--concurrency 300]

All of it happens in a network namespace that has no device but loopback, so that no request can leave it.

1. Rates. In turns: our crawl with one process, a bare aiohttp loop that asks exactly the requests which that crawl
   made (the same hosts and paths in the same order, as many hosts at once, the same time limit; it parses nothing and
   keeps nothing), and our crawl with two processes, each with half of the hosts and of the concurrency. The rate is
   hosts per second, from the web's first request until 90 % of the hosts were done. CPU time has the starts in it.
2. The open gate. A tenth as many hosts by the crawl as it runs outside, without the loopback flag: real name look-ups
   (some of which deceive), https first, public addresses, beside inner ones that must never be connected to.

Exits with 1 when a rate is below its target (one process 0.35, two 0.6 of the bare loop), a process held more than
300 MB, a bad host was not told as what it is, a body is not its host's own, or an inner address was asked.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from benchmarks import crawl_names
from benchmarks.crawl_apart import PUBLIC, devices, enter
from benchmarks.crawl_hosts import BAD, hosts, kind_of, robots
from benchmarks.crawl_rounds import Requests, Round, Web, bare, manners, ours, web
from crawler.documents import Document
from crawler.wire import ALL, Answer, Manners

TARGETS = {1: 0.35, 2: 0.6}
MOST_MEMORY = 300 * 1000 * 1000
TIMEOUT = Manners("").timeout
console = Console(width=120, highlight=False)


def main() -> None:
    """Crawl, tell, judge."""
    options = _options()
    documents = ALL if options.documents == "all" else (Document.ROBOTS,)
    refused = enter()
    if refused:
        console.print(f"[red]{refused}; without it nothing can be shown.")
        sys.exit(1)
    with web("127.0.0.1:0", "0.0.0.0:80", "names") as served:
        faults = [*_rates(served, options, documents), *_open(served, options, documents)]
    for fault in faults:
        console.print(f"[red]{fault}")
    console.print(f"devices of the network: {', '.join(devices())}; {len(faults)} faults")
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=300)
    parser.add_argument("--documents", choices=("all", "robots"), default="all")
    parser.add_argument("--any-rate", action="store_true", help="judge all but the rates (for small or busy machines)")
    return parser.parse_args()


# --- rates -------------------------------------------------------------------------------------------------


def _rates(served: Web, options: argparse.Namespace, documents: tuple[Document, ...]) -> Iterator[str]:
    names = list(hosts(options.hosts))
    rounds: dict[int, list[Round]] = {0: [], 1: [], 2: []}  # by processes of ours; 0 is the bare loop
    requests: Requests = {}
    for number in range(options.rounds):
        for processes in (1, 0, 2):
            if processes:
                polite = manners(served.addresses[0], options.concurrency // processes)
                label = f"ours, {processes} process{'es' * (processes > 1)}"
                done, asked = ours(label, served, polite, names, processes, documents)
                yield from _judged(done, names)
                requests = asked if processes == 1 else requests
            else:
                done, _ = bare(served, options.concurrency, TIMEOUT, requests)
            console.print(f"round {number + 1}: {done.name}: {done.rate:,.0f} hosts/s")
            rounds[processes].append(done)
    best = {processes: max(some, key=lambda done: done.rate) for processes, some in rounds.items()}
    _tell(best)
    for processes, target in TARGETS.items():
        ratio = best[processes].rate / best[0].rate
        if ratio < target and not options.any_rate:
            yield f"{best[processes].name}: {ratio:.2f} of the bare loop, below {target}"


def _tell(best: dict[int, Round]) -> None:
    table = Table(title="The best round of each")
    for column in (
        "",
        "hosts/s",
        "requests/s",
        "of the bare loop",
        "requests",
        "CPU ms each",
        "seconds",
        "peak memory",
    ):
        table.add_column(column, justify="left" if not column else "right")
    for done in best.values():
        memory = ", ".join(f"{each / 1e6:.0f} MB" for each in done.memory)
        table.add_row(
            done.name, f"{done.rate:,.0f}", f"{done.request_rate:,.0f}", f"{done.rate / best[0].rate:.2f}",
            f"{done.requests:,}", f"{1000 * done.cpu / done.requests:.2f}", f"{done.until_end:.1f}", memory,
        )  # fmt: skip
    console.print(table)


# --- the open gate -----------------------------------------------------------------------------------------


def _open(served: Web, options: argparse.Namespace, documents: tuple[Document, ...]) -> Iterator[str]:
    before = served.connects()
    names = list(hosts(options.hosts // 10))
    names += [f"{kind}-{number}.test" for kind in crawl_names.KINDS for number in range(5)]
    polite = replace(manners(served.addresses[0], options.concurrency), loopback=None)
    done, _ = ours("open gate", served, polite, names, 1, documents)
    yield from _judged(done, names)
    after = served.connects()
    came = {address: count - before.get(address, 0) for address, count in after.items()}
    strange = {address: count for address, count in came.items() if count and address.rpartition(":")[0] not in PUBLIC}
    strange.pop(served.addresses[0], None)  # where the count itself is asked for
    if strange:
        yield f"connections to inner addresses: {strange}"
    most = max(served.names().values())
    if most > 1:
        yield f"a name was looked up {most} times within its life span"
    console.print(
        f"open gate: {len(names):,} hosts, {done.rate:,.0f} hosts/s, {sum(came.values()):,} connections to "
        f"{len(PUBLIC)} public addresses and {sum(strange.values())} to inner ones; {len(served.names()):,} names, "
        f"each looked up at most {most} times; peak memory {done.memory[0] / 1e6:.0f} MB"
    )


# --- what has to be true -----------------------------------------------------------------------------------


def _judged(done: Round, names: list[str]) -> Iterator[str]:
    """What is wrong with a crawl: domains without an answer, findings that are missing, bodies of other hosts."""
    if missing := set(names) - set(done.answers):
        yield f"{done.name}: no answer for {len(missing)} hosts, such as {min(missing)}"
    for memory in done.memory:
        if memory > MOST_MEMORY:
            yield f"{done.name}: a process held {memory / 1e6:.0f} MB"
    wrong = [told for answer in done.answers.values() if (told := _wrong(answer))]
    yield from (f"{done.name}: {told}" for told in wrong[:10])
    findings = sum(1 for answer in done.answers.values() if kind_of(answer.domain))
    console.print(f"{done.name}: {findings} bad hosts of {len(BAD)} kinds, {len(wrong)} not told as what they are")


def _wrong(answer: Answer) -> str:
    """What an answer says of its host that is not so; empty where all is well."""
    host, fetch = answer.domain, answer.fetches[0]
    kind = host.partition("-")[0]
    if kind in BAD and kind != "slow":
        states, words = BAD[kind].states, BAD[kind].words
    else:
        expected = crawl_names.KINDS.get(kind, ("ok", ""))
        states, words = (expected[0],), expected[1]
    if fetch.state not in states or words not in fetch.error:
        return f"{host} is told as {fetch.state} ({fetch.error[:80]})"
    own = b"User-agent: *\n" if kind == "long" else robots(host)
    if fetch.state == "ok" and kind != "charset" and fetch.digest != hashlib.sha256(own).hexdigest():
        return f"{host} was told with another body than its own"
    return ""


if __name__ == "__main__":
    main()
