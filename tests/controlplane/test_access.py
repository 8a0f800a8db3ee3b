"""The shipped manifests: the roles grant what is used and nothing else."""

import json
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from adapter import END_SECONDS, PROGRAM, free_port
from plane import ROOT
from test_walkthrough import walk_through
from workloads import START_AFTER, deployment

NAMESPACE = "mig-adapter"
OURS = {"mig-adapter", "mig-adapter-ca"}  # what the roles name
POLICY = '{"apiVersion":"migadapter.io/v1alpha1","kind":"MigPolicy","metadata":{"name":"all"},"spec":{}}'


def account_of(role):
    return f"mig-adapter-{role}"


def user_of(role):
    return f"system:serviceaccount:{NAMESPACE}:{account_of(role)}"


def token_of(plane, account):
    return plane.kubectl("create", "token", account, "-n", NAMESPACE).strip()


def kubeconfig_of_account(plane, role, path):
    config = json.loads(plane.kubectl("config", "view", "--raw", "-o", "json"))
    config["users"] = [{"name": user_of(role), "user": {"token": token_of(plane, account_of(role))}}]
    config["contexts"][0]["context"]["user"] = user_of(role)
    path.write_text(json.dumps(config))
    return path


def rights_of(rules):
    return {(verb, f"{group}/{resource}", name)
            for rule in rules for verb in rule["verbs"] for group in rule["apiGroups"]
            for resource in rule["resources"] for name in rule.get("resourceNames", [""])}


def granted(plane, role):
    """(verb, resource, name or "") of every rule bound to the account of the role."""
    items = plane.get("clusterrolebindings,rolebindings", "-A")["items"]
    bound = [(item["roleRef"], item["metadata"].get("namespace", "")) for item in items
             if any(subject.get("namespace") == NAMESPACE and subject["name"] == account_of(role)
                    for subject in item.get("subjects", []))]
    rights = set()
    for reference, namespace in bound:
        where = ("-n", namespace) if reference["kind"] == "Role" else ()
        rights |= rights_of(plane.get(reference["kind"].lower(), reference["name"], *where)["rules"])
    return rights


def used(event):
    """The rights that a request needed, in the same form."""
    target = event["objectRef"]
    resource = f"{target.get('apiGroup', '')}/{target['resource']}"
    if target.get("subresource"):
        resource += "/" + target["subresource"]
    name = target.get("name") if event["verb"] != "create" and target.get("name") in OURS else ""
    rights = {(event["verb"], resource, name)}
    if event["verb"] == "patch" and event["responseStatus"]["code"] == 201:
        rights.add(("create", resource, name))  # server-side apply of an object that is not there
    return rights


def all_used(audit, role):
    events = [event for event in audit.events() if event["user"]["username"] == user_of(role)]
    denied = [event["requestURI"] for event in events if event["responseStatus"]["code"] == 403]
    assert not denied, denied
    return set().union(*map(used, events)) if events else set()


def scrape(address, token=""):
    """The status and the text of /metrics."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nobody can verify it; see the manual of --metrics-listen
    request = urllib.request.Request(f"https://{address}/metrics",
                                     headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=5, context=context) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as failure:
        return failure.code, failure.read().decode()


def move_slowly(plane, namespace):
    """One move that takes longer than a second, so that its rule's status is written."""
    plane.add_nodes("2g.10gb=1", prefix="slow")
    plane.apply(namespace, deployment("slow", "1g.5gb", annotations={START_AFTER: "3s"}))
    plane.wait_for_grants(namespace, ["2g.10gb"])
    plane.kubectl("delete", "deployment", "slow", "-n", namespace)
    plane.wait_until("no pod is left", lambda: not plane.pods(namespace))
    plane.kubectl("delete", "--raw", "/api/v1/nodes")
    plane.wait_until("no node is left", lambda: not plane.get("nodes")["items"])


