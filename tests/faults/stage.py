"""The cluster of one run: its namespaces, and what runs in them."""

from plane import MIG

PATIENCE_SECONDS = 75  # the longest pause of an owner that failed twice, and some
QUIET_SECONDS = 1.0
BARE = ""  # the owner of a pod without one


class Stage:
    def __init__(self, plane, namespaces):
        self.plane, self.namespaces = plane, namespaces
        self.audit = plane.audit()

    def add_nodes(self, config, **options):
        """Returns when they can take pods: no pod shall wait only because a node is not ready yet."""
        self.plane.add_nodes(config, **options)
        ready = ("nodes", "-o", "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}")
        names = ("nodes", "-o", "name")
        self.wait_until("every node is ready", lambda: (
            self.plane.kubectl("get", *ready).split() == ["True"] * len(self.plane.kubectl("get", *names).split())
            and "not-ready" not in self.plane.kubectl("get", "nodes", "-o", "jsonpath={.items[*].spec.taints}")))

    def apply(self, *manifests, space=0):
        self.plane.apply(self.namespaces[space], *manifests)

    def scale(self, name, replicas, space=0):
        self.plane.kubectl("scale", "deployment", name, f"--replicas={replicas}", "-n", self.namespaces[space])

    def delete(self, kind, name, space=0):
        self.plane.kubectl("delete", kind, name, "-n", self.namespaces[space], "--wait=false")

    def pods(self, space=0):
        return self.plane.pods(self.namespaces[space])

    def state(self, space=0):
        """Owner's name -> what its pods run with or wait for, sorted. No name here has a dash, which
        therefore begins the hash that a Deployment adds."""
        owners = {}
        for pod in self.pods(space):
            owners.setdefault(pod.owner.split("-")[0], []).append(_describe(pod))
        return {owner: sorted(pods) for owner, pods in owners.items()}

    def wait_for(self, wanted, space=0):
        sorted_wanted = {owner: sorted(pods) for owner, pods in wanted.items()}
        self.wait_until(f"{self.namespaces[space]} is {sorted_wanted}",
                        lambda: self.state(space) == sorted_wanted)

    def wait_until(self, what, condition):
        return self.plane.wait_until(what, condition, patience=PATIENCE_SECONDS)

    def settle(self):
        """Waits until no move is under way; then nothing may change any more."""
        self.wait_until("no MigRule is of a move under way", lambda: not self._moves())
        before = self._everything()
        try:
            self.plane.wait_until("(it stays quiet)", lambda: self._everything() != before, QUIET_SECONDS)
        except AssertionError:
            return
        raise AssertionError(f"restless at the end: {before}, then {self._everything()}")

    def _everything(self):
        return [self.state(space) for space in range(len(self.namespaces))], len(self.audit.evicted())

    def _moves(self):
        """MigRules, but for those that are kept because their owner's move failed."""
        if not self.plane.kubectl("api-resources", "--api-group=migadapter.io", "-o", "name").count("migrules"):
            return []
        rules = self.plane.get("migrules.migadapter.io", "-A")["items"]
        return [rule for rule in rules if rule.get("status", {}).get("phase") != "BackingOff"]


def _describe(pod):
    grants = "+".join(resource.removeprefix(MIG) for resource in sorted(pod.requests))
    if pod.terminating:
        return "terminating " + grants
    return grants if pod.runs else "pending " + grants
