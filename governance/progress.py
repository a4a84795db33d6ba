"""Progress bars for runs in a terminal: one line per run, drawn from the run's own row, whoever works on it."""

import time
from collections.abc import Callable, Mapping

from django.db import OperationalError, connection
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from datacards.models import Run, RunState
from governance.summary import shape
from governance.words import duration

LOOK_SECONDS = 0.2
ENDS = {
    RunState.COMPLETED: ("done", "green"),
    RunState.FAILED: ("failed", "red"),
    RunState.ERRORED: ("errored", "red"),
    RunState.CANCELLED: ("cancelled", "yellow"),
}


class _Mark(ProgressColumn):
    """How a run stands, by shape and colour; a task without a run has none."""

    def render(self, task: Task) -> Text:
        run: Run | None = task.fields.get("run")
        return shape(run.state) if run else Text(" ")


class _Count(ProgressColumn):
    """`1,200 of 4,000 documents`."""

    def render(self, task: Task) -> Text:
        unit = task.fields.get("unit", "")
        if task.total is None:
            run: Run | None = task.fields.get("run")
            return Text("" if run and run.ended else "waiting for a worker", style="dim")
        return Text(f"{int(task.completed):,} of {int(task.total):,} {unit}", style="cyan")


class _Pace(ProgressColumn):
    """Rate and time left while it runs, then how it ended and how long it took."""

    def render(self, task: Task) -> Text:
        run: Run | None = task.fields.get("run")
        if run is None:
            return Text("")
        if run.ended:
            word, colour = ENDS[RunState(run.state)]
            return Text(f"{word} in {run.seconds:.1f} s", style=colour)
        left = f", {duration(run.time_left)} left" if run.time_left is not None else ""
        return Text(f"{run.rate:,.0f}/s{left}" if run.rate else "", style="dim")


def bars(console: Console) -> Progress:
    """An empty set of bars; where the output is no terminal they are printed once, as they ended."""
    return Progress(
        _Mark(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28, complete_style="cyan", finished_style="green"),
        _Count(),
        _Pace(),
        console=console,
        refresh_per_second=8,
    )


def follow(runs: Mapping[str, Run], console: Console, halted: Callable[[], bool] = lambda: False) -> list[Run]:
    """Draw a bar per run until all have ended, or `halted` says so; returns the runs as they are then."""
    with bars(console) as drawn:
        tasks = {drawn.add_task(name, total=None, run=run, unit=run.unit): run for name, run in runs.items()}
        while not halted():
            ended = [_look(drawn, task, run) for task, run in tasks.items()]
            if all(ended):
                break
            time.sleep(LOOK_SECONDS)
    return list(tasks.values())


def _look(drawn: Progress, task: TaskID, run: Run) -> bool:
    """Read one run's row and draw it; True once it has ended."""
    try:
        run.refresh_from_db()
    except OperationalError:  # the database restarts; the run goes on when it is back
        connection.close()
        return False
    done = run.total if run.state == RunState.COMPLETED else run.done
    drawn.update(task, total=run.total, completed=done or 0, unit=run.unit, run=run)
    return run.ended
