"""What happens to a creation between our webhook and the store: nothing of it uses a rule up."""

import json

import pytest

from other_webhook import ANNOTATION, OtherWebhook
from plane import MIG, CommandFailed
from workloads import STOP_AFTER, pod_spec, workload

CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"
POLICY = "no-pods-of-replicasets"


def create_pod(plane, namespace, owner, name=None, dry_run=True, user=None):
    """Creates a pod of the owner as the owner's controller would, and returns it as it is stored."""
    item = plane.get(owner, "-n", namespace)
    reference = {"apiVersion": item["apiVersion"], "kind": item["kind"], "name": item["metadata"]["name"],
                 "uid": item["metadata"]["uid"], "controller": True}
    metadata = {"ownerReferences": [reference], **({"name": name} if name else {"generateName": "try-"})}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec("1g.5gb")}
    path = f"/api/v1/namespaces/{namespace}/pods" + ("?dryRun=All" if dry_run else "")
    impersonation = [f"--as={user}"] if user else []
    return json.loads(plane.kubectl("create", "--raw", path, "-f", "-", *impersonation, text_in=json.dumps(pod)))


def is_refused(plane, namespace, owner):
    try:
        create_pod(plane, namespace, owner, user=CONTROLLER)
    except CommandFailed as failure:
        assert POLICY in str(failure), failure
        return True
    return False


@pytest.fixture
def closed_namespace(plane, namespace):
    """Calls that keep ReplicaSets from creating pods in the namespace, after all mutation, and let them again."""
    name = {"metadata": {"name": POLICY}, "apiVersion": "admissionregistration.k8s.io/v1"}
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    policy = {**name, "kind": "ValidatingAdmissionPolicy", "spec": {
        "failurePolicy": "Fail", "matchConstraints": {"resourceRules": rules},
        "validations": [{"expression": f"request.userInfo.username != '{CONTROLLER}'"}]}}
    binding = {**name, "kind": "ValidatingAdmissionPolicyBinding", "spec": {
        "policyName": POLICY, "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}}}

    def close(owner):
        plane.apply(namespace, policy, binding)
        plane.wait_until("the policy is in force", lambda: is_refused(plane, namespace, owner))

    def open_again(owner):
        plane.kubectl("delete", "validatingadmissionpolicybinding", POLICY)
        plane.wait_until("the policy is gone", lambda: not is_refused(plane, namespace, owner))

    yield close, open_again
    for kind in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
        plane.kubectl("delete", kind, POLICY, "--ignore-not-found")


def test_a_later_rejection_uses_no_rule_up(plane, namespace, start_adapter, audit, closed_namespace):
    close, open_again = closed_namespace
    plane.add_nodes("1g.5gb=1,2g.10gb=1")
    plane.apply(namespace, workload("ReplicaSet", "web", "1g.5gb", replicas=2))
    plane.wait_until("one runs", lambda: sum(pod.runs for pod in plane.pods(namespace)) == 1)
    plane.wait_until("both exist", lambda: len(plane.pods(namespace)) == 2)
    close("rs/web")
    start_adapter()

    def patched_again():
        """The ReplicaSet tries again and again. A rejected successor holds the rule for a moment, then it is back."""
        create_pod(plane, namespace, "rs/web")  # a dry run, which must not matter
        refused = [event for event in creations(audit, namespace) if event["responseStatus"]["code"] >= 400]
        return sum(any(calls_of_ours(event)) for event in refused) >= 2

    plane.wait_until("two successors were patched and rejected", patched_again)
    assert len(audit.evicted()) == 1 and len(plane.pods(namespace)) == 1
    open_again("rs/web")
    plane.kubectl("annotate", "rs", "web", "-n", namespace, "example.org/again=1")
    plane.wait_for_grants(namespace, ["1g.5gb", "2g.10gb"])


def test_a_dry_run_changes_nothing_and_tells_what_would_be(plane, namespace, start_adapter):
    start_adapter()
    plane.add_nodes("1g.5gb=1,2g.10gb=1")
    plane.apply(namespace, workload("ReplicaSet", "web", "1g.5gb"))
    plane.wait_for_grants(namespace, ["1g.5gb"])
    pod = create_pod(plane, namespace, "rs/web")
    limits = pod["spec"]["containers"][0]["resources"]["limits"]
    assert limits == {MIG + "1g.5gb": "1"} and "annotations" not in pod["metadata"]
    plane.wait_for_grants(namespace, ["1g.5gb"])


def test_a_name_that_is_taken_uses_no_rule_up(plane, namespace, start_adapter, audit):
    start_adapter("--restore", "eager")
    plane.add_nodes("3g.20gb=1", prefix="large")
    # Its end takes long, and a StatefulSet waits for it: the rule of the restore stands by meanwhile.
    plane.apply(namespace, workload("StatefulSet", "db", "1g.5gb", annotations={STOP_AFTER: "25s"}))
    plane.wait_for_grants(namespace, ["3g.20gb"])
    before = len(audit.evicted())
    plane.add_nodes("2g.10gb=1", prefix="small")
    plane.wait_until("the pod is evicted once more", lambda: len(audit.evicted()) > before)
    with pytest.raises(CommandFailed, match="AlreadyExists|already exists"):
        create_pod(plane, namespace, "statefulset/db", name="db-0", dry_run=False)
    plane.wait_for_grants(namespace, ["2g.10gb"])
    assert len(audit.evicted()) == before + 1


def test_a_second_call_for_the_same_pod_changes_nothing(plane, namespace, start_adapter, audit, tmp_path):
    start_adapter()
    other = OtherWebhook(plane, namespace, tmp_path)
    try:
        plane.add_nodes("1g.5gb=1,2g.10gb=1")
        plane.apply(namespace, workload("ReplicaSet", "web", "1g.5gb", replicas=2))
        pods = plane.wait_for_grants(namespace, ["1g.5gb", "2g.10gb"])
    finally:
        other.close()
    (upgraded,) = [pod for pod in pods if pod.grant == "2g.10gb"]
    assert upgraded.annotations[ANNOTATION] == "yes"
    assert upgraded.requests == {MIG + "2g.10gb": 1}
    assert len(audit.evicted()) == 1
    calls = [calls_of_ours(event) for event in creations(audit, namespace)]
    assert [True, False] in calls, f"patched at first, and the second call changes nothing: {calls}"
    assert not any(any(second) for _, *second in calls), f"a second call changed a pod: {calls}"


def creations(audit, namespace):
    """The requests, dry runs apart, that were to create pods in the namespace."""
    return [event for event in audit.events()
            if event["verb"] == "create" and event["objectRef"]["resource"] == "pods"
            and event["objectRef"].get("namespace") == namespace and "subresource" not in event["objectRef"]
            and "dryRun" not in event["requestURI"]]


def calls_of_ours(creation):
    """Whether each call of our webhook changed the pod."""
    prefix = "mutation.webhook.admission.k8s.io/round_"
    calls = [json.loads(text) for key, text in sorted(creation.get("annotations", {}).items())
             if key.startswith(prefix)]
    return [call["mutated"] for call in calls if call["configuration"] == "mig-adapter"]