@pytest.fixture
def accounts(plane):
    """The manifests' namespace and accounts, and one that may scrape."""
    for manifest in ("10-namespace.yaml", "11-migrules.yaml", "12-migpolicies.yaml", "20-access.yaml"):
        plane.kubectl("apply", "-f", ROOT / "deploy" / manifest)
    plane.kubectl("create", "serviceaccount", "scraper", "-n", NAMESPACE)
    plane.kubectl("create", "clusterrolebinding", "scraper", "--clusterrole=mig-adapter-metrics-reader",
                  f"--serviceaccount={NAMESPACE}:scraper")
    yield
    plane.kubectl("delete", "clusterrolebinding", "scraper")
    plane.kubectl("delete", "serviceaccount", "scraper", "-n", NAMESPACE)
    plane.kubectl("delete", "secret", "mig-adapter-ca", "-n", NAMESPACE, "--ignore-not-found")


def wait_until_all_is_used(plane, audit, role):
    # A watch is written to the log when it ends, some of them a moment after the process.
    plane.wait_until(f"the last requests of {role} are in the audit log",
                     lambda: granted(plane, role) <= all_used(audit, role), patience=20)
    assert all_used(audit, role) == granted(plane, role)


def test_the_controllers_role_grants_what_the_walkthrough_uses_and_nothing_else(
        plane, namespace, accounts, start_adapter, audit, tmp_path):
    metrics = f"127.0.0.1:{free_port()}"
    account = kubeconfig_of_account(plane, "controller", tmp_path / "kubeconfig")
    webhook = f"127.0.0.1:{free_port()}"
    adapter = start_adapter("--role", "controller", "--no-crds", "--metrics-listen", metrics,
                            kubeconfig=account, namespace=NAMESPACE, webhook=webhook, wait=False)
    start_adapter("--role", "webhook", webhook=webhook, namespace=NAMESPACE,
                  kubeconfig=kubeconfig_of_account(plane, "webhook", tmp_path / "webhook"))
    adapter.wait_until_ready()
    plane.kubectl("create", "-f", "-", text_in=POLICY)
    move_slowly(plane, namespace)
    walk_through(plane, namespace)
    assert scrape(metrics, token_of(plane, "scraper"))[0] == 200

    def told_and_renewed():
        return {("create", "/events", ""), ("update", "coordination.k8s.io/leases", "mig-adapter"),
                ("update", "/secrets", "mig-adapter-ca")} <= all_used(audit, "controller")

    plane.wait_until("the Events are written, the Lease and the Secret are renewed", told_and_renewed)
    adapter.stop()
    plane.kubectl("delete", "migpolicy", "all")
    wait_until_all_is_used(plane, audit, "controller")


def test_the_webhooks_role_grants_what_it_uses_and_nothing_else(
        plane, accounts, start_adapter, audit, tmp_path):
    metrics, webhook = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    accounts_of = {role: kubeconfig_of_account(plane, role, tmp_path / role)
                   for role in ("webhook", "controller")}
    controller = start_adapter("--role", "controller", "--no-crds", kubeconfig=accounts_of["controller"],
                               namespace=NAMESPACE, webhook=webhook, wait=False)
    answering = start_adapter("--role", "webhook", "--metrics-listen", metrics, webhook=webhook,
                              kubeconfig=accounts_of["webhook"], namespace=NAMESPACE)
    controller.wait_until_ready()  # the API server reaches the other process
    assert scrape(metrics, token_of(plane, "scraper"))[0] == 200
    plane.wait_until("its Lease is renewed", lambda: (
        "patch", "coordination.k8s.io/leases", "") in all_used(audit, "webhook"))
    plane.adapters.remove(answering)
    answering.process.terminate()
    assert answering.process.wait(END_SECONDS) == 0
    wait_until_all_is_used(plane, audit, "webhook")
    all_used(audit, "controller")  # nothing denied


