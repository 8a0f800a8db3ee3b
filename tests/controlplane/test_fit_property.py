"""What decide::fits says of random pods on random clusters, against what the real scheduler does.

FIT_ROUNDS sets the number of clusters, FIT_SECONDS the time without it, and FIT_SEED the first seed. A pod
that "fits" a node it is pinned to must be bound; one that lands on a node must have "fitted" it but for less than one
in a hundred. What is refused on purpose (is_caution) is counted apart.
"""

import collections
import json
import os
import random
import subprocess
import time

import pytest

from api import Api
from plane import MIG, ROOT
from random_pods import PRIORITIES, RUNTIME, TEAMS, Chance
from random_volumes import VOLUMES, WAITING, claims_of, cluster_objects

PROGRAM = os.environ.get("FIT_VERDICTS", str(ROOT / "build/dev/tests/controlplane/fit_verdicts"))
MODELS = {"A100-40GB": "all-balanced", "H100-SXM5-80GB": "all-balanced", "A30": "all-1g.6gb"}
NODES_OF_MODEL = 3
RESIDENTS = 14
PROBES = 60
SECONDS = float(os.environ.get("FIT_SECONDS", "60"))
DECIDED = {"Fits", "NodeCordoned", "UntoleratedTaint", "SelectorMismatch", "AffinityMismatch",
           "InsufficientResource", "HostPortTaken", "PodAffinityMismatch", "PodAntiAffinity", "SpreadSkewed",
           "VolumeElsewhere"}
SETTLE_SECONDS = 8
SURE_SECONDS = 0.1


class Verdicts:
    """fit_verdicts, told the cluster anew before each question."""

    def __init__(self):
        self._process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, objects, uid):
        """(unmodelled feature or "", reason by node)."""
        lines = ["forget"] + [f"object {kind} {json.dumps(item)}" for kind, item in objects]
        self._process.stdin.write("\n".join(lines + [f"ask {uid}", ""]))
        self._process.stdin.flush()
        reasons = {}
        for line in iter(self._process.stdout.readline, ".\n"):
            assert line, f"fit_verdicts ended with {self._process.wait()}"
            node, _, reason = line.rstrip("\n").partition(" ")
            if node == "unmodelled":
                reasons = reason
            else:
                reasons[node] = reason
        return (reasons, {}) if isinstance(reasons, str) else ("", reasons)

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(10) == 0


class Tally:
    """What was compared, and what came out differently."""

    def __init__(self):
        self.reasons, self.features = collections.Counter(), collections.Counter()
        self.unmodelled, self.compared, self.landed = collections.Counter(), 0, 0
        self.wrong_fits, self.wrong_misfits = [], []
        self.cautious = collections.Counter()

    def report(self):
        parts = [f"{self.compared} pods compared, {self.landed} landed; wrong: {len(self.wrong_fits)} 'fits', "
                 f"{len(self.wrong_misfits)} 'does not fit'; cautious: {dict(self.cautious)}"]
        for title, counter in (("verdicts", self.reasons), ("features of pods", self.features),
                               ("not provable", self.unmodelled)):
            parts.append(f"{title}: " + ", ".join(f"{k} {v}" for k, v in sorted(counter.items())))
        return "\n".join(parts + self.wrong_fits[:5] + self.wrong_misfits[:10])


def is_caution(reason, leaving):
    """Refused on purpose although the scheduler may find otherwise: company that is leaving is none, and
    volumes attached to a node are not counted."""
    return reason == "VolumesLimited" or (leaving and reason == "PodAffinityMismatch")


def profiles_of(node):
    return [resource.removeprefix(MIG) for resource in node["status"]["allocatable"] if resource.startswith(MIG)]


