"""Creation of pods without a pause, each of which the webhook has to patch."""

import http.client
import json
import ssl
import threading
from urllib.parse import urlparse

PROBE, ANSWER = "migadapter.io/probe", "migadapter.io/probe-answer"


def probe_pod(nonce):
    """A pod that the webhook answers with the nonce."""
    amounts = {"nvidia.com/mig-1g.5gb": "1"}
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"generateName": "load-", "annotations": {PROBE: nonce}},
            "spec": {"containers": [{"name": "a", "image": "a", "resources": {"limits": amounts}}]}}


class Load:
    """Creates pods as dry runs, several at a time, on connections that are kept. `account` may
    create pods in the namespace."""

    def __init__(self, plane, account, namespace="default", threads=2):
        self._plane = plane
        self._path = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
        self._token = plane.kubectl("create", "token", account, "-n", namespace).strip()
        self._stop = threading.Event()
        self.created = 0
        self.failures = []
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(threads)]

    def reaches_the_webhook(self):
        """Whether one pod comes back patched; nothing is counted."""
        self._create(self._plane_connection(), "first")
        reached = not self.failures
        self.failures.clear()
        return reached

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        connection = self._plane_connection()
        count = 0
        while not self._stop.is_set():
            count += 1
            self._create(connection, f"{number}-{count}")
        connection.close()

    def _plane_connection(self):
        config = json.loads(self._plane.kubectl("config", "view", "--raw", "-o", "json"))
        server = urlparse(config["clusters"][0]["cluster"]["server"])
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(server.hostname, server.port, context=context, timeout=30)

    def _create(self, connection, nonce):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            connection.request("POST", self._path, json.dumps(probe_pod(nonce)), headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as failure:
            self.failures.append(repr(failure))
            connection.close()
            return
        if response.status != 201:
            self.failures.append(text)
        elif json.loads(text)["metadata"]["annotations"].get(ANSWER) != nonce:
            self.failures.append(f"{nonce}: unpatched")
        self.created += 1
