"""Moves as MigRules: what people see of them, and that no restart or change of the leader loses one."""

import pytest

from adapter import free_port
from plane import MIG, CommandFailed, paused
from test_plane import processes_of
from workloads import deployment

SHORT_LEASE = ("--leader-elect-lease-duration=8s", "--leader-elect-renew-deadline=6s",
               "--leader-elect-retry-period=1s")
LEASE_SECONDS = 8
BURST = 20


def rules(plane, namespace):
    return plane.get("migrules", "-n", namespace)["items"]


def phases(plane, namespace):
    return [rule.get("status", {}).get("phase") for rule in rules(plane, namespace)]


def one_waits(plane, namespace):
    """Three pods of which one finds no instance of its size; what it could be given is idle."""
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("tenant", "1g.5gb", replicas=3))

    def refused():
        pods = plane.get("pods", "-n", namespace)["items"]
        return any(condition.get("reason") == "Unschedulable" for pod in pods
                   for condition in pod["status"].get("conditions", []))

    plane.wait_until("the scheduler has refused one", refused)


def leader(plane, adapters):
    """The one of them that holds the Lease, and the others."""

    def holder():
        name = plane.get("lease", "mig-adapter", "-n", "default")["spec"].get("holderIdentity")
        return next((each for each in adapters if name and f"holder={name}" in each.log()
                     and "became the leader" in each.log()), None)

    first = plane.wait_until("one leads", holder)
    return first, [each for each in adapters if each is not first]


def test_a_move_is_seen_while_it_lasts_and_survives_a_restart(plane, namespace, start_adapter, audit):
    one_waits(plane, namespace)
    with paused(processes_of(plane.folder)["kube-scheduler"]):
        first = start_adapter()
        plane.wait_until("the rule says that the new pod is to be placed",
                         lambda: phases(plane, namespace) == ["Placing"])
        table = plane.kubectl("get", "migrules", "-n", namespace)
        assert MIG + "2g.10gb" in table and "Placing" in table and "gpu-0" in table, table
        first.kill()
        start_adapter()
        (rule,) = rules(plane, namespace)
        assert rule["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
    plane.wait_until("the rule is gone", lambda: not rules(plane, namespace))
    assert len(audit.evicted()) == 1


def stale_rule():
    """Of an owner that is not there, expired."""
    return {"apiVersion": "migadapter.io/v1alpha1", "kind": "MigRule", "metadata": {"name": "stale"},
            "spec": {"purpose": "Upgrade", "owner": {"kind": "ReplicaSet", "name": "gone", "uid": "gone"},
                     "demand": [{"container": "main", "resource": MIG + "1g.5gb", "count": 1}],
                     "demandResource": MIG + "1g.5gb", "grantResource": MIG + "2g.10gb",
                     "promise": {"node": "gpu-0", "requests": {MIG + "2g.10gb": 1}},
                     "oldPod": {"name": "gone-1", "uid": "gone-1", "resourceVersion": "1"},
                     "expires": "2026-01-01T00:00:00Z"}}


def test_stale_rules_are_deleted_at_the_start(plane, namespace, start_adapter):
    start_adapter().stop()  # brings the definition
    plane.apply(namespace, stale_rule())
    start_adapter()
    plane.wait_until("the rule is gone", lambda: not rules(plane, namespace))


@pytest.mark.parametrize("change, advice", [
    ({"grantResource": MIG + "1g.5gb"}, "set grantResource to a larger instance"),
    ({"demandResource": MIG + "3g.20gb"}, "name a resource of demand"),
    ({"owner": {"kind": "StatefulSet", "name": "db", "uid": "db"}}, "set podName to the name of the old pod"),
])
def test_a_rule_that_makes_no_sense_is_refused_with_advice(plane, namespace, start_adapter, change, advice):
    start_adapter().stop()
    rule = stale_rule()
    rule["spec"].update(change)
    with pytest.raises(CommandFailed, match=advice):
        plane.apply(namespace, rule)


def test_every_field_is_explained(plane, start_adapter):
    start_adapter().stop()
    text = plane.kubectl("explain", "migrules", "--recursive")
    assert "promise" in text
    for field in ("spec.promise.requests", "spec.oldPod.resourceVersion", "status.backsOffUntil"):
        assert "DESCRIPTION" in plane.kubectl("explain", f"migrules.{field}")


@pytest.fixture
def start_apart(start_adapter):
    """One webhook and two controllers, as the manifests have them."""

    def start():
        webhook = f"127.0.0.1:{free_port()}"
        options = {"webhook": webhook, "wait": False}
        controllers = [start_adapter("--role", "controller", *SHORT_LEASE, **options) for _ in range(2)]
        start_adapter("--role", "webhook", webhook=webhook)
        return [controller.wait_until_ready() for controller in controllers]

    return start


def test_another_process_takes_over_from_one_that_dies_in_a_burst(plane, namespace, start_apart, audit):
    plane.add_nodes("2g.10gb=1", prefix="large", count=BURST)
    first, (second,) = leader(plane, start_apart())
    plane.apply(namespace, deployment("burst", "1g.5gb", replicas=BURST))
    plane.wait_until("the burst has begun", lambda: len(audit.evicted()) > 2)
    first.kill()
    plane.wait_until("the other leads", lambda: "became the leader" in second.log(),
                     patience=3 * LEASE_SECONDS)
    plane.wait_for_grants(namespace, ["2g.10gb"] * BURST)
    plane.wait_until("no rule is left", lambda: not rules(plane, namespace))
    # A pod that is created only then may take the rule of one that is evicted, which is tried again.
    assert len(audit.evicted()) <= BURST


def test_one_that_slept_through_its_lease_ends_without_another_write(
        plane, namespace, start_apart, audit):
    sleeper, (other,) = leader(plane, start_apart())
    with paused(sleeper.process.pid):
        plane.wait_until("the other leads", lambda: "became the leader" in other.log(),
                         patience=3 * LEASE_SECONDS)
        one_waits(plane, namespace)
        plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
        plane.adapters.remove(sleeper)  # it may end
    plane.wait_until("it has ended", lambda: sleeper.process.poll() is not None)
    assert sleeper.process.returncode == 1, sleeper.log()
    assert "Lease was lost while acting" in sleeper.log()
    assert len(audit.evicted()) == 1