class Round:
    """One random cluster and the pods tried on it."""

    def __init__(self, api, verdicts, namespaces, seed):
        self.api, self.verdicts, self.namespaces, self.seed = api, verdicts, namespaces, seed
        self.random = random.Random(seed)
        self.chance = Chance(self.random, namespaces, [*VOLUMES, WAITING])
        self.profiles = {node["metadata"]["name"]: profiles_of(node) for node in api.items("/api/v1/nodes")}
        self.nodes = sorted(self.profiles)

    def pods_path(self, namespace):
        return f"/api/v1/namespaces/{namespace}/pods"

    def prepare(self):
        for node in self.nodes:
            self.api.patch(f"/api/v1/nodes/{node}", self.chance.node_change(node))
        for number in range(RESIDENTS):
            pod = self.chance.resident(f"resident-{number}", self.random.choice(self.nodes))
            path = self.pods_path(self.random.choice(self.namespaces))
            self.api.call("POST", path, pod)
            if pod["metadata"].get("finalizers"):
                self.api.delete_now(f"{path}/{pod['metadata']['name']}")

    def clear(self):
        for namespace in self.namespaces:
            path = self.pods_path(namespace)
            for pod in self.api.items(path):
                if pod["metadata"].get("finalizers"):
                    self.api.patch(f"{path}/{pod['metadata']['name']}", {"metadata": {"finalizers": None}})
                self.api.delete_now(f"{path}/{pod['metadata']['name']}")

    def cluster(self):
        """Every object that the verdicts depend on."""
        kinds = {"nodes": "/api/v1/nodes", "namespaces": "/api/v1/namespaces",
                 "persistentvolumes": "/api/v1/persistentvolumes",
                 "persistentvolumeclaims": "/api/v1/persistentvolumeclaims",
                 "csinodes": "/apis/storage.k8s.io/v1/csinodes", "pods": "/api/v1/pods"}
        return [(kind, item) for kind, path in kinds.items() for item in self.api.items(path)]

    def probe(self, number, tally):
        namespace = self.random.choice(self.namespaces)
        target = self.random.choice(self.nodes) if self.random.random() < 0.75 else ""
        pod = self.chance.pod(f"probe-{number}", self.profiles.get(target, ()))
        if target:
            self.chance.pin(pod, target)
        others = self.cluster()
        stored = self.api.call("POST", self.pods_path(namespace), pod)
        unmodelled, reasons = self.verdicts.ask(others + [("pods", stored)], stored["metadata"]["uid"])
        fitting = [node for node, reason in reasons.items() if reason == "Fits"]
        path = f"{self.pods_path(namespace)}/{pod['metadata']['name']}"
        node = self.where(path, bool(fitting))
        if unmodelled:
            tally.unmodelled[unmodelled] += 1
        else:
            leaving = any("deletionTimestamp" in item["metadata"] for kind, item in others if kind == "pods")
            self.judge(tally, stored, {"target": target, "node": node, "reasons": reasons, "leaving": leaving})
        if not node or self.random.random() < 0.7:
            self.api.delete_now(path)

    def judge(self, tally, pod, found):
        target, node, reasons = found["target"], found["node"], found["reasons"]
        tally.compared += 1
        tally.landed += bool(node)
        tally.features.update(self.chance.features)
        fitting = [name for name, reason in reasons.items() if reason == "Fits"]
        story = f"seed {self.seed}: {json.dumps(pod['spec'])} of {pod['metadata']['labels']} "
        if node and is_caution(reasons[node], found["leaving"]):
            tally.cautious[reasons[node]] += 1
        elif node and node not in fitting:
            tally.wrong_misfits.append(f"{story} landed on {node}: {reasons[node]}")
        elif not node and fitting:
            tally.wrong_fits.append(f"{story} pends: {fitting} were said to fit")
        elif target:
            tally.reasons[reasons[target]] += 1
        else:
            tally.reasons.update(reasons.values() if not node else [reasons[node]])

    def where(self, path, expected):
        """The node that the pod is bound to; "" when the scheduler finds none. What it finds none for
        at first it may find one for once it has heard of the last change."""
        begin = time.monotonic()
        while True:
            pod = self.api.call("GET", path)
            if pod["spec"].get("nodeName"):
                return pod["spec"]["nodeName"]
            refused = any(c["type"] == "PodScheduled" and c["status"] == "False"
                          for c in pod["status"].get("conditions", []))
            patience = SETTLE_SECONDS if expected or not refused else SURE_SECONDS
            if time.monotonic() - begin > patience:
                return ""
            time.sleep(0.01)


