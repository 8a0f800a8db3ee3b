"""One control plane with mig-adapter's account, and the proxies in front of it."""

from plane import ROOT, Plane, new_folder
from proxy import FaultProxy
from stage import Stage
from supervised import Supervised
from test_access import NAMESPACE, account_of, user_of

# Both parts run in one process, so that the account of the controller gets the webhook's rights too.
ACCOUNT, USER = account_of("controller"), user_of("controller")
WEBHOOK = account_of("webhook")  # its roles have its name
ALONE = ("--no-leader-election", "--no-crds")
LEASE_SECONDS = 15
ELECTED = ("--no-crds",)
MANIFESTS = "[12]?-*.yaml"  # the namespace, our kinds, the account and its rights


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.plane = Plane(new_folder(), "--audit")
        self._runs = 0
        self._proxies = []
        for manifest in sorted((ROOT / "deploy").glob(MANIFESTS)):
            self.plane.kubectl("apply", "-f", manifest)
        for kind in ("clusterrole", "role"):
            self.plane.kubectl("create", kind + "binding", "both-parts", f"--{kind}={WEBHOOK}",
                               f"--serviceaccount={NAMESPACE}:{ACCOUNT}", "-n", NAMESPACE)
        token = self.plane.kubectl("create", "token", ACCOUNT, "-n", NAMESPACE, "--duration=24h").strip()
        self._account = {"token": token}

    def close(self):
        for proxy in self._proxies:
            proxy.close()
        self.plane.close()

    def new_stage(self, scenario):
        self._runs += 1
        names = [f"test-{self._runs}-{letter}" for letter in "ab"[:scenario.namespaces]]
        for name in names:
            self.plane.kubectl("create", "namespace", name)
        for name in names:
            account = ("serviceaccount/default", "-n", name, "--ignore-not-found", "-o", "name")
            self.plane.wait_until(f"{name} accepts pods", lambda a=account: self.plane.kubectl("get", *a))
        return Stage(self.plane, names)

    def clear(self, stage):
        self.plane.clear(stage.namespaces)
        # Of replicas that were killed: the next run would wait for them.
        self.plane.kubectl("delete", "leases", "--all", "-n", NAMESPACE)

    def proxies(self, count):
        """So many proxies, none of which has a fault or remembers anything."""
        while len(self._proxies) < count:
            folder = self.folder / f"proxy-{len(self._proxies)}"
            self._proxies.append(FaultProxy(self.plane, folder, self._account))
        for proxy in self._proxies[:count]:
            proxy.reset()
        return self._proxies[:count]

    def start(self, proxy, flags):
        log = self.folder / f"run-{self._runs}-{self._proxies.index(proxy)}.log"
        return Supervised(self.plane, proxy, log, flags, NAMESPACE)

    def denied(self, stage):
        """What the account was refused because its role does not grant it."""
        return sorted({event["requestURI"] for event in stage.audit.events()
                       if event["user"]["username"] == USER and event["responseStatus"]["code"] == 403})
