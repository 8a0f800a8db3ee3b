#!/usr/bin/python3
"""Whatever the pod, the webhook's patch applies in an implementation that is not ours, changes what it
should and nothing else, and a second review changes nothing.

Usage: patch_test.py PROGRAM [--pods N] [--seed N]; PROGRAM is answer_reviews."""

import argparse
import base64
import copy
import json
import random
import subprocess
import sys
from decimal import Decimal

import jsonpatch

from pods import DEMAND, MIG, PodMaker

OURS = {DEMAND, "migadapter.io/granted", "migadapter.io/rule"}
NO_RULE = ""
SUFFIXES = {"m": Decimal("0.001"), "k": Decimal(1000)}


class Webhook:
    """The webhook's handler as a process."""

    def __init__(self, program):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self._process.stdin.close()
        assert self._process.wait() == 0, "the program ended badly"

    def patch(self, pod, grant):
        """The patch for the pod where a rule grants this; empty when it stays as it is."""
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
            "uid": "review-1", "operation": "CREATE", "namespace": "team",
            "resource": {"group": "", "version": "v1", "resource": "pods"}, "object": pod}}
        self._process.stdin.write(f"{grant}\t{json.dumps(review)}\n")
        self._process.stdin.flush()
        response = json.loads(self._process.stdout.readline())["response"]
        assert response["uid"] == "review-1" and response["allowed"] is True, response
        assert ("patch" in response) == (response.get("patchType") == "JSONPatch"), response
        return json.loads(base64.b64decode(response.get("patch", "W10=")))


def count_of(quantity):
    """The whole number that a quantity stands for, rounded up."""
    text = str(quantity)
    factor = SUFFIXES.get(text[-1], Decimal(1))
    exact = Decimal(text.rstrip("mk")) * factor
    return int(exact.to_integral_value("ROUND_CEILING"))


def containers(pod):
    return (pod["spec"].get("initContainers") or []) + pod["spec"]["containers"]


def mig_counts(container):
    """What a container asks for: the limit's count, else the request's, zeros left out."""
    resources = container.get("resources") or {}
    counts = {key: count_of(value)
              for name in ("requests", "limits")
              for key, value in (resources.get(name) or {}).items() if key.startswith(MIG)}
    return {key: count for key, count in counts.items() if count}


def demand_of(pod):
    demand = {container["name"]: mig_counts(container) for container in containers(pod)}
    return {name: counts for name, counts in demand.items() if counts}


def first_resource(pod):
    """The one that the rule replaces: of the first container that asks for any, limits first."""
    for container in containers(pod):
        counts = mig_counts(container)
        for name in ("limits", "requests"):
            for key in (container.get("resources") or {}).get(name) or {}:
                if key in counts:
                    return key
    return None


def may_be_patched(pod):
    metadata = pod["metadata"]
    owned = any(owner.get("controller") for owner in metadata.get("ownerReferences", []))
    return owned and bool(demand_of(pod)) and DEMAND not in (metadata.get("annotations") or {})


def replaced(counts, demand, grant):
    """N devices stay N devices, beside those of the grant that were asked for already."""
    result = {}
    for key, count in counts.items():
        name = grant if key == demand else key
        result[name] = result.get(name, 0) + count
    return result


def without_what_may_change(pod):
    rest = copy.deepcopy(pod)
    annotations = rest["metadata"].pop("annotations", None) or {}
    rest["metadata"]["annotations"] = {key: value for key, value in annotations.items() if key not in OURS}
    for container in containers(rest):
        resources = container.get("resources") or {}
        for name in ("limits", "requests"):
            for key in [key for key in resources.get(name) or {} if key.startswith(MIG)]:
                del resources[name][key]
    return rest


def check_patched(pod, patched, grant):
    demand = first_resource(pod)
    assert without_what_may_change(patched) == without_what_may_change(pod), "something else has changed"
    for before, after in zip(containers(pod), containers(patched)):
        assert mig_counts(after) == replaced(mig_counts(before), demand, grant), "wrong resources"
        check_maps(before, after, demand if demand != grant else None)
    annotations = patched["metadata"]["annotations"]
    assert json.loads(annotations[DEMAND]) == demand_of(pod), "wrong demand"
    assert json.loads(annotations["migadapter.io/granted"]) == demand_of(patched), "wrong grant"
    assert annotations["migadapter.io/rule"] == "rule-1"


def check_maps(before, after, demand):
    """Requests and limits stay equal where they were, and the key that was replaced is nowhere."""
    old, new = before.get("resources") or {}, after.get("resources") or {}
    for name in ("limits", "requests"):
        keys = new.get(name) or {}
        assert demand not in keys or not count_of(keys[demand]), "a key was left behind"
        assert (name in old) == (name in new)
    if old.get("limits") == old.get("requests"):
        assert new.get("limits") == new.get("requests"), "limits and requests differ"


def check(webhook, pod, grant):
    """Returns whether the pod was patched."""
    patch = webhook.patch(pod, grant)
    assert bool(patch) == (may_be_patched(pod) and bool(grant)), f"patch: {patch}"
    patched = jsonpatch.apply_patch(pod, patch)
    if patch:
        check_patched(pod, patched, grant)
    assert webhook.patch(patched, grant) == patch * (not patch), "a second review changes it again"
    return bool(patch)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--pods", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1, help="0 takes a new one")
    options = parser.parse_args()
    seed = options.seed or random.SystemRandom().getrandbits(32)
    chance = random.Random(seed)
    maker, webhook, patched = PodMaker(chance), Webhook(options.program), 0
    for number in range(options.pods):
        pod, grant = maker.pod(), maker.resource() if chance.random() < 0.9 else NO_RULE
        try:
            patched += check(webhook, pod, grant)
        except Exception:
            print(f"seed {seed}, pod {number}, grant {grant!r}: {json.dumps(pod)}", file=sys.stderr)
            raise
    webhook.close()
    print(f"seed {seed}: {options.pods} pods, {patched} of them patched")
    assert patched > options.pods / 5, "too few patches for a test"


if __name__ == "__main__":
    main()
