"""The demo's script: what its people do, done by the product's own workers, and what comes of it."""

import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from crawler.models import ConsentChange, Snapshot
from datacards import runs
from datacards.errors import Unavailable
from datacards.models import Corpus, Dataset, DomainShare, Run, RunState, User
from governance import acts, computed
from governance.demo import accounts, loading, world
from governance.demo.files import write
from governance.demo.sites import CHANGING
from governance.demo.web import Web
from governance.demo.world import CORPORA, FILTERED, PEOPLE, WEB
from governance.models import Decision, Standing
from governance.progress import bars, follow
from governance.reports import write_report
from governance.summary import SHAPES, badge
from governance.words import compact, percent, plural

PATIENCE = 90.0  # seconds for governance to notice by itself what changed
LOOK_SECONDS = 0.2
ROBOTS = "/robots.txt"


class Halted(Exception):
    """Somebody pressed Ctrl-C; the play ends where it is."""


class Play:
    """One performance. `halted` is asked often; when it says so, `run` raises `Halted`."""

    def __init__(self, console: Console, web: Web, address: str, halted: Callable[[], bool]) -> None:
        self.console = console
        self.web = web
        self.address = address
        self.halted = halted
        self.corpora: dict[str, Corpus] = {}
        self.passwords: dict[str, str] = {}
        self.folder = Path(settings.CONSENTRY_HOME) / "demo"

    def run(self) -> None:
        """Play it from the first scene to the last."""
        close_old_connections()
        began = time.monotonic()
        self.load()
        self.put_on_record()
        self.observe()
        before = self.decide()
        self.change_a_mind()
        flipped = self.wait_for_flips(before)
        self.show_flips(before, flipped)
        self.show_path()
        self.report()
        self._say(f"All of this took {time.monotonic() - began:.0f} seconds.")
        self.tell_where()

    # --- the scenes -------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Seven corpora: written to disk, registered, described."""
        self._scene("Register", "Seven corpora of our own: files are fingerprinted, tokens counted by domain.")
        self.passwords = accounts.seat()
        places = self._write_world()
        self._work(loading.register(self.steward, places))
        self.corpora = loading.describe(self.steward)

    def _write_world(self) -> dict[str, Path]:
        with bars(self.console) as drawn:
            task = drawn.add_task("write the world", total=len(CORPORA), unit="corpora")
            return write(self.folder, lambda _: drawn.advance(task))

    def put_on_record(self) -> None:
        """Datasets that others hold, as their papers and the Hub describe them."""
        self._scene("On record", "Ten datasets of the literature, with who says what of each, and its licence if any.")
        self._work({loading.REGISTER: loading.put_on_record(self.steward)})
        unstated = Dataset.objects.filter(register=loading.REGISTER, licence_claims=None).count()
        self._say(f"Of {unstated} of them nobody on record states a licence, and none is made up.")

    def observe(self) -> None:
        """Every site is asked, every text is read."""
        self._scene("Crawl", f"{plural(len(world.SITES), 'site')} are asked for their robots.txt: what may whom?")
        self._work({name: self._crawl(corpus, "The demo begins.") for name, corpus in self.corpora.items()})
        self._scene("Scan", "Every text is searched for personal data.")
        with_text = {name: c for name, c in self.corpora.items() if c.revision.text_column}
        self._work({name: acts.scan(self.steward, corpus) for name, corpus in with_text.items()})
        self._scene("Profile", "Lengths, languages and repetitions are measured, for the Data Cards.")
        self._work({name: acts.profile(self.steward, corpus) for name, corpus in with_text.items()})

    def decide(self) -> dict[str, Decision]:
        """The policy judges the evidence; returns the decisions by corpus."""
        self._scene("Decide", "The policy “Open release” judges licence, consent, scan, card and lineage.")
        for corpus in self.corpora.values():
            computed.refresh(corpus)  # so that the cards that are judged say what was measured
        decisions = {name: acts.decide(self.steward, corpus) for name, corpus in self.corpora.items()}
        table = _table("decision", "corpus", "refused", "because")
        for name, decision in decisions.items():
            table.add_row(badge(decision.outcome), name, _refused(decision), _because(decision))
        self._show(table)
        return decisions

    def change_a_mind(self) -> None:
        """One site refuses from now on, and is asked again."""
        self._scene("A site changes its mind", f"{CHANGING} adds to its robots.txt:")
        lines = world.CHANGED_ROBOTS.strip().splitlines()
        self._show(Text("\n".join(f"  + {line}" for line in lines[-4:]), style="yellow"))
        self.web.change(CHANGING, ROBOTS, world.changed_robots())
        self._work({WEB.name: self._crawl(self.corpora[WEB.name], "A day goes by in the demo.")})

    def wait_for_flips(self, before: dict[str, Decision]) -> dict[str, Decision]:
        """Nobody asks for a decision now: governance notices the change, and decides on all that is downstream."""
        expected = {WEB.name, FILTERED.name}
        deadline = time.monotonic() + PATIENCE
        with self.console.status("Governance looks for what is new, and decides again …"):
            while time.monotonic() < deadline:
                self._stop_if_halted()
                now = self._standing()
                flipped = {name: d for name, d in now.items() if d.outcome != before[name].outcome}
                if expected <= set(flipped):
                    return flipped
                time.sleep(LOOK_SECONDS)
        raise Unavailable(
            f"Governance decided on nothing new within {PATIENCE:.0f} s; see {settings.HOME.log}/demo.log."
        )

    def show_flips(self, before: dict[str, Decision], flipped: dict[str, Decision]) -> None:
        """Which decisions flipped, and why."""
        for name, decision in flipped.items():
            was, moved = before[name], f"  refused {_refused(before[name])} → {_refused(decision)}"
            turn = (badge(was.outcome), " → ", badge(decision.outcome, heading=True))
            self._show(Text.assemble((f"{name}  ", "bold"), *turn, moved))
            for reason in decision.reasons:
                self._show(Text(reason["sentence"], style="dim"), indent=4)
        self._say(f"The other {plural(len(before) - len(flipped), 'decision')} stand as they were.")

    def show_path(self) -> None:
        """From the line in robots.txt to all that was made of it."""
        snapshot = Snapshot.objects.filter(domain__name=CHANGING).latest("fetched_at")
        self.console.print()
        self._say("The path, from the evidence to what it hits:")
        self._show(Text(f"{CHANGING}{ROBOTS}, fetched {snapshot.fetched_at:%H:%M:%S} UTC", style="bold"))
        for depth, name in enumerate((WEB.name, FILTERED.name)):
            revision = self.corpora[name].revision
            share = DomainShare.objects.get(revision=revision, domain__name=CHANGING)
            hit = f": {compact(share.tokens)} of its {compact(revision.tokens)} tokens, "
            made = " (filtered from it)" if depth else ""
            percentage = (percent(share.tokens / revision.tokens), "red")
            line = Text.assemble("└─ ", (str(revision), "bold"), made, hit, percentage)
            self._show(line, indent=2 + 3 * depth)

    def report(self) -> None:
        """One report per corpus that flipped."""
        self._scene("Report", "HTML to read, CSV and Parquet to compute with:")
        for name in (WEB.name, FILTERED.name):
            decision = self._standing()[name]
            files = write_report(decision, self.folder / "reports" / name.replace("/", "--"), self.steward)
            self.console.print(f"  {files[0]}", soft_wrap=True, highlight=False)

    def tell_where(self) -> None:
        """The pages' address, and who may sign in."""
        self._scene("Look around", f"The pages are at {self.address}")
        for title, page in self._pages().items():
            self.console.print(f"  {title:<10} {self.address}{page}", soft_wrap=True, highlight=False)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("sign in as", no_wrap=True)
        table.add_column("password", no_wrap=True)
        table.add_column("who")
        for person in PEOPLE:
            table.add_row(person.name, self.passwords[person.name], Text(person.task, style="dim"))
        self.console.print()
        self._show(table)
        self._say("In the demo every site is asked on this machine; `manage.py up` asks the real web.")

    def _pages(self) -> dict[str, str]:
        """Where to see what has happened."""
        standing = self._standing()
        change = ConsentChange.objects.filter(domain__name=CHANGING).latest("at")
        return {
            "decision": reverse("decision", args=[standing[WEB.name].pk]),
            "change": reverse("change", args=[change.pk]),
            "domain": reverse("domain", args=[CHANGING]),
            "datasets": reverse("datasets"),
            "lineage": reverse("corpus-lineage", args=[self.corpora[FILTERED.name].pk]),
        }

    # --- the stage --------------------------------------------------------------------------------------------

    @property
    def steward(self) -> User:
        """Who does what the play shows."""
        return User.objects.get(username="steward")

    def _crawl(self, corpus: Corpus, reason: str) -> Run:
        """Ask again also those sites that were asked within the last day."""
        params = {"revision": str(corpus.latest_id), "fresh_for_hours": 0}
        return runs.start(
            "crawl", by=self.steward, params=params, reason=reason, corpus=corpus, revision=corpus.revision
        )  # fmt: skip

    def _standing(self) -> dict[str, Decision]:
        rows = Standing.objects.filter(corpus__in=self.corpora.values()).exclude(decision=None)
        standing = {
            row.corpus.name: row.decision for row in rows.select_related("corpus", "decision__revision__corpus")
        }
        return {name: decision for name, decision in standing.items() if decision}

    def _work(self, asked: dict[str, Run]) -> None:
        """Watch the workers do it."""
        for run in follow(asked, self.console, self.halted):
            if run.state == RunState.COMPLETED:
                continue
            self._stop_if_halted()
            raise Unavailable(f"The run {run.kind} of {run.corpus or 'the demo'} ended as {run.state}: {run.sentence}")
        self._stop_if_halted()

    def _stop_if_halted(self) -> None:
        if self.halted():
            raise Halted

    def _scene(self, title: str, line: str) -> None:
        self._stop_if_halted()
        self.console.print()
        self.console.print(Text.assemble((f"{SHAPES['busy']} {title}  ", "bold cyan"), line))

    def _say(self, line: str) -> None:
        self.console.print(Padding(Text(line), (0, 0, 0, 2)))

    def _show(self, what: Table | Text, indent: int = 2) -> None:
        self.console.print(Padding(what, (0, 0, 0, indent)))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, justify="right" if column == "refused" else "left", no_wrap=column != "because")
    return table


def _refused(decision: Decision) -> str:
    return percent(decision.facts["consent.refused_share"]["value"])


def _because(decision: Decision) -> Text:
    """What holds it back most."""
    if decision.outcome == "approved":
        return Text("every rule is met", style="dim")
    first, *more = decision.reasons
    rest = f" And {plural(len(more), 'reason')} more." if more else ""
    return Text(first["sentence"] + rest, style="dim")