@pytest.fixture
def apply(plane):
    """Creates objects outside of namespaces and deletes them after the test."""
    created = []

    def create(objects):
        created.append(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        plane.kubectl("apply", "-f", "-", text_in=created[-1])

    yield create
    for text in created:
        plane.kubectl("delete", "-f", "-", "--ignore-not-found", "--wait=false", text_in=text)


def scheduling_classes():
    """Priority classes without preemption and a RuntimeClass with overhead."""
    objects = [{"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
                "value": value, "preemptionPolicy": "Never"} for value, name in enumerate(PRIORITIES, 1)]
    return objects + [{"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": RUNTIME},
                       "handler": "heavy", "overhead": {"podFixed": {"cpu": "30"}}}]


def set_up(plane, api, namespaces, apply):
    """Nodes of several GPU models, and volumes that are bound as far as they will be."""
    for namespace, team in zip(namespaces, TEAMS):
        plane.kubectl("label", "namespace", namespace, f"team={team}")
    for model, config in MODELS.items():
        plane.add_nodes(config, prefix=model.lower(), count=NODES_OF_MODEL, model=model, gpus=4)
    nodes = sorted(node["metadata"]["name"] for node in api.items("/api/v1/nodes"))
    apply(scheduling_classes() + cluster_objects(namespaces, nodes))
    for namespace in namespaces:
        plane.apply(namespace, *claims_of(namespace))
    plane.wait_until("the nodes are ready", lambda: all(
        not node["spec"].get("taints") for node in api.items("/api/v1/nodes")))
    plane.wait_until("the claims are bound", lambda: all(
        claim["status"]["phase"] == "Bound" or claim["metadata"]["name"] == WAITING
        for claim in api.items("/api/v1/persistentvolumeclaims")))


def test_what_is_said_to_fit_is_where_the_scheduler_puts_it(plane, new_namespace, apply):
    namespaces = [new_namespace() for _ in TEAMS]
    api, verdicts, tally = Api(plane), Verdicts(), Tally()
    set_up(plane, api, namespaces, apply)
    seed = int(os.environ.get("FIT_SEED", random.SystemRandom().randrange(10**6)))
    print(f"first seed {seed}")
    rounds = run_rounds(tally, lambda number: Round(api, verdicts, namespaces, seed + number))
    verdicts.close()
    print(f"{rounds} clusters from seed {seed}: {tally.report()}")
    assert not tally.wrong_fits, tally.report()
    assert len(tally.wrong_misfits) * 100 < tally.compared, tally.report()
    assert DECIDED <= set(tally.reasons), f"never seen: {DECIDED - set(tally.reasons)}\n{tally.report()}"


def run_rounds(tally, new_round):
    """As many as FIT_ROUNDS says; else until the time is over, and up to as long again while a filter
    has not decided anything yet. How many there were."""
    wanted, begin = int(os.environ.get("FIT_ROUNDS", "0")), time.monotonic()

    def is_over():
        seconds = SECONDS if DECIDED <= set(tally.reasons) else 2 * SECONDS
        return time.monotonic() - begin > seconds

    number = 0
    while number < wanted or (not wanted and not is_over()):
        play(new_round(number), tally, is_over if not wanted else lambda: False)
        number += 1
    return number


def play(cluster, tally, is_over):
    try:
        cluster.prepare()
        for number in range(PROBES):
            if is_over():
                break
            cluster.probe(number, tally)
    finally:
        cluster.clear()
