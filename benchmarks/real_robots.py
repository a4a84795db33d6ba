"""Crawls the 4,231 real robots.txt files of protego 0.3.1 on a loopback web, and reports on a real corpus.

    python -m benchmarks.real_robots --corpus ../shared/data/domain_tokens.csv [--files FOLDER_OR_SDIST] [--home DIR]

1. serves the files under their own host names (and www.X for X, or X for www.X, as a redirect to the one that has a
   file); every other host answers 404;
2. registers two corpora: the 4,231 hosts themselves, and the table given (columns `url` and `c4_tokens`);
3. crawls both through the run engine, with a real child process, on an embedded PostgreSQL of its own;
4. reports: rate, fetch states, and for the domains that both have the share of C4 tokens that refuse CCBot and
   ia_archiver, beside a reference computation (0.235 % and 1.799 %), with whatever explains a difference.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.robots_files import robots_files

if TYPE_CHECKING:  # Django is set up only when the web's address is known
    from datacards.models import Revision

REFERENCE = {"CCBot": 0.235, "ia_archiver": 1.799}
console = Console()


def main() -> None:
    """Serve, register, crawl, report."""
    options = _options()
    if options.serve:
        serve(options.files)
        return
    with tempfile.TemporaryDirectory(prefix="real-robots-") as scratch:
        home = options.home or Path(scratch)
        command = [sys.executable, "-m", "benchmarks.real_robots", "--serve"]
        command += ["--files", str(options.files)] if options.files else []
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as web:
            assert web.stdin is not None
            assert web.stdout is not None
            os.environ |= {"CONSENTRY_HOME": str(home), "CONSENTRY_CRAWL_LOOPBACK": web.stdout.readline().strip()}
            try:
                run(options.corpus, list(robots_files(options.files)), Path(scratch))
            finally:
                web.stdin.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/data/domain_tokens.csv"))
    parser.add_argument("--files", type=Path, help="folder of files, or the sdist (default: pip download)")
    parser.add_argument("--home", type=Path, help="data folder to keep (default: a temporary one)")
    parser.add_argument("--serve", action="store_true", help="only serve the files, until standard input ends")
    return parser.parse_args()


# --- the web -----------------------------------------------------------------------------------------------


def serve(files: Path | None) -> None:
    """Serve the files in this process; prints the address, ends with standard input."""
    from tests.site import Answer, serving

    bodies = {host_of(name): body for name, body in robots_files(files).items()}

    def answer(host: str, path: str) -> Answer | None:
        if path != "/robots.txt":
            return None
        if host in bodies:
            return Answer(bodies[host], headers={"Content-Type": "text/plain"})
        other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        return Answer.to(f"https://{other}/robots.txt") if other in bodies else None

    with serving(answer) as site:
        print(site.address, flush=True)
        sys.stdin.read()


def host_of(name: str) -> str:
    """The host of a file: those fetched from `host:443` are named `host_443`."""
    return name.removesuffix("_443")


# --- the crawl ---------------------------------------------------------------------------------------------


def run(table: Path, hosts: list[str], scratch: Path) -> None:
    """Register and crawl both corpora, then report."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    import django

    django.setup()
    from governance.terminal import command_stack

    every = scratch / "hosts.csv"
    every.write_text("domain,tokens\n" + "".join(f"{host},1\n" for host in sorted(set(map(host_of, hosts)))))
    with command_stack():
        crawl("bench/real-hosts", every)
        revision = crawl("bench/c4-domains", table, url_column="url", tokens_column="c4_tokens")
        report(revision, common(table, hosts))


