"""Nodes and pods made of chance that use every scheduling feature which mig-adapter models."""

import json

from plane import MIG

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
APPS = ["web", "db", "cache"]
TEAMS = ["red", "blue"]
PRIORITIES = ["fit-low", "fit-high"]
RUNTIME = "fit-heavy"
PROFILES = ["1g.5gb", "2g.10gb", "3g.20gb", "1g.10gb", "2g.20gb", "1g.6gb"]
PORTS = [8080, 8081]
ADDRESSES = ["", "0.0.0.0", "10.9.8.7", "10.9.8.6"]


def takes_keys(selector):
    """The API server refuses a key that the selector names too."""
    return selector is not None and '"hash"' not in json.dumps(selector)


# A pod is about one or two of these; with all at once the first that fails would hide the others.
FEATURES = ["volumes", "podAffinity", "podAntiAffinity", "spread", "node selector", "node affinity", "host ports",
            "resources"]


class Chance:
    """Random nodes and pods; `features` collects what the last pod uses."""

    def __init__(self, random, namespaces, claims):
        self.random, self.namespaces, self.claims, self.features = random, namespaces, claims, set()
        self.focus = set()

    def one_in(self, count):
        return self.random.randrange(count) == 0

    def used(self, feature):
        self.features.add(feature)

    def takes(self, feature):
        """Whether the pod is about the feature, or has it by chance."""
        taken = feature in self.focus or self.one_in(8)
        if taken:
            self.used(feature)
        return taken

    def node_change(self, name):
        """A merge patch of labels, taints and cordon."""
        pick = self.random.choice
        labels = {ZONE: pick(["a", "b", "c", None]), "pool": pick(["x", "y", None]),
                  "rank": pick(["1", "5", "odd", None]), HOST: None if self.one_in(12) else name}
        taints = []
        if self.one_in(4):
            taints.append({"key": "dedicated", "value": pick(["gpu", "cpu"]),
                           "effect": pick(["NoSchedule", "NoExecute", "PreferNoSchedule"])})
        if self.one_in(10):
            taints.append({"key": MIG + "1g.5gb", "value": "", "effect": "NoSchedule"})
        return {"metadata": {"labels": labels},
                "spec": {"taints": taints, "unschedulable": True if self.one_in(10) else None}}

    def resident(self, name, node):
        """A pod that is on a node already, past the scheduler."""
        pod = self.pod(name, plain=True)
        pod["spec"]["nodeName"] = node
        if self.one_in(12):
            pod["metadata"]["finalizers"] = ["migadapter.io/test"]
        return pod

    def pod(self, name, profiles=(), plain=False):
        """With all features, or with those alone that a pod keeps others off by. One that is judged
        asks for an instance, mostly of those profiles."""
        self.features = set()
        self.focus = set(self.random.sample(FEATURES, self.random.choice([1, 2])))
        labels = {"app": self.random.choice(APPS)}
        if self.one_in(2):
            labels["hash"] = self.random.choice("12")
        container = {"name": "main", "image": "example.org/workload", "resources": {}}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                # Whatever its node is tainted with, a resident stays.
                "tolerations": [{"operator": "Exists"}] if plain else []}
        pod = {"metadata": {"name": name, "labels": labels}, "spec": spec}
        self._resources(container, spec, profiles, plain)
        self._ports(container)
        self._pod_terms(spec, "podAntiAffinity")
        if not plain:
            self._constrain(spec)
        return pod

    def _constrain(self, spec):
        if self.takes("volumes"):
            claims = self.random.sample(self.claims, self.random.choice([1, 1, 2]))
            spec["volumes"] = [{"name": claim, "persistentVolumeClaim": {"claimName": claim}}
                               for claim in claims]
        self._pod_terms(spec, "podAffinity")
        self._spread(spec)
        self._node_terms(spec)
        self._tolerations(spec)
        spec["priorityClassName"] = self.random.choice(PRIORITIES)
        if self.one_in(10):
            self.used("overhead")
            spec["runtimeClassName"] = RUNTIME

    def _resources(self, container, spec, profiles, plain):
        requests = {}
        if not plain or self.one_in(4):
            profile = self.random.choice(list(profiles) if profiles and not self.one_in(8) else PROFILES)
            requests[MIG + profile] = str(self.random.choice([1, 1, 1, 2]))
        if self.takes("resources"):
            requests["cpu"] = self.random.choice(["100m", "20", "45"])
        container["resources"] = {"requests": requests, "limits": dict(requests)}
        if self.one_in(10):
            spec["resources"] = {"requests": {"cpu": "50", "memory": "1Gi"}}
            container["resources"]["requests"].pop("cpu", None)
            container["resources"]["limits"].pop("cpu", None)
            self.used("pod-level resources")
        if self.one_in(10):
            spec["initContainers"] = [{"name": "init", "image": "example.org/init",
                                       "resources": {"requests": {"cpu": "40"}}}]
            self.used("init container")

    def _ports(self, container):
        if not self.takes("host ports"):
            return
        port = self.random.choice(PORTS)
        container["ports"] = [{"containerPort": port, "hostPort": port,
                               "protocol": self.random.choice(["TCP", "TCP", "UDP"]),
                               "hostIP": self.random.choice(ADDRESSES)}]

    def _selector(self):
        """A label selector that is now and then empty or absent."""
        kind = self.random.randrange(12)
        if kind == 0:
            return None
        if kind == 1:
            return {}
        apps = self.random.sample(APPS, self.random.choice([1, 1, 2]))
        if kind == 2:
            return {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": apps}]}
        if kind == 3:
            return {"matchExpressions": [{"key": "hash", "operator": self.random.choice(
                ["Exists", "DoesNotExist"])}]}
        return {"matchExpressions": [{"key": "app", "operator": "In", "values": apps}]}

    def _topology(self):
        return self.random.choice([ZONE, HOST, "pool"])

    def _pod_terms(self, spec, field):
        if not self.takes(field):
            return
        terms = [self._pod_term() for _ in range(self.random.choice([1, 1, 1, 2]))]
        spec.setdefault("affinity", {})[field] = {
            "requiredDuringSchedulingIgnoredDuringExecution": terms}

    def _pod_term(self):
        term = {"topologyKey": self._topology(), "labelSelector": self._selector()}
        if self.one_in(4):
            term["namespaces"] = self.random.sample(self.namespaces, 1)
            self.used("namespaces")
        elif self.one_in(4):
            self.used("namespaceSelector")
            selector = {"matchLabels": {"team": self.random.choice(TEAMS)}}
            term["namespaceSelector"] = self.random.choice([{}, selector])
        if takes_keys(term["labelSelector"]) and self.one_in(5):
            self.used("matchLabelKeys")
            term[self.random.choice(["matchLabelKeys", "mismatchLabelKeys"])] = ["hash"]
        return term

    def _spread(self, spec):
        if not self.takes("spread"):
            return
        constraints = {}
        for _ in range(self.random.choice([1, 1, 2])):
            constraint = {"maxSkew": self.random.choice([1, 1, 2]), "topologyKey": self._topology(),
                          "whenUnsatisfiable": "DoNotSchedule", "labelSelector": self._selector()}
            if self.one_in(4):
                constraint["minDomains"] = self.random.choice([2, 3, 4])
            for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
                if self.one_in(3):
                    constraint[policy] = self.random.choice(["Honor", "Ignore"])
            if takes_keys(constraint["labelSelector"]) and self.one_in(4):
                constraint["matchLabelKeys"] = ["hash"]
            constraints[constraint["topologyKey"]] = constraint
        spec["topologySpreadConstraints"] = list(constraints.values())

    def _node_terms(self, spec):
        if self.takes("node selector"):
            spec["nodeSelector"] = {"pool": self.random.choice("xy")}
        if not self.takes("node affinity"):
            return
        expressions = [
            {"key": ZONE, "operator": "In", "values": self.random.sample("abc", 2)},
            {"key": ZONE, "operator": "NotIn", "values": ["a"]},
            {"key": "pool", "operator": self.random.choice(["Exists", "DoesNotExist"])},
            {"key": "rank", "operator": self.random.choice(["Gt", "Lt"]), "values": ["3"]}]
        terms = [{"matchExpressions": self.random.sample(expressions, self.random.choice([1, 2]))}
                 for _ in range(self.random.choice([1, 2]))]
        spec.setdefault("affinity", {})["nodeAffinity"] = {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}

    def _tolerations(self, spec):
        options = [
            {"key": "dedicated", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"},
            {"key": "dedicated", "operator": "Equal", "value": "gpu"},
            {"key": "dedicated", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
            {"key": MIG + "1g.5gb", "operator": "Exists"}, {"operator": "Exists"},
            {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]
        if self.one_in(3):
            self.used("tolerations")
            spec["tolerations"] = self.random.sample(options, self.random.choice([1, 2]))

    def pin(self, pod, node):
        """Lets the pod run on that node alone. Its spread looks at the other nodes all the same."""
        terms = pod["spec"].setdefault("affinity", {}).setdefault("nodeAffinity", {}).setdefault(
            "requiredDuringSchedulingIgnoredDuringExecution", {"nodeSelectorTerms": [{}]})
        for term in terms["nodeSelectorTerms"]:
            term["matchFields"] = [{"key": "metadata.name", "operator": "In", "values": [node]}]
        for constraint in pod["spec"].get("topologySpreadConstraints", []):
            constraint["nodeAffinityPolicy"] = "Ignore"
