"""The fault proxy between one mig-adapter and the API server."""

import json
import subprocess
import time
import urllib.request
from pathlib import Path

from plane import ROOT

PROGRAM = ROOT / "tools/faultproxy/faultproxy"
START_SECONDS = 120  # the first start compiles it


class FaultProxy:
    """`folder` gets its files; `account` gives the client's token (see `kubeconfig`)."""

    def __init__(self, plane, folder, account):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        cluster = plane.cluster()
        upstream_authority = self.folder / "upstream-ca.crt"
        upstream_authority.write_bytes(cluster["authority"])
        self._log = open(self.folder / "proxy.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "--upstream", cluster["server"], "--upstream-ca", upstream_authority,
             "--dir", self.folder], stdout=self._log, stderr=self._log)
        self._addresses = self._wait_for_addresses()
        self.kubeconfig = self._write_kubeconfig(account)

    def _wait_for_addresses(self):
        deadline = time.monotonic() + START_SECONDS
        path = self.folder / "addresses.json"
        while not path.exists():
            assert self.process.poll() is None and time.monotonic() < deadline, \
                (self.folder / "proxy.log").read_text()
            time.sleep(0.05)
        return json.loads(path.read_text())

    def _write_kubeconfig(self, account):
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{"name": "proxy", "cluster": {"server": self._addresses["proxy"],
                                                       "certificate-authority": self._addresses["ca"]}}],
            "users": [{"name": "account", "user": account}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "account"}}]}))
        return path

    def close(self):
        self.process.kill()
        self.process.wait()
        self._log.close()

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self._addresses["control"] + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def reset(self):
        self._call("POST", "/reset")

    def state(self):
        return self._call("GET", "/state")

    def follow(self, process_id):
        """Says whom `kill` ends."""
        self._call("PUT", "/process", {"id": process_id})

    def add(self, rule):
        return self._call("POST", "/rules", rule)["id"]

    def clear(self):
        """Ends all faults; what they held up goes on."""
        self._call("DELETE", "/rules")
