"""A real Kubernetes control plane with simulated GPU nodes, and kubectl on it."""

import base64
import json
import os
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/controlplane/controlplane"
MIG = "nvidia.com/mig-"
PATIENCE_SECONDS = 90
POLL_SECONDS = 0.1


class CommandFailed(Exception):
    """A command's exit code was not 0; the text is what it said."""


def run(*arguments, text_in=None, environment=None):
    """Runs a command and returns its stdout."""
    result = subprocess.run(
        [str(argument) for argument in arguments],
        input=text_in,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        timeout=PATIENCE_SECONDS * 10,
        check=False,
    )
    if result.returncode != 0:
        raise CommandFailed(f"{' '.join(map(str, arguments))}: {result.stderr or result.stdout}")
    return result.stdout


@contextmanager
def paused(process):
    """The process, by its id, stands still: it keeps its connections and answers nothing."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@dataclass(frozen=True)
class Pod:
    """What the tests look at of a pod."""

    name: str
    uid: str
    owner: str
    node: str
    phase: str
    terminating: bool
    resource_version: str
    requests: dict = field(hash=False)  # of MIG resources, over all containers
    annotations: dict = field(hash=False)

    @property
    def runs(self):
        return self.phase == "Running" and not self.terminating

    @property
    def grant(self):
        """The one MIG resource that the pod asks for, without the prefix."""
        (resource,) = self.requests
        return resource.removeprefix(MIG)


def _to_pod(item):
    metadata, spec = item["metadata"], item["spec"]
    requests = {}
    for container in spec["containers"]:
        for resource, count in container["resources"].get("requests", {}).items():
            if resource.startswith(MIG):
                requests[resource] = requests.get(resource, 0) + int(count)
    return Pod(
        name=metadata["name"],
        uid=metadata["uid"],
        owner=next((owner["name"] for owner in metadata.get("ownerReferences", [])), ""),
        node=spec.get("nodeName", ""),
        phase=item["status"].get("phase", ""),
        terminating="deletionTimestamp" in metadata,
        resource_version=metadata["resourceVersion"],
        requests=requests,
        annotations=metadata.get("annotations", {}),
    )


class Plane:
    """One control plane. Its `kubectl` is the administrator's."""

    def __init__(self, folder, *flags):
        self.folder = Path(folder)
        self.kubeconfig = Path(self.tool("up", *flags).strip())
        path = json.loads((self.folder / "settings.json").read_text())["binaries"]
        self.kubectl_program = Path(path) / "kubectl"
        self.adapters = []  # that should be running now

    def tool(self, command, *arguments):
        return run(TOOL, command, "--dir", self.folder, *arguments)

    def close(self):
        self.tool("down")

    def kubectl(self, *arguments, text_in=None, kubeconfig=None):
        environment = {"KUBECONFIG": str(kubeconfig or self.kubeconfig)}
        return run(self.kubectl_program, *arguments, text_in=text_in, environment=environment)

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def cluster(self):
        """Where the API server is, and the PEM text that vouches for it."""
        (entry,) = json.loads(self.kubectl("config", "view", "--raw", "-o", "json"))["clusters"]
        return {"server": entry["cluster"]["server"],
                "authority": base64.b64decode(entry["cluster"]["certificate-authority-data"])}

    def apply(self, namespace, *manifests):
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
        self.kubectl("apply", "-n", namespace, "-f", "-", text_in=text)

    def pods(self, namespace, owner=""):
        """Pods whose owner's name starts so: a Deployment's pods belong to "NAME-HASH"."""
        items = self.get("pods", "-n", namespace)["items"]
        return [pod for pod in map(_to_pod, items) if pod.owner.startswith(owner)]

    def add_nodes(self, config, prefix="gpu", count=1, model="A100-40GB", **flags):
        more = [part for key, value in flags.items() for part in (f"--{key}", value)]
        self.tool("add-nodes", "--model", model, "--config", config, "--prefix", prefix,
                  "--count", count, *more)

    def evict(self, namespace, name, preconditions):
        """Evicts through the API and returns the refusal's text, empty when it happened."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction",
                "metadata": {"name": name, "namespace": namespace},
                "deleteOptions": {"preconditions": preconditions}}
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/eviction"
        try:
            self.kubectl("create", "--raw", path, "-f", "-", text_in=json.dumps(body))
        except CommandFailed as failure:
            return str(failure)
        return ""

    def clear(self, namespaces):
        """Leaves no workload, node or namespace of a test behind."""
        kinds = "deployments,statefulsets,replicasets,replicationcontrollers,jobs"
        for namespace in namespaces:
            self.kubectl("delete", kinds, "--all", "-n", namespace, "--wait=false")
            # Whole collections in one request each: one by one, 200 pods take most of a minute.
            self.kubectl("delete", "--raw", f"/api/v1/namespaces/{namespace}/pods")
            self.wait_until("no pod is left", lambda n=namespace: not self.pods(n))
            self.kubectl("delete", "namespace", namespace, "--wait=false")
        self.kubectl("delete", "--raw", "/api/v1/nodes")
        self.wait_until("no node is left", lambda: not self.get("nodes")["items"])

    def wait_until(self, what, condition, patience=PATIENCE_SECONDS):
        """Polls until the condition holds and returns its value; says how things stand if not."""
        deadline = time.monotonic() + patience
        while True:
            value = condition()
            if value:
                return value
            ended = any(adapter.process.poll() is not None for adapter in self.adapters)
            if ended or time.monotonic() > deadline:
                why = "mig-adapter ended before" if ended else f"after {patience} s still not"
                raise AssertionError(f"{why}: {what}\n{self.report()}")
            time.sleep(POLL_SECONDS)

    def wait_for_grants(self, namespace, wanted, owner=""):
        """Waits until exactly these grants run, one for each pod, and nothing else is there."""

        def reached():
            pods = self.pods(namespace, owner)
            steady = all(pod.runs for pod in pods)
            return pods if steady and sorted(p.grant for p in pods) == sorted(wanted) else None

        return self.wait_until(f"pods {owner or 'of ' + namespace} run on {sorted(wanted)}", reached)

    def report(self):
        columns = ("NAMESPACE:.metadata.namespace,NAME:.metadata.name,PHASE:.status.phase,"
                   "NODE:.spec.nodeName,REQUESTS:.spec.containers[*].resources.requests,"
                   "CONDITION:.status.conditions[?(@.type=='PodScheduled')].message")
        parts = [self.kubectl("get", "pods", "-A", "-o", f"custom-columns={columns}"),
                 self.kubectl("get", "nodes", "-o",
                              "custom-columns=NAME:.metadata.name,ALLOCATABLE:.status.allocatable"),
                 self.kubectl("get", "events", "-A", "--sort-by=.metadata.creationTimestamp")[-4000:]]
        return "\n".join(parts + [adapter.report() for adapter in self.adapters])

    def audit(self):
        """A reader of what the API server answers from now on."""
        return Audit(self.folder / "audit.log")


class Audit:
    """The API server's audit log from one moment on."""

    def __init__(self, path):
        self._path = path
        self._begin = path.stat().st_size

    def events(self):
        with self._path.open("rb") as log:
            log.seek(self._begin)
            lines = log.read().split(b"\n")[:-1]  # the last may be half written
        return [event for event in map(json.loads, lines) if event["stage"] == "ResponseComplete"]

    def evictions(self):
        """Evictions asked for, dry runs apart."""
        return [event for event in self.events()
                if event.get("objectRef", {}).get("subresource") == "eviction"
                and "dryRun" not in event["requestURI"]]

    def evicted(self):
        """Evictions that happened."""
        return [event for event in self.evictions() if event["responseStatus"]["code"] < 300]


def new_folder():
    """A folder named after this process, so that a later run can clear what a killed one left."""
    parent = Path(tempfile.gettempdir()) / "mig-adapter-tests"
    parent.mkdir(exist_ok=True)
    for leftover in parent.iterdir():
        owner = leftover.name.split("-")[0]
        if leftover.is_dir() and not Path(f"/proc/{owner}").exists():
            run(TOOL, "down", "--dir", leftover)
    number = sum(1 for folder in parent.iterdir() if folder.name.startswith(f"{os.getpid()}-"))
    return parent / f"{os.getpid()}-{number}"
