"""When upgraded pods go back, and which one goes first."""

from workloads import bare_pod, deployment


def upgrade_one(plane, namespace):
    """Two pods run on 1g.5gb and one, of the same owner, on 2g.10gb; returns that one."""
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("tenant", "1g.5gb", replicas=3))
    pods = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"], owner="tenant")
    return next(pod for pod in pods if pod.grant == "2g.10gb")


def test_the_pod_that_wastes_most_is_restored_first(plane, namespace, start_adapter, audit):
    start_adapter()
    # One after the other, so that each upgrade has a single choice.
    plane.add_nodes("2g.10gb=1", prefix="two")
    plane.apply(namespace, deployment("guest", "2g.10gb"))
    plane.wait_for_grants(namespace, ["2g.10gb"])
    plane.apply(namespace, deployment("medium", "2g.10gb"))
    plane.add_nodes("3g.20gb=1", prefix="three")
    (medium,) = plane.wait_for_grants(namespace, ["3g.20gb"], owner="medium")
    plane.apply(namespace, deployment("small", "1g.5gb"))
    plane.add_nodes("4g.20gb=1", prefix="four")
    plane.wait_for_grants(namespace, ["4g.20gb"], owner="small")
    upgrades = len(audit.evicted())

    plane.kubectl("delete", "deploy", "guest", "-n", namespace)
    plane.wait_for_grants(namespace, ["2g.10gb"], owner="small")
    assert plane.wait_for_grants(namespace, ["3g.20gb"], owner="medium") == [medium]
    assert len(audit.evicted()) == upgrades + 1


def test_a_new_node_restores(plane, namespace, start_adapter):
    start_adapter()
    upgrade_one(plane, namespace)
    plane.add_nodes("1g.5gb=1", prefix="new")
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3)


def test_the_end_of_a_pod_restores(plane, namespace, start_adapter):
    start_adapter()
    plane.add_nodes("1g.5gb=1", prefix="busy")
    plane.apply(namespace, bare_pod("batch", "1g.5gb"))
    plane.wait_until("the batch pod runs", lambda: all(pod.runs for pod in plane.pods(namespace)))
    upgrade_one(plane, namespace)
    plane.kubectl("patch", "pod", "batch", "-n", namespace, "--subresource=status", "--type=merge",
                  "-p", '{"status": {"phase": "Succeeded"}}')
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3, owner="tenant")


def test_an_instance_of_a_terminating_pod_is_not_free_yet(plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("1g.5gb=1", prefix="busy")
    leaving = bare_pod("leaving", "1g.5gb")
    leaving["metadata"]["finalizers"] = ["migadapter.io/test"]
    plane.apply(namespace, leaving)
    plane.wait_until("it runs", lambda: all(pod.runs for pod in plane.pods(namespace)))
    upgraded = upgrade_one(plane, namespace)
    plane.kubectl("delete", "pod", "leaving", "-n", namespace, "--wait=false")
    # Something later shows that the deletion has been looked at.
    plane.add_nodes("1g.5gb=1", prefix="other")
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3, owner="tenant")
    restored = [pod for pod in plane.pods(namespace, "tenant") if pod.node == "other-0"]
    assert len(restored) == 1 and upgraded.uid != restored[0].uid
    assert len(audit.evicted()) == 2
    plane.kubectl("patch", "pod", "leaving", "-n", namespace, "--type=merge",
                  "-p", '{"metadata": {"finalizers": null}}')


def test_never_leaves_upgraded_pods_where_they_are(plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    upgraded = upgrade_one(plane, namespace)
    plane.add_nodes("1g.5gb=1", prefix="new")
    # A second upgrade shows that the free instance has been looked at.
    plane.apply(namespace, deployment("later", "1g.5gb", replicas=2))
    plane.wait_for_grants(namespace, ["1g.5gb", "3g.20gb"], owner="later")
    assert upgraded in plane.pods(namespace, "tenant")
    assert len(audit.evicted()) == 2


def test_when_needed_restores_for_a_pod_that_asks_for_the_instance(plane, namespace, start_adapter):
    start_adapter("--restore", "when-needed")
    plane.apply(namespace, deployment("large", "3g.20gb"))
    upgraded = upgrade_one(plane, namespace)
    plane.wait_for_grants(namespace, ["3g.20gb"], owner="large")
    plane.add_nodes("1g.5gb=1", prefix="new")
    assert upgraded in plane.pods(namespace, "tenant")
    plane.apply(namespace, deployment("native", "2g.10gb"))
    plane.wait_for_grants(namespace, ["2g.10gb"], owner="native")
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3, owner="tenant")


def test_a_disruption_budget_holds_a_restore(plane, namespace, start_adapter, audit):
    start_adapter()
    upgraded = upgrade_one(plane, namespace)
    plane.apply(namespace, {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                            "metadata": {"name": "keep"},
                            "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "tenant"}}}})
    plane.wait_until("the budget is counted", lambda: "expectedPods" in
                     plane.get("pdb", "keep", "-n", namespace).get("status", {}))
    plane.add_nodes("1g.5gb=1", prefix="new")

    def told():
        events = plane.get("events", "-n", namespace)["items"]
        return [event for event in events if event["reason"] == "RestoreFailed"]

    (event, *_) = plane.wait_until("it says why", told)
    assert "disruption budget" in event["message"]
    assert upgraded in plane.pods(namespace)
    assert len(audit.evicted()) == 1
    plane.kubectl("delete", "pdb", "keep", "-n", namespace)
    plane.wait_for_grants(namespace, ["1g.5gb"] * 3)
