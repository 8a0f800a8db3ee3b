"""The faults: what the proxy is told, and how long it lasts."""

from dataclasses import dataclass

POINTS = ("before", "committed", "replied")
STATUSES = (403, 409, 410, 429, 500, 503)


@dataclass(frozen=True)
class Fault:
    """`rules` are in place before mig-adapter starts. `hold_seconds` after the first of them has acted
    all rules end, and those of `follow_up` come."""

    name: str
    rules: tuple = ()
    hold_seconds: float | None = None
    follow_up: tuple = ()
    costs: int = 0  # how many times the moves under way may have to be made again
    pause_seconds: float = 0  # the process is stopped for so long when the first rule has acted
    replicas: int = 1  # the rules are for the first, which leads
    kills_follower: bool = False  # when the first rule has acted

    @property
    def site(self):
        """Where it strikes: its name without the point or the way."""
        return self.name.split(", ")[0]


NO_FAULT = Fault("none")


def crash(write, point, replicas=1):
    rule = {"write": write, "action": "kill", "point": point, "milliseconds": 10 if point == "replied" else 0}
    return Fault(f"killed at write {write}, {point}", (rule,), costs=1, replicas=replicas)


def crash_into_the_past(write, point="committed"):
    """Killed at a write; the next process is shown the cluster as it was just before, for 3 s."""
    stale = {"action": "stale", "methods": ["GET"], "afterWrite": write}
    return Fault(f"killed at write {write}, {point}, then a stale view",
                 (stale, {"write": write, "action": "kill", "point": point}), hold_seconds=3, costs=1)


def answer(served, status, times=2):
    """So many of these requests are refused in a row, from the first one on."""
    rule = {**matching(served), "times": times, "action": "answer", "status": status}
    if status == 429:
        rule["retryAfterSeconds"] = 1
    return Fault(f"{status} to {title(served)}", (rule,), costs=1)


def matching(served):
    rule = {"methods": [served["method"]], "resources": [served["resource"]],
            "watches": served.get("watch", False), "dryRuns": served.get("dryRun", False)}
    if served.get("subresource"):
        rule["subresource"] = served["subresource"]
    return rule


def title(served):
    verb = "WATCH" if served.get("watch") else served["method"]
    parts = [served["resource"], served.get("subresource", "")]
    return verb + " " + "/".join(filter(None, parts)) + (" (dry run)" if served.get("dryRun") else "")


def connection_faults(served, times=2):
    """The reply is lost in every way; each for so many requests."""
    base = {**matching(served), "times": times}
    for point in ("before", "committed", "halfway"):
        yield Fault(f"cut {point}: {title(served)}", ({**base, "action": "cut", "point": point},), costs=1)
    yield Fault(f"frozen for 2 s, then cut: {title(served)}",
                ({**base, "times": 1, "action": "freeze", "point": "committed"},), hold_seconds=2, costs=1)
    yield Fault(f"1 s late: {title(served)}",
                ({**base, "action": "delay", "point": "committed", "milliseconds": 1000},))


def stream_faults(resource, write):
    """How the watch of a kind may end, twice, from the n-th write on."""
    base = {"resources": [resource], "watches": True, "afterWrite": write, "times": 2}
    yield Fault(f"{resource}: watch cut", ({**base, "action": "cut-stream"},), costs=1)
    yield Fault(f"{resource}: 410 as an event", ({**base, "action": "gone-stream"},), costs=1)


def event_faults(resource, write):
    """What may happen to single events of a kind from the n-th write on."""
    base = {"resources": [resource], "watches": True, "afterWrite": write}
    simple = {"events repeated": {"action": "repeat-event"},
              "events swapped": {"action": "swap-events"},
              "events 0.5 s late": {"action": "delay-event", "milliseconds": 500},
              "an event halved": {"action": "halve-event", "times": 1}}
    for name, rule in simple.items():
        yield Fault(f"{resource}: {name}", ({**base, **rule},), costs=1)
    yield Fault(f"{resource}: silent for 3 s", ({**base, "action": "hold-events"},), hold_seconds=3, costs=1)
    yield Fault(f"{resource}: an event lost, then 410",
                ({**base, "action": "drop-event", "times": 1},), hold_seconds=1, costs=1,
                follow_up=({"resources": [resource], "watches": True, "action": "gone-stream", "times": 1},))


def blind(write):
    """Every watch is silent for 3 s, as behind a half-open connection."""
    return Fault("all watches silent for 3 s",
                 ({"action": "hold-events", "watches": True, "afterWrite": write},), hold_seconds=3, costs=1)


def outages(write):
    """From the n-th write on nothing works for 3 s, or all is slow."""
    base = {"afterWrite": write}
    cut_streams = {**base, "watches": True, "action": "cut-stream"}
    for name, rules in {
            "503 for 3 s": ({**base, "action": "answer", "status": 503}, cut_streams),
            "unreachable for 3 s": ({**base, "action": "cut", "point": "before"}, cut_streams),
            "frozen for 3 s": ({**base, "action": "freeze", "point": "before"}, {**base, "action": "hold-events"})}.items():
        yield Fault(f"API server {name} from write {write} on", rules, hold_seconds=3, costs=1)
    yield Fault(f"API server slow by 0.3 s from write {write} on",
                ({**base, "action": "delay", "point": "before", "milliseconds": 300},
                 {**base, "action": "delay-event", "milliseconds": 300}), costs=1)


def pause(write, seconds, replicas=1):
    """The process stops for longer than its Lease, with a write on its way that arrives afterwards."""
    rule = {"write": write, "action": "delay", "point": "before", "milliseconds": int(seconds * 1000)}
    return Fault(f"paused for {seconds:g} s at write {write}", (rule,), pause_seconds=seconds, costs=1,
                 replicas=replicas)


def crash_of_the_follower(write):
    """The replica that does not act, but whose webhook is asked, is killed at a write of the other."""
    rule = {"write": write, "action": "delay", "point": "before", "milliseconds": 100}
    return Fault(f"the other replica is killed at write {write}", (rule,), costs=1, replicas=2,
                 kills_follower=True)
