"""The shipped manifests: the role grants what is used and nothing else."""

import json
import subprocess

from adapter import PROGRAM
from plane import ROOT
from test_walkthrough import walk_through

NAMESPACE = ACCOUNT = ROLE = "mig-adapter"
USER = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
POLICY = '{"apiVersion":"migadapter.io/v1alpha1","kind":"MigPolicy","metadata":{"name":"all"},"spec":{}}'
CONFIGURATIONS = "admissionregistration.k8s.io/mutatingwebhookconfigurations"


def kubeconfig_of_account(plane, path):
    config = json.loads(plane.kubectl("config", "view", "--raw", "-o", "json"))
    token = plane.kubectl("create", "token", ACCOUNT, "-n", NAMESPACE).strip()
    config["users"] = [{"name": USER, "user": {"token": token}}]
    config["contexts"][0]["context"]["user"] = USER
    path.write_text(json.dumps(config))
    return path


def granted(plane):
    """(verb, resource, name or "") of every rule of both roles."""
    rules = plane.get("clusterrole", ROLE)["rules"] + plane.get("role", ROLE, "-n", NAMESPACE)["rules"]
    return {(verb, f"{group}/{resource}", name)
            for rule in rules for verb in rule["verbs"] for group in rule["apiGroups"]
            for resource in rule["resources"] for name in rule.get("resourceNames", [""])}


def used(event):
    """The rights that a request needed, in the same form."""
    target = event["objectRef"]
    resource = f"{target.get('apiGroup', '')}/{target['resource']}"
    if target.get("subresource"):
        resource += "/" + target["subresource"]
    is_ours = target.get("name") == ROLE and event["verb"] != "create"
    rights = {(event["verb"], resource, ROLE if is_ours else "")}
    if event["verb"] == "patch" and event["responseStatus"]["code"] == 201:
        rights.add(("create", resource, ROLE))  # server-side apply of an object that is not there
    return rights


def test_the_role_grants_what_the_walkthrough_uses_and_nothing_else(
        plane, namespace, start_adapter, audit, tmp_path):
    for manifest in ("10-namespace.yaml", "12-migpolicies.yaml", "20-access.yaml"):
        plane.kubectl("apply", "-f", ROOT / "deploy" / manifest)
    account = kubeconfig_of_account(plane, tmp_path / "kubeconfig")
    adapter = start_adapter("--no-crds", kubeconfig=account, namespace=NAMESPACE)
    plane.kubectl("create", "-f", "-", text_in=POLICY)
    walk_through(plane, namespace)

    def told_and_renewed():
        return {("create", "/events", ""), ("update", "coordination.k8s.io/leases", ROLE)} <= all_used()

    def all_used():
        events = [event for event in audit.events() if event["user"]["username"] == USER]
        denied = [event["requestURI"] for event in events if event["responseStatus"]["code"] == 403]
        assert not denied, denied
        return set().union(*map(used, events))

    plane.wait_until("the Events are written and the Lease is renewed", told_and_renewed)
    adapter.stop()
    plane.kubectl("delete", "migpolicy", "all")
    # A watch is written to the log when it ends, some of them a moment after the process.
    plane.wait_until("the last requests are in the audit log", lambda: granted(plane) <= all_used(),
                     patience=20)
    assert all_used() == granted(plane)


def test_the_manifests_are_accepted_and_their_pod_is_admitted(plane):
    plane.add_nodes("all-balanced")
    plane.kubectl("apply", "-f", ROOT / "deploy")
    plane.wait_until("the pod runs", lambda: any(pod.runs for pod in plane.pods(NAMESPACE)))
    plane.kubectl("apply", "-f", ROOT / "deploy")
    plane.kubectl("delete", "-f", ROOT / "deploy")


def test_the_flags_of_the_manifest_are_known_to_the_program(plane, tmp_path):
    text = plane.kubectl("create", "-f", ROOT / "deploy/40-deployment.yaml", "--dry-run=client", "-o", "json")
    (container,) = json.loads(text)["spec"]["template"]["spec"]["containers"]
    result = subprocess.run([PROGRAM, *container["args"], "--kubeconfig", tmp_path / "missing"],
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and "missing" in result.stderr, result.stderr
