"""Which faults a scenario is played under, from what a run without any shows."""

import faults


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


KINDS = {"crash": crashes, "stale": stale_restarts, "answer": answers, "connection": connections, "watch": watches}
