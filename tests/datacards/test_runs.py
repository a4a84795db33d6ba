"""The run engine: nothing lost, nothing twice, whoever dies when."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from datacards import runs
from datacards.errors import BadInput, Cancelled, Conflict
from datacards.models import Run, RunState, Unit, UnitState, User

pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """A job of five units that writes a line per unit: the lines tell how often effects happened."""

    kind, unit = "counting", "things"

    def __init__(self):
        self.worked, self.discarded, self.during = [], [], None

    def plan(self, run):
        return [runs.UnitSpec({"n": n}, total=10) for n in range(run.params.get("units", 5))]

    def work(self, unit, pulse):
        self.worked.append(unit.ordinal)
        if self.during:
            self.during(unit)
        pulse(done=5)
        return {"n": unit.spec["n"]}

    def store(self, unit, result):
        unit.run.say(f"stored {result['n']}")

    def finish(self, run):
        return {"lines": run.lines.count()}

    def discard(self, run):
        self.discarded.append(run.pk)


@pytest.fixture
def job():
    counting = Counting()
    runs.register_job(counting)
    yield counting
    del runs.JOBS["counting"]


@pytest.fixture
def run(job):
    return runs.start("counting", by=None, wake=False)


def die(unit):
    raise SystemExit("killed")


def lines(run):
    return sorted(run.lines.values_list("text", flat=True))


def end_leases(run):
    Unit.objects.filter(run=run).update(lease_until=timezone.now() - timedelta(seconds=1))
    Run.objects.filter(pk=run.pk).update(lease_until=None)


def test_a_run_ends_with_every_unit_done_and_its_outcome_stored(run):
    runs.work_until_done(run)
    assert (run.state, run.done, run.total) == (RunState.COMPLETED, 50, 50)
    assert run.outcome == {"lines": 5}


def test_a_unit_whose_worker_died_is_done_by_another_and_stored_once(run, job):
    job.during = die
    runs.work_once(run.pk)
    with pytest.raises(SystemExit):
        runs.work_once(run.pk)
    job.during = None
    end_leases(run)
    runs.work_until_done(run)
    assert job.worked.count(0) == 2
    assert lines(run) == [f"stored {n}" for n in range(5)]


def test_a_run_that_was_read_while_another_planned_it_is_not_planned_again(run, job):
    plan, read = job.plan, []

    def reading_plan(run):
        read.append(Run.objects.get(pk=run.pk))
        return plan(run)

    job.plan = reading_plan
    runs.work_once(run.pk)
    assert not read[0].planned
    assert not runs._claimed(read[0])


def test_a_unit_under_a_living_lease_is_left_alone(run, job):
    runs.work_once(run.pk)
    for _ in range(5):
        assert runs.claim_unit(run) is not None
    assert runs.claim_unit(run) is None


def test_a_worker_that_lost_its_lease_cannot_store(run, job):
    def steal(unit):
        Unit.objects.filter(pk=unit.pk).update(fence=unit.fence + 1)

    runs.work_once(run.pk)
    job.during = steal
    runs.work_once(run.pk)
    assert lines(run) == []


def test_many_workers_do_each_unit_once(job):
    run = runs.start("counting", by=None, params={"units": 40}, wake=False)
    runs.work_once(run.pk)

    def worker():
        from django.db import connection

        while runs.work_once(run.pk):
            pass
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    runs.work_until_done(run)
    assert sorted(job.worked) == list(range(40))
    assert run.lines.count() == 40


def test_a_second_delivery_of_the_plan_makes_no_second_set_of_units(run):
    runs.work_once(run.pk)
    stale = Run.objects.get(pk=run.pk)
    stale.planned, stale.fence = False, 0
    assert not runs._claimed(stale)
    assert run.units.count() == 5


def test_an_expected_error_fails_the_run_with_its_sentence(run, job):
    def refuse(unit):
        raise BadInput("The file a.csv is empty; give one with rows.")

    job.during = refuse
    runs.work_until_done(run)
    assert (run.state, run.sentence) == (RunState.FAILED, "The file a.csv is empty; give one with rows.")
    assert job.discarded == [run.pk]


def test_a_bug_is_an_error_with_a_reference_and_no_trace(run, job, caplog):
    def bug(unit):
        raise ZeroDivisionError("secret detail")

    job.during = bug
    runs.work_until_done(run)
    assert run.state == RunState.ERRORED
    assert "secret detail" not in run.sentence
    assert run.sentence[-9:-1] in caplog.text


def test_a_cancelled_run_does_no_more_work(run, job):
    runs.work_once(run.pk)
    runs.cancel(run, User.objects.create(username="ada"))
    assert runs.work_once(run.pk) is None
    assert (run.state, run.sentence, job.worked) == (RunState.CANCELLED, "Cancelled by ada.", [])


def test_a_run_cancelled_in_the_middle_of_a_unit_stores_nothing_of_it(run, job):
    job.during = lambda unit: runs.cancel(Run.objects.get(pk=run.pk))
    runs.work_until_done(run)
    assert (run.state, lines(run)) == (RunState.CANCELLED, [])


def test_a_run_that_has_ended_cannot_be_cancelled(run):
    runs.work_until_done(run)
    with pytest.raises(Conflict):
        runs.cancel(run)


def test_a_failed_run_is_tried_again_as_a_new_run(run, job):
    runs.cancel(run)
    again = runs.retry(run, wake=False)
    runs.work_until_done(again)
    assert (again.retry_of_id, again.state) == (run.pk, RunState.COMPLETED)


def test_a_completed_run_is_not_tried_again(run):
    runs.work_until_done(run)
    with pytest.raises(Conflict):
        runs.retry(run)


def test_the_sweep_finds_a_run_whose_wake_up_was_lost(run):
    assert runs.waiting() == [run.pk]


def test_the_sweep_finds_a_unit_whose_worker_died(run, job):
    job.during = die
    runs.work_once(run.pk)
    for _ in range(5):
        with pytest.raises(SystemExit):
            runs.work_once(run.pk)
    assert runs.waiting() == []
    end_leases(run)
    assert runs.waiting() == [run.pk]


def test_the_sweep_leaves_ended_runs_alone(run):
    runs.work_until_done(run)
    assert runs.waiting() == []


def test_a_unit_that_kills_three_workers_fails_the_run(run, job):
    runs.work_once(run.pk)
    Unit.objects.filter(run=run, ordinal=0).update(attempts=3)
    runs.work_until_done(run)
    assert run.state == RunState.FAILED
    assert "died 3 times" in run.sentence


def test_a_failed_finish_leaves_nothing_half_stored(run, job):
    def fail(run):
        run.say("half")
        raise BadInput("The parts do not fit together; register the corpus again.")

    job.finish = fail
    runs.work_until_done(run)
    assert run.state == RunState.FAILED
    assert not run.lines.filter(text="half").exists()


def test_no_state_leaves_an_ended_one(run):
    runs.work_until_done(run)
    for state in RunState:
        assert Run.objects.filter(pk=run.pk).move(to=state) == 0


def test_the_pulse_stops_work_whose_lease_was_lost(run, job):
    runs.work_once(run.pk)
    unit = runs.claim_unit(run)
    heart = runs.beating(unit)
    with heart as beat:
        Unit.objects.filter(pk=unit.pk).update(fence=unit.fence + 1)
        beat.beat()
        with pytest.raises(Cancelled):
            runs.Pulse(unit, beat)(done=1)


def test_progress_is_the_sum_of_the_units(run, job):
    runs.work_once(run.pk)
    runs.work_once(run.pk)
    run.refresh_from_db()
    assert (run.done, run.total) == (10, 50)
    assert Unit.objects.get(run=run, ordinal=0).state == UnitState.DONE
