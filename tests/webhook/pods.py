"""Pods of every shape that may reach the webhook, made of chance."""

MIG = "nvidia.com/mig-"
PROFILES = ["1g.5gb", "1g.5gb.me", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"]
# Whatever the names of keys may be, the patch must name them right.
ODD_PROFILES = ["1g.5gb~1x", "a/b", "~0", "~", "/", "x.y-z_1", "1g.5gb\u00e9"]
ONES = ["1", 1, "1e0", "1000m", "1.0"]
DEMAND = "migadapter.io/demand"


class PodMaker:
    """Pods of one source of chance (random.Random)."""

    def __init__(self, chance):
        self._chance = chance

    def pod(self):
        """A pod with or without any part that it may lack."""
        metadata = {"namespace": "team", "labels": {"app": self._word()}}
        metadata["generateName" if self._often() else "name"] = self._word()
        if self._often():
            metadata["annotations"] = self._annotations()
        if self._often():
            metadata["ownerReferences"] = self._owners()
        spec = {"containers": self._containers("app", 1), "schedulerName": self._word()}
        if self._seldom():
            spec["initContainers"] = self._init_containers()
        if self._seldom():
            spec["affinity"] = self._nested(self._chance.randrange(30))
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def resource(self):
        return MIG + self._chance.choice(PROFILES if self._often() else ODD_PROFILES)

    def _often(self):
        return self._chance.random() < 0.85

    def _seldom(self):
        return self._chance.random() < 0.3

    def _word(self):
        alphabet = "abc-./~\"\\\u00e9\u4e2d\U0001f680 \t{}" if self._seldom() else "abcdefgh-0123"
        return "".join(self._chance.choices(alphabet, k=self._chance.randrange(1, 20)))

    def _nested(self, depth):
        value = self._word()
        for _ in range(depth):
            value = {self._word(): value} if self._often() else [value, None, 1.5, True]
        return {"nested": value}

    def _annotations(self):
        annotations = {self._word(): self._word() for _ in range(self._chance.randrange(3))}
        if self._chance.random() < 0.1:
            annotations[DEMAND] = self._chance.choice(['{"main":{"nvidia.com/mig-1g.5gb":1}}', "", "{"])
        return self._chance.choice([annotations] * 4 + [None])

    def _owners(self):
        controller = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": self._word(),
                      "uid": self._word(), "controller": True}
        other = {"apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": "c"}
        return self._chance.choice([[controller], [other, controller], [other], []])

    def _init_containers(self):
        containers = self._containers("init", 0)
        for container in containers:
            if self._seldom():
                container["restartPolicy"] = "Always"
        return containers

    def _containers(self, prefix, fewest):
        # Mostly one resource for the pod, so that several containers ask for the same.
        usual = self.resource()
        return [self._container(f"{prefix}{index}{self._word()}", usual)
                for index in range(self._chance.randrange(fewest, 5))]

    def _container(self, name, usual):
        container = {"name": name, "image": self._word()}
        if self._often():
            container["resources"] = self._resources(usual)
        return container

    def _resources(self, usual):
        """As the API server's defaults leave them, or as the author wrote them."""
        amounts = {"cpu": "100m", "memory": "1Gi"} if self._seldom() else {}
        if self._often():
            amounts[usual] = self._count()
        for _ in range(self._chance.choice([0, 0, 0, 1, 2])):
            amounts[self.resource()] = self._count()
        shape = self._chance.choice(["both", "both", "both", "limits", "requests", "empty requests", "null"])
        return {"both": {"limits": amounts, "requests": dict(amounts)},
                "limits": {"limits": amounts},
                "requests": {"requests": amounts},
                "empty requests": {"limits": amounts, "requests": {}},
                "null": {"limits": amounts, "requests": None}}[shape]

    def _count(self):
        return self._chance.choice(ONES + ["2", 7, "0", "1k"])
