"""Volumes of every sort that matters to the scheduler, one claim of each sort in each namespace."""

from random_pods import ZONE

DRIVER = "files.test.migadapter.io"
CLASS = "fit-waits"
# By the claim's name: what is special about its volume.
VOLUMES = {
    "free": {},
    "near-a": {"affinity": {"key": ZONE, "operator": "In", "values": ["a"]}},
    "not-c": {"affinity": {"key": ZONE, "operator": "NotIn", "values": ["c"]}},
    "zoned": {"labels": {ZONE: "a__b"}},
    "attached": {"source": {"csi": {"driver": DRIVER, "volumeHandle": "h"}}},
    "for-one": {"mode": "ReadWriteOncePod"},
}
WAITING = "waiting"  # for its first consumer


def _volume(namespace, name, special):
    mode = special.get("mode", "ReadWriteMany")
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": [mode], "storageClassName": "",
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": namespace, "name": name},
            **special.get("source", {"hostPath": {"path": "/data"}})}
    if "affinity" in special:
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [
            {"matchExpressions": [special["affinity"]]}]}}
    return {"apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": f"{namespace}-{name}", "labels": special.get("labels", {})}, "spec": spec}


def _claim(namespace, name, mode="ReadWriteMany", storage_class=""):
    spec = {"accessModes": [mode], "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}}}
    if not storage_class:
        spec["volumeName"] = f"{namespace}-{name}"
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def claims_of(namespace):
    bound = [_claim(namespace, name, special.get("mode", "ReadWriteMany"))
             for name, special in VOLUMES.items()]
    return bound + [_claim(namespace, WAITING, storage_class=CLASS)]


def cluster_objects(namespaces, nodes):
    """Volumes, a class without a provisioner, and what the nodes say of the CSI driver: the last
    node attaches one volume at most."""
    volumes = [_volume(namespace, name, special) for namespace in namespaces
               for name, special in VOLUMES.items()]
    waits = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": CLASS},
             "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
    drivers = []
    for node in nodes:
        driver = {"name": DRIVER, "nodeID": node, "topologyKeys": None}
        if node == nodes[-1]:
            driver["allocatable"] = {"count": 1}
        drivers.append({"apiVersion": "storage.k8s.io/v1", "kind": "CSINode",
                        "metadata": {"name": node}, "spec": {"drivers": [driver]}})
    return volumes + [waits] + drivers
