"""`manage.py up` while its parts are killed in the middle of a count, a crawl and a scan: nothing lost or twice."""

import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from governance.stack import Home
from tests.governance.test_up import child_of, start
from tests.processes import PROJECT, Program, run, until
from tests.site import Answer, Site, serving

pytestmark = pytest.mark.timeout(400)

HOSTS = [f"site-{n:03}.example" for n in range(240)]
DOCUMENTS = ["ai.txt", "home", "llms.txt", "robots", "tdmrep", "terms"]  # each once
TOKENS = 100  # per document, and as many documents per host in each file
MANAGE = str(PROJECT / "manage.py")


def server_of(home: Home, program: str) -> int:
    """The pid of PostgreSQL or Valkey as it runs now."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().split(b"\0") if entry.exists() else [b""]
        if words[0].endswith(program.encode()) and any(str(home.root).encode() in word for word in words):
            return int(entry.parent.name)
    raise AssertionError(f"{program} does not run")


def kill_worker(product: "Product") -> None:
    os.kill(child_of(product.up, "worker"), signal.SIGKILL)


def kill_valkey(product: "Product") -> None:
    os.kill(server_of(product.home, "valkey-server"), signal.SIGKILL)


def kill_postgres(product: "Product") -> None:
    os.kill(server_of(product.home, "/postgres"), signal.SIGKILL)


def write_corpus(folder: Path, repeats: int) -> int:
    """Two gzip files of many equal members: quick to write, slow enough to count. Returns the tokens in all."""
    folder.mkdir()
    text = " ".join(["word"] * (TOKENS - 2) + ["mail", "x"])
    rows = "".join(json.dumps({"url": f"https://{host}/{n}", "text": text}) + "\n" for host in HOSTS for n in range(20))
    member = gzip.compress(rows.encode())
    for name in ("a", "b"):
        with (folder / f"{name}.jsonl.gz").open("wb") as out:
            out.writelines([member] * repeats)
    return 2 * repeats * len(HOSTS) * 20 * TOKENS


class Product:
    """A running product, driven as another process would drive it."""

    def __init__(self, up: Program, home: Home, site: Site) -> None:
        self.up, self.home, self.site = up, home, site

    def ask(self, sql: str, *values: object) -> list[tuple]:
        """Rows of the product's database; a restart of it is waited for."""
        for _ in range(100):
            try:
                with psycopg.connect(self.home.database_url) as connection:
                    return connection.execute(sql, values).fetchall()
            except psycopg.OperationalError:
                time.sleep(0.2)
        raise AssertionError("the database does not come back")

    def tell(self, code: str) -> str:
        """Run a line of Python in the product's shell."""
        done = run(MANAGE, "shell", "-v0", "-c", code, CONSENTRY_HOME=str(self.home.root))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def state(self, run_id: str) -> tuple[str, int, str]:
        [row] = self.ask("SELECT state, done, sentence FROM datacards_run WHERE id = %s", run_id)
        return row

    def in_the_middle(self, *run_ids: str) -> bool:
        """At least one of the runs has begun and not ended, and none has failed."""
        states = [self.state(run_id) for run_id in run_ids]
        assert all(state in ("pending", "running", "completed") for state, _, _ in states), states
        return any(state == "running" and done > 0 for state, done, _ in states)

    def ended(self, run_id: str) -> bool:
        return self.state(run_id)[0] not in ("pending", "running")

    def completed(self, *run_ids: str) -> None:
        for run_id in run_ids:
            until(partial(self.ended, run_id), 90)
            assert self.state(run_id)[0] == "completed", self.state(run_id)

    def counted(self, run_id: str) -> tuple[int, int]:
        """Tokens of the revision that a registration made, and the sum of its shares."""
        [row] = self.ask(
            "SELECT r.tokens, (SELECT sum(tokens)::bigint FROM datacards_domainshare s WHERE s.revision_id = r.id)"
            " FROM datacards_revision r WHERE r.run_id = %s", run_id,
        )  # fmt: skip
        return row

    def snapshots(self, run_id: str) -> dict[str, list[str]]:
        """Of which documents a crawl stored snapshots, by domain."""
        return dict(self.ask(
            "SELECT d.name, array_agg(s.channel::text ORDER BY s.channel)"
            " FROM crawler_snapshot s JOIN datacards_domain d ON d.id = s.domain_id"
            " WHERE s.run_id = %s GROUP BY 1", run_id,
        ))  # fmt: skip

    def scanned(self, run_id: str) -> tuple[int, int]:
        """Rows that a scan read, and rows that there are."""
        [row] = self.ask("SELECT rows, rows_known FROM audits_audit WHERE run_id = %s", run_id)
        return row

    def register(self, name: str, folder: Path) -> str:
        return self.tell(
            "from datacards.models import User; from datacards.register import submit;"
            "u, _ = User.objects.get_or_create(username='sam', defaults={'role': 'steward'});"
            f"print(submit(u, location={str(folder)!r}, name={name!r}).pk)"
        )

    def start(self, kind: str, name: str, params: str = "{}") -> str:
        return self.tell(
            "from datacards import runs; from datacards.models import Corpus;"
            f"c = Corpus.objects.get(name={name!r});"
            f"print(runs.start({kind!r}, by=c.owner, corpus=c, revision=c.latest,"
            f" params={{'revision': str(c.latest_id)}} | {params}).pk)"
        )


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("acc")
    hosts = {host: {"/robots.txt": Answer(b"User-agent: GPTBot\nDisallow: /\n", wait=0.5)} for host in HOSTS}
    with serving(hosts) as site:
        os.environ["CONSENTRY_CRAWL_LOOPBACK"] = site.address
        os.environ["CONSENTRY_CRAWL_CONCURRENCY"] = "20"
        up = start(folder / "home", folder / "log", "--workers=3")
        del os.environ["CONSENTRY_CRAWL_LOOPBACK"], os.environ["CONSENTRY_CRAWL_CONCURRENCY"]
        yield Product(up, Home(folder / "home"), site)
        up.stop(signal.SIGINT)


Accident = Callable[[Product], None]


@pytest.mark.slow
@pytest.mark.parametrize("accident", [kill_worker, kill_valkey, kill_postgres])
def test_a_count_a_crawl_and_a_scan_survive(
    product: Product, accident: Callable[[Product], None], tmp_path: Path
) -> None:
    """One accident in the middle of all three: each ends, with every token, domain and row counted once."""
    name, large, small = accident.__name__, tmp_path / "large", tmp_path / "small"
    tokens, rows = write_corpus(large, repeats=150), write_corpus(small, repeats=30) // TOKENS
    product.completed(product.register(f"small/{name}", small))
    crawl = product.start("crawl", f"small/{name}", "{'fresh_for_hours': 0}")
    scan = product.start("scan", f"small/{name}", "{'audit': 'pii.structured'}")
    count = product.register(f"large/{name}", large)
    until(lambda: product.in_the_middle(crawl, scan, count), 30)
    accident(product)
    product.completed(crawl, scan, count)
    assert product.counted(count) == (tokens, tokens)
    assert product.snapshots(crawl) == dict.fromkeys(HOSTS, DOCUMENTS)
    assert product.scanned(scan) == (rows, rows)
