"""The API server over one kept-alive connection: kubectl takes too long for thousands of requests."""

import base64
import http.client
import json
import ssl
import tempfile
from urllib.parse import urlsplit


class Refused(Exception):
    """The API server's answer was no success; `code` is its status."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text[:2000]}")
        self.code = code


class Api:
    """As the user of a kubeconfig with a client certificate."""

    def __init__(self, plane):
        config = json.loads(plane.kubectl("config", "view", "--raw", "-o", "json"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        context = ssl.create_default_context(
            cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(base64.b64decode(user["client-certificate-data"]) + b"\n"
                      + base64.b64decode(user["client-key-data"]))
            pem.flush()
            context.load_cert_chain(pem.name)
        server = urlsplit(cluster["server"])
        self._connection = http.client.HTTPSConnection(server.hostname, server.port, timeout=60,
                                                       context=context)

    def call(self, method, path, body=None, content_type="application/json"):
        """The decoded answer; Refused when it is no success."""
        self._connection.request(method, path, None if body is None else json.dumps(body),
                                 {"Content-Type": content_type})
        response = self._connection.getresponse()
        text = response.read().decode()
        if response.status >= 300:
            raise Refused(response.status, text)
        return json.loads(text)

    def items(self, path):
        return self.call("GET", path)["items"]

    def patch(self, path, change):
        return self.call("PATCH", path, change, "application/merge-patch+json")

    def delete_now(self, path):
        """Without a grace period; what is gone already is fine."""
        try:
            self.call("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0})
        except Refused as refusal:
            if refusal.code != 404:
                raise