def test_metrics_are_for_those_whom_the_cluster_lets(plane, accounts, start_adapter):
    metrics = f"127.0.0.1:{free_port()}"
    start_adapter("--metrics-listen", metrics)
    assert scrape(metrics)[0] == 401
    assert scrape(metrics, "guessed")[0] == 401
    assert scrape(metrics, token_of(plane, "default"))[0] == 403
    status, text = scrape(metrics, token_of(plane, "scraper"))
    assert status == 200
    for wanted in ('leader_election_master_status{name="mig-adapter"} 1',
                   'migadapter_admission_reviews_total{reason="ProbeAnswered"}',
                   "process_resident_memory_bytes", "migadapter_rules 0",
                   'controller_runtime_webhook_requests_total{webhook="/mutate-pods",code="200"}'):
        assert wanted in text, text


def test_metrics_without_tokens_are_for_this_machine_only(plane, start_adapter, tmp_path):
    metrics = f"127.0.0.1:{free_port()}"
    start_adapter("--metrics-listen", metrics, "--metrics-authentication", "none")
    with urllib.request.urlopen(f"http://{metrics}/metrics", timeout=5) as response:
        assert b"process_cpu_seconds_total" in response.read()
    result = subprocess.run(
        [PROGRAM, "run", "--kubeconfig", plane.kubeconfig, "--webhook-url", "https://127.0.0.1:1",
         "--health-listen", f"127.0.0.1:{free_port()}", "--metrics-listen", "0.0.0.0:0",
         "--metrics-authentication", "none"], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1 and "loopback" in result.stderr, result.stderr


def secrets_of_everybody(plane):
    """Everything that must not be in a log: tokens, keys, and parts of them."""
    config = json.loads(plane.kubectl("config", "view", "--raw", "-o", "json"))
    authority = plane.get("secret", "mig-adapter-ca", "-n", "default")["data"]
    texts = [value for key, value in config["users"][0]["user"].items() if "key" in key or "token" in key]
    texts += [value for key, value in authority.items() if key.endswith(".key")]
    return texts


def test_no_secret_is_in_the_log(plane, namespace, accounts, start_adapter):
    metrics = f"127.0.0.1:{free_port()}"
    adapter = start_adapter("--metrics-listen", metrics, log_level="debug")
    tokens = [token_of(plane, "scraper"), token_of(plane, "default")]
    for token in [*tokens, "a-guessed-token"]:
        scrape(metrics, token)
    walk_through(plane, namespace)
    secrets = secrets_of_everybody(plane) + tokens + ["a-guessed-token"]
    assert len(secrets) >= 5
    adapter.stop()
    log = adapter.log()
    for secret in secrets:
        assert secret not in log and secret[-40:] not in log
    for mark in ("PRIVATE KEY", "BEGIN ", "eyJhbGci", "Bearer "):
        assert mark not in log


def test_the_manifests_are_accepted_and_their_pods_are_admitted(plane):
    plane.add_nodes("all-balanced")
    plane.kubectl("apply", "-f", ROOT / "deploy", "-f", ROOT / "deploy/optional")
    # Two of each role: the namespace demands the restricted Pod Security Standard.
    plane.wait_until("the pods run", lambda: sum(pod.runs for pod in plane.pods(NAMESPACE)) == 4)
    plane.kubectl("apply", "-f", ROOT / "deploy", "-f", ROOT / "deploy/optional")
    for role in ("webhook", "controller"):
        plane.kubectl("patch", "-n", NAMESPACE, "deployment", account_of(role), "--type=json",
                      "--patch-file", ROOT / "deploy/cert-manager/use-certificate.yaml")
    plane.kubectl("delete", "-f", ROOT / "deploy", "-f", ROOT / "deploy/optional")


@pytest.mark.parametrize("manifest", ["40-webhook-deployment.yaml", "41-controller-deployment.yaml"])
def test_the_flags_of_the_manifests_are_known_to_the_program(plane, tmp_path, manifest):
    text = plane.kubectl("create", "-f", ROOT / "deploy" / manifest, "--dry-run=client", "-o", "json")
    (container,) = json.loads(text)["spec"]["template"]["spec"]["containers"]
    injected = ["--cert-dir", tmp_path, "--ca-bundle-injected"]
    for more in ([], injected):
        result = subprocess.run([PROGRAM, *container["args"], *more, "--kubeconfig", tmp_path / "missing"],
                                capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 1 and "missing" in result.stderr, result.stderr
