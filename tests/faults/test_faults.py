"""A few minutes of what sweep.py plays in full: every write is a crash's once, every kind of fault is
there. The oracle is in runs.py: the end that a scenario waits for is the one without faults."""

import faults
import plan

WALKTHROUGH = "upgrade and restore"


def rotating(crashes):
    """Of each write one of its points, each time another."""
    return [crashes[3 * site + site % 3] for site in range(len(crashes) // 3)]


def test_a_crash_at_every_write_of_the_walkthrough(runs):
    runs.play_all(WALKTHROUGH, rotating(plan.crashes(runs.reference(WALKTHROUGH))))


def test_a_crash_in_the_middle_of_a_burst_leaves_the_bare_pod_alone(runs):
    write = plan.first_eviction(runs.reference("burst"))
    runs.play_all("burst", [faults.crash(write, "committed"), faults.crash(write + 2, "replied")])


def test_a_crash_while_a_statefulset_recreates_its_pod(runs):
    write = plan.first_eviction(runs.reference("ordered"))
    runs.play_all("ordered", [faults.crash(write, "committed"), faults.crash_into_the_past(write)])


def test_lost_events_of_one_namespace_do_not_move_pods_of_the_other(runs):
    name = "one name in two namespaces"
    write = plan.first_eviction(runs.reference(name))
    runs.play_all(name, [faults.crash(write, "committed"), faults.blind(write)])


def test_the_scheduler_wins_races_that_a_late_watch_would_lose(runs):
    name = "race with the scheduler"
    write = plan.first_eviction(runs.reference(name))
    late = [fault for fault in faults.event_faults("pods", write) if "late" in fault.name or "silent" in fault.name]
    runs.play_all(name, late)


def test_evictions_that_are_refused_or_whose_answer_is_lost(runs):
    reference = runs.reference(WALKTHROUGH)
    (eviction,) = [served for served in reference.served if served.get("subresource") == "eviction"]
    runs.play_all(WALKTHROUGH, [faults.answer(eviction, status, times=1) for status in (409, 429, 500)] +
                  [fault for fault in faults.connection_faults(eviction, times=1) if "1 s late" not in fault.name])


def test_watches_that_lose_their_place_or_say_nothing(runs):
    write = plan.first_eviction(runs.reference(WALKTHROUGH))
    runs.play_all(WALKTHROUGH, [
        *faults.stream_faults("pods", write),
        *(fault for fault in faults.event_faults("pods", write) if "late" not in fault.name),
        faults.blind(write)])


def test_a_restart_onto_an_older_view(runs):
    runs.play_all(WALKTHROUGH, plan.stale_restarts(runs.reference(WALKTHROUGH))[:3])


def test_the_pod_that_wastes_most_is_still_restored_first(runs):
    name = "most waste first"
    write = plan.first_eviction(runs.reference(name))
    runs.play_all(name, [faults.crash(write + 1, "committed"), faults.blind(write)])
