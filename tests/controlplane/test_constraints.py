"""What pods demand of each other decides where they are moved, and whether at all."""

from workloads import deployment

HOST = "kubernetes.io/hostname"


def keeps_off(manifest, app):
    """The workload with required anti-affinity to pods of that one, node by node."""
    terms = [{"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": HOST}]
    manifest["spec"]["template"]["spec"]["affinity"] = {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    return manifest


def test_pods_that_keep_off_each_other_are_upgraded_on_nodes_of_their_own(
        plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("1g.5gb=1,2g.10gb=1", count=2)
    plane.apply(namespace, deployment("native", "1g.5gb", replicas=2))
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb"])
    plane.apply(namespace, keeps_off(deployment("shy", "1g.5gb", replicas=2), "shy"))
    pods = plane.wait_for_grants(namespace, ["2g.10gb", "2g.10gb"], owner="shy")
    assert len({pod.node for pod in pods}) == 2
    assert len(audit.evicted()) == 2


def test_a_pod_is_not_restarted_for_a_node_that_another_pod_keeps_it_off(
        plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("1g.5gb=2,2g.10gb=1")
    plane.apply(namespace, keeps_off(deployment("guard", "1g.5gb"), "web"))
    plane.wait_for_grants(namespace, ["1g.5gb"], owner="guard")
    plane.apply(namespace, deployment("native", "1g.5gb"))
    plane.wait_for_grants(namespace, ["1g.5gb"], owner="native")
    plane.apply(namespace, deployment("web", "1g.5gb"))

    def refused():
        events = plane.get("events", "-n", namespace)["items"]
        return [event for event in events
                if event["reason"] == "NotUpgraded" and "PodAntiAffinity" in event["message"]]

    plane.wait_until("the pod is told why", refused)
    assert not audit.evictions()
