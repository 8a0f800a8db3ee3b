"""Which faults a scenario is played under, from what a run without any shows."""

import faults
from bench import LEASE_SECONDS


def watched(reference):
    return sorted({served["resource"] for served in reference.served if served.get("watch")})


def first_eviction(reference):
    return next(write["number"] for write in reference.writes if write["target"].get("subresource") == "eviction")


def crashes(reference):
    """Every write, at three points."""
    return [faults.crash(write["number"], point) for write in reference.writes for point in faults.POINTS]


def stale_restarts(reference):
    """A restart onto an older view, at every eviction and every write after the first of them."""
    return [faults.crash_into_the_past(write["number"])
            for write in reference.writes if write["number"] >= first_eviction(reference)]


def answers(reference):
    return [faults.answer(served, status) for served in reference.served for status in faults.STATUSES]


def connections(reference):
    return [fault for served in reference.served if not served.get("watch")
            for fault in faults.connection_faults(served)]


def watches(reference):
    write = first_eviction(reference)
    begin = {"nodes": 1}  # nodes are added before the first eviction
    lively = [resource for resource in watched(reference) if reference.events.get(resource)]
    return ([fault for resource in watched(reference) for fault in faults.stream_faults(resource, write)] +
            [fault for resource in lively for fault in faults.event_faults(resource, begin.get(resource, write))] +
            [faults.blind(write)])


def outages(reference):
    """At the start and at each eviction."""
    evictions = [write["number"] for write in reference.writes if write["target"].get("subresource") == "eviction"]
    return [fault for write in [1, *evictions] for fault in faults.outages(write)]


def pairs(reference):
    """Two replicas: the one that leads is killed or paused at each write, or the other is killed."""
    seconds = 1.5 * LEASE_SECONDS
    return [fault for write in reference.writes for number in [write["number"]] for fault in (
        *(faults.crash(number, point, replicas=2) for point in faults.POINTS),
        faults.pause(number, seconds, replicas=2),
        faults.crash_of_the_follower(number))]


def pauses(reference):
    """A single replica is paused at each write for longer than its Lease."""
    return [faults.pause(write["number"], 1.5 * LEASE_SECONDS) for write in reference.writes]


KINDS = {"crash": crashes, "stale": stale_restarts, "answer": answers, "connection": connections, "watch": watches,
         "outage": outages,
         "pause": pauses, "pair": pairs}
