"""MigPolicy: what kubectl explains and refuses, and what each field does on a real control plane."""

import json

import pytest
import yaml

from plane import ROOT, CommandFailed
from workloads import deployment

DEFINITION = ROOT / "deploy/12-migpolicies.yaml"


@pytest.fixture
def apply_policy(plane):
    """Applies a policy for all pods, or for those that `spec` selects; deletes all at the end."""
    plane.kubectl("apply", "-f", DEFINITION)
    plane.wait_until("policies are served", lambda: serves_policies(plane))

    def apply(name, **spec):
        manifest = {"apiVersion": "migadapter.io/v1alpha1", "kind": "MigPolicy",
                    "metadata": {"name": name}, "spec": spec}
        plane.kubectl("apply", "-f", "-", text_in=json.dumps(manifest))

    yield apply
    plane.kubectl("delete", "migpolicies", "--all")


def serves_policies(plane):
    try:
        return plane.kubectl("get", "migpolicies", "-o", "name") is not None
    except CommandFailed:
        return False


def in_namespace(name):
    return {"matchLabels": {"kubernetes.io/metadata.name": name}}


def condition(plane, policy, kind="Ready"):
    """The condition, once the status speaks of the policy as it is now."""

    def current():
        item = plane.get("migpolicy", policy)
        conditions = {each["type"]: each for each in item.get("status", {}).get("conditions", [])}
        found = conditions.get(kind)
        return found if found and found["observedGeneration"] == item["metadata"]["generation"] else None

    return plane.wait_until(f"policy {policy} has a current condition {kind}", current)


def events(plane, namespace, reason):
    items = plane.get("events", "-n", namespace)["items"]
    return [item for item in items if item["reason"] == reason]


def _succeeds(plane, *arguments):
    try:
        return plane.kubectl(*arguments)
    except CommandFailed:
        return ""


def test_kubectl_explains_every_field(plane, apply_policy):
    def fields(place, schema):
        yield place
        inner = schema.get("items", schema)
        for name, field in inner.get("properties", {}).items():
            yield from fields(f"{place}.{name}", field)

    (version,) = yaml.safe_load(DEFINITION.read_text())["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]["properties"]
    published = ("explain", "migpolicy.spec")  # a moment after the definition is served
    plane.wait_until("the schema is published", lambda: _succeeds(plane, *published))
    for part in ("spec", "status"):
        for place in fields(f"migpolicy.{part}", schema[part]):
            text = plane.kubectl("explain", place)
            assert "<empty>" not in text.split("FIELDS:")[0], text


@pytest.mark.parametrize("spec, fix", [
    ({"mode": "Sometimes"}, 'supported values: "Off", "Observe", "Enforce"'),
    ({"upgrade": {"after": "10 minutes"}}, "such as 90s, 10m or 1h30m"),
    ({"upgrade": {"largest": "big"}}, "such as 3g.20gb or 1g.5gb+me"),
    ({"upgrade": {"allowed": []}}, "leave allowed out to allow every profile"),
    ({"restore": {"mode": "Never", "hysteresis": "1m"}}, "choose Eager or WhenNeeded"),
    ({"budgets": {"perOwner": {"perHour": 0}}}, "set mode to Off or restore.mode to Never"),
    ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In"}]}}, "add or remove values"),
    ({"priorty": 3}, 'unknown field "spec.priorty"'),
])
def test_an_invalid_policy_is_refused_with_the_fix(plane, apply_policy, spec, fix):
    with pytest.raises(CommandFailed) as refusal:
        apply_policy("invalid", **spec)
    assert fix in str(refusal.value)


def test_each_namespace_has_its_own_mode(plane, new_namespace, start_adapter, apply_policy, audit):
    off, observed, enforced = new_namespace(), new_namespace(), new_namespace()
    apply_policy("off", mode="Off", namespaceSelector=in_namespace(off))
    apply_policy("observe", mode="Observe", namespaceSelector=in_namespace(observed))
    apply_policy("enforce", namespaceSelector=in_namespace(enforced))
    start_adapter()
    plane.add_nodes("2g.10gb=2")
    for namespace in (off, observed):
        plane.apply(namespace, deployment("web", "1g.5gb"))
    plane.wait_until("it says what it would do", lambda: events(plane, observed, "WouldUpgrade"))
    plane.wait_until("it says why it does nothing", lambda: events(plane, off, "NotUpgraded"))
    plane.apply(enforced, deployment("web", "1g.5gb"))
    plane.wait_for_grants(enforced, ["2g.10gb"])
    assert [pod.phase for pod in plane.pods(off) + plane.pods(observed)] == ["Pending"] * 2
    assert len(audit.evicted()) == 1
    (told,) = events(plane, observed, "WouldUpgrade")
    assert "nvidia.com/mig-2g.10gb" in told["message"] and "Policy observe only observes" in told["message"]
    assert condition(plane, "observe")["reason"] == "Observing"
    plane.wait_until("the status counts it",
                     lambda: plane.get("migpolicy", "observe")["status"].get("wouldUpgrade") == 1)
    assert condition(plane, "off")["reason"] == "Off"
    assert condition(plane, "enforce")["reason"] == "Enforcing"


def upgrade_one(plane, namespace):
    """Two pods run on 1g.5gb and one on 2g.10gb."""
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("web", "1g.5gb", replicas=3))
    pods = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
    return next(pod for pod in pods if pod.grant == "2g.10gb")


