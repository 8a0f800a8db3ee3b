"""One run: a scenario under one fault, and what was wrong about how it went."""

import signal
import threading
import time
from dataclasses import dataclass, field

from bench import ALONE, ELECTED
from faults import NO_FAULT

POLL_SECONDS = 0.02
KILLED = -signal.SIGKILL
DEPOSED = 1  # who finds that its Lease was lost ends at once
# Nobody else registers under this name while a single process runs, so it is deleted by name alone.
DELETED_BY_NAME = "mutatingwebhookconfigurations"


@dataclass
class Outcome:
    scenario: str
    fault: str
    seconds: float = 0
    evictions: int = 0
    acted: bool = True  # the fault happened
    restarts: int = 0
    writes: list = field(default_factory=list)  # that the first replica made
    served: list = field(default_factory=list)  # kinds of requests that it made
    events: dict = field(default_factory=dict)  # of its watches, by resource
    problems: list = field(default_factory=list)
    logs: str = ""


class Director(threading.Thread):
    """Does what a fault says once its first rule has acted."""

    def __init__(self, replicas, fault):
        super().__init__(daemon=True)
        self._replica, self._fault = replicas[0], fault
        self._follower = replicas[-1]
        self._over = threading.Event()
        self.acted = fault is NO_FAULT

    def run(self):
        proxy = self._replica.proxy
        while not proxy.state()["faults"]:
            if self._over.wait(POLL_SECONDS):
                return
        self.acted = True
        if self._fault.kills_follower:
            self._follower.send(signal.SIGKILL)
        if self._fault.pause_seconds:
            self._replica.send(signal.SIGSTOP)
            self._over.wait(self._fault.pause_seconds)
            self._replica.send(signal.SIGCONT)
        if self._fault.hold_seconds is not None:
            self._over.wait(self._fault.hold_seconds)
            proxy.clear()
            for rule in self._fault.follow_up:
                proxy.add(rule)

    def finish(self):
        self._over.set()
        self.join()


def play(bench, scenario, fault=NO_FAULT):
    """Plays it on an empty cluster and leaves that empty."""
    outcome = Outcome(scenario.name, fault.name)
    began = time.monotonic()
    stage = bench.new_stage(scenario)
    proxies = bench.proxies(fault.replicas)
    for rule in fault.rules:
        proxies[0].add(rule)
    replicas = _start(bench, stage, proxies, fault)
    director = Director(replicas, fault)
    director.start()
    try:
        scenario.play(stage)
        stage.settle()
        outcome.problems += _stop(replicas, fault)
    except AssertionError as failure:
        outcome.problems.append(str(failure))
    finally:
        director.finish()
        for replica in replicas:
            replica.end_now()
    _judge(bench, stage, scenario, fault, replicas, outcome)
    outcome.acted = director.acted or bool(proxies[0].state()["faults"])
    bench.clear(stage)
    outcome.seconds = time.monotonic() - began
    return outcome


def _start(bench, stage, proxies, fault):
    """All replicas; the first is the one that leads."""
    elected = fault.replicas > 1 or fault.pause_seconds
    first = bench.start(proxies[0], ELECTED if elected else ALONE)
    if fault.replicas > 1:
        stage.wait_until("the first replica leads", lambda: "became the leader" in first.log())
    return [first] + [bench.start(proxy, ELECTED) for proxy in proxies[1:]]


def _expected_ends(fault):
    return {KILLED, DEPOSED} if fault.pause_seconds else {KILLED}


def _stop(replicas, fault):
    expected = {0, *_expected_ends(fault)}
    codes = [replica.stop() for replica in replicas]
    return [f"ended with {code}" for code in codes if code not in expected]


def _judge(bench, stage, scenario, fault, replicas, outcome):
    outcome.evictions = len(stage.audit.evicted())
    budget = scenario.moves + fault.costs * scenario.at_once
    if outcome.evictions > budget:
        outcome.problems.append(f"{outcome.evictions} evictions, at most {budget}")
    outcome.problems += [f"the role does not grant {path}" for path in bench.denied(stage)]
    for replica in replicas:
        outcome.restarts += len(replica.exits)
        outcome.problems += [f"ended by itself with {code}" for code in replica.exits
                             if code not in _expected_ends(fault)]
        outcome.problems += [text for text in replica.proxy.state()["violations"] if DELETED_BY_NAME not in text]
    first = replicas[0].proxy.state()
    outcome.writes, outcome.served, outcome.events = first["writes"], first["served"], first["events"]
    if outcome.problems:
        outcome.logs = "\n".join(replica.log()[-20000:] for replica in replicas)