def crawl(name: str, table: Path, **columns: str) -> "Revision":
    """Register a table as a corpus and crawl it; returns its revision."""
    from crawler.models import Snapshot
    from datacards import register, runs
    from datacards.models import Revision
    from governance.locally import drive, local_person

    person = local_person()
    asked = register.submit(person, location=str(table.absolute()), name=name, **columns, wake=False)
    (registered,) = drive({f"register {name}": asked}, console)
    revision = Revision.objects.select_related("corpus").get(pk=registered.outcome["revision"])
    began = time.monotonic()
    asked = runs.start("crawl", by=person, revision=revision, corpus=revision.corpus, wake=False)
    (done,) = drive({f"crawl {name}": asked}, console)
    seconds = time.monotonic() - began
    evidence = Snapshot.objects.filter(run=done, content__isnull=False).values("content").distinct().count()
    console.print(
        f"{name}: {done.outcome['fetched']:,} domains in {seconds:.1f} s ({done.outcome['fetched'] / seconds:,.0f}/s), "
        f"{evidence:,} different contents; states {done.outcome['states']}"
    )
    return revision


# --- the report --------------------------------------------------------------------------------------------


def common(table: Path, hosts: list[str]) -> dict[str, int]:
    """C4 tokens of the table's domains that are among the hosts, www. or not."""
    known = {host.removeprefix("www.") for host in hosts}
    with table.open() as file:
        rows = [(row["url"], int(row["c4_tokens"] or 0)) for row in csv.DictReader(file)]
    return {domain: tokens for domain, tokens in rows if domain.removeprefix("www.") in known}


def report(revision: "Revision", tokens: dict[str, int]) -> None:
    """Print the shares of the common domains, and of the whole corpus."""
    from crawler.consent import restriction

    total, refusing = sum(tokens.values()), refusals(tokens)
    sites = len({domain.removeprefix("www.") for domain in tokens})
    table = Table(title=f"{sites} sites that both have ({len(tokens)} domains, {total:,} C4 tokens)")
    for column in ("agent", "sites that refuse all", "tokens", "share", "reference", "without `Disallow: *`"):
        table.add_column(column, justify="left" if column == "agent" else "right")
    for agent, reference in REFERENCE.items():
        found = refusing[agent]
        sum_all = sum(tokens[domain] for domain in found)
        literal = sum(tokens[domain] for domain, rule in found.items() if rule == "Disallow: /")
        count = len({domain.removeprefix("www.") for domain in found})
        table.add_row(
            agent, f"{count}", f"{sum_all:,}", f"{sum_all / total:.3%}", f"{reference:.3f}%", f"{literal / total:.3%}"
        )
    console.print(table)
    for agent, domains in refusing.items():
        for domain, rule in domains.items():
            if rule != "Disallow: /":
                share = tokens[domain] / total
                console.print(f"{agent}: {domain} says {rule!r}: {tokens[domain]:,} tokens, {share:.3%}; RFC 9309 "
                              "section 2.2.3 lets `*` match every path, so nothing may be fetched.")  # fmt: skip
    whole = restriction(revision)
    console.print(f"The whole corpus: {whole.total_tokens:,} tokens; checked {whole.checked_share:.1%}; "
                  f"refused to training {whole.refused_share('train'):.3%}; evidence {whole.digest[:16]}…")  # fmt: skip


def refusals(tokens: dict[str, int]) -> dict[str, dict[str, str]]:
    """Agent → domain that refuses it everything → the rule that does."""
    from crawler.history import reading
    from crawler.models import Snapshot

    newest = Snapshot.objects.filter(domain__name__in=tokens).order_by("domain", "-fetched_at").distinct("domain")
    found: dict[str, dict[str, str]] = {agent: {} for agent in REFERENCE}
    for snapshot in newest.select_related("domain", "content__levels__roll"):
        levels = snapshot.content.levels.levels() if snapshot.content and snapshot.content.levels else {}
        for agent in REFERENCE:
            if levels.get(agent) == "all":
                rules = {each.agent.name: each.rule for each in reading(snapshot).agents}
                found[agent][snapshot.domain.name] = rules[agent] or ""
    return found


if __name__ == "__main__":
    main()