def test_never_and_eager_are_each_policys_own(plane, new_namespace, start_adapter, apply_policy):
    keeping, returning = new_namespace(), new_namespace()
    apply_policy("keep", restore={"mode": "Never"}, namespaceSelector=in_namespace(keeping))
    start_adapter("--restore", "when-needed")
    kept = upgrade_one(plane, keeping)
    apply_policy("return", restore={"mode": "Eager"}, namespaceSelector=in_namespace(returning))
    plane.apply(returning, deployment("web", "1g.5gb"))
    plane.wait_for_grants(returning, ["3g.20gb"])
    plane.add_nodes("1g.5gb=2", prefix="new")
    plane.wait_for_grants(returning, ["1g.5gb"])
    assert kept in plane.pods(keeping)


def test_when_needed_is_a_policys_too(plane, namespace, start_adapter, apply_policy):
    apply_policy("when-needed", restore={"mode": "WhenNeeded"})
    start_adapter()
    kept = upgrade_one(plane, namespace)
    plane.add_nodes("1g.5gb=1", prefix="new")
    plane.apply(namespace, deployment("large", "3g.20gb"))
    plane.wait_for_grants(namespace, ["3g.20gb"], owner="large")
    assert kept in plane.pods(namespace)
    plane.apply(namespace, deployment("native", "2g.10gb"))
    plane.wait_for_grants(namespace, ["2g.10gb"], owner="native")
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3, owner="web")


def test_a_pod_is_restored_after_its_run_time_and_hysteresis(plane, namespace, start_adapter, apply_policy):
    apply_policy("patient", restore={"minimumRunTime": "1h"})
    start_adapter()
    kept = upgrade_one(plane, namespace)
    plane.add_nodes("1g.5gb=1", prefix="new")
    apply_policy("patient", restore={"hysteresis": "1h"})
    assert condition(plane, "patient")["reason"] == "Enforcing"
    assert kept in plane.pods(namespace)
    apply_policy("patient", restore={"hysteresis": "3s", "minimumRunTime": "1s"})
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3)


def test_an_upgrade_waits_and_keeps_to_the_allowed_profiles(plane, namespace, start_adapter, apply_policy):
    apply_policy("small", upgrade={"after": "3s", "largest": "2g.10gb"})
    start_adapter()
    plane.add_nodes("3g.20gb=1")
    plane.apply(namespace, deployment("web", "1g.5gb"))

    def refused_for(words):
        return any(words in event["message"] for event in events(plane, namespace, "NotUpgraded"))

    plane.wait_until("it waits first", lambda: refused_for("time is not over"))
    plane.wait_until("it is refused", lambda: refused_for("policy allows none of them"))
    plane.add_nodes("2g.10gb=1", prefix="middle")
    plane.wait_for_grants(namespace, ["2g.10gb"])


def test_a_budget_is_kept_over_a_restart(plane, namespace, start_adapter, apply_policy, audit):
    apply_policy("slow", budgets={"perNamespace": {"perHour": 1}})
    adapter = start_adapter()
    plane.add_nodes("2g.10gb=3")
    plane.apply(namespace, deployment("first", "1g.5gb"))
    plane.wait_for_grants(namespace, ["2g.10gb"])
    adapter.stop()
    start_adapter()
    plane.apply(namespace, deployment("second", "1g.5gb"))
    told = plane.wait_until("it is refused", lambda: events(plane, namespace, "NotUpgraded"))
    assert "perNamespace.perHour" in told[-1]["message"]
    assert len(audit.evicted()) == 1
    apply_policy("slow", budgets={"perNamespace": {"perHour": 2}})
    plane.wait_for_grants(namespace, ["2g.10gb", "2g.10gb"])


def test_the_emergency_command_stops_everything_and_lets_go(plane, namespace, start_adapter, apply_policy, audit):
    apply_policy("important", priority=1000)
    start_adapter()
    plane.kubectl("create", "-f", "-", text_in=(
        '{"apiVersion":"migadapter.io/v1alpha1","kind":"MigPolicy","metadata":{"name":"stop"},'
        '"spec":{"suspend":true}}'))
    assert condition(plane, "stop")["reason"] == "Suspended"
    plane.add_nodes("2g.10gb=1")
    plane.apply(namespace, deployment("web", "1g.5gb"))
    told = plane.wait_until("it says why", lambda: events(plane, namespace, "NotUpgraded"))
    assert "suspended" in told[-1]["message"]
    assert not audit.evictions()
    plane.kubectl("delete", "migpolicy", "stop")
    plane.wait_for_grants(namespace, ["2g.10gb"])


def test_the_status_follows_the_generation_and_names_conflicts(plane, start_adapter, apply_policy, audit):
    start_adapter()
    apply_policy("a")
    first = condition(plane, "a")
    assert (first["status"], first["reason"]) == ("True", "Enforcing")
    assert condition(plane, "a", "Conflicting")["status"] == "False"
    apply_policy("b", mode="Off")
    conflict = plane.wait_until("a conflicts with b", lambda: told_conflict(plane, "a"))
    assert conflict["message"].endswith("Here: b")
    apply_policy("a", priority=5)
    plane.wait_until("the conflict is over", lambda: not told_conflict(plane, "b"))
    assert condition(plane, "a")["lastTransitionTime"] == first["lastTransitionTime"]
    columns = plane.kubectl("get", "migpolicies", "-o", "wide").splitlines()
    for word in ("MODE", "RESTORE", "READY", "AGE", "MESSAGE"):
        assert word in columns[0]
    writes = [event for event in audit.events()
              if event.get("objectRef", {}).get("subresource") == "status"
              and event["objectRef"]["resource"] == "migpolicies"]
    assert 0 < len(writes) <= 8, len(writes)


def told_conflict(plane, policy):
    found = condition(plane, policy, "Conflicting")
    return found if found["status"] == "True" else None
