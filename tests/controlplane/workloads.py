"""Manifests of workloads that ask for one MIG instance."""

from plane import MIG

START_AFTER = "controlplane.migadapter.io/start-after"
RUN_FOR = "controlplane.migadapter.io/run-for"
STOP_AFTER = "controlplane.migadapter.io/stop-after"

API_VERSIONS = {"Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1",
                "ReplicationController": "v1", "Job": "batch/v1"}


def pod_spec(profile):
    return {
        "terminationGracePeriodSeconds": 1,
        "containers": [{"name": "main", "image": "example.org/workload",
                        "resources": {"limits": {MIG + profile: "1"}}}],
    }


def bare_pod(name, profile):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": pod_spec(profile)}


def workload(kind, name, profile, replicas=1, annotations=None):
    """A Deployment, ReplicaSet, StatefulSet or ReplicationController."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels, "annotations": annotations or {}},
                "spec": pod_spec(profile)}
    selector = labels if kind == "ReplicationController" else {"matchLabels": labels}
    spec = {"replicas": replicas, "selector": selector, "template": template}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": API_VERSIONS[kind], "kind": kind, "metadata": {"name": name}, "spec": spec}


def deployment(name, profile, replicas=1, annotations=None):
    return workload("Deployment", name, profile, replicas, annotations)


def job(name, profile, run_for):
    template = {"metadata": {"annotations": {RUN_FOR: run_for}},
                "spec": {**pod_spec(profile), "restartPolicy": "Never"}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {"template": template}}
