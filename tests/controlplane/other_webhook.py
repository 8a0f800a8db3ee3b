"""A mutating webhook of somebody else's, which is called after mig-adapter's and changes the pod."""

import base64
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "zz-other"  # the API server calls webhooks in the order of their names
ANNOTATION = "example.org/seen"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802  the name is http.server's
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pod = review["request"]["object"]
        value = {ANNOTATION: "yes"}
        annotations = pod["metadata"].get("annotations")
        patch = [{"op": "add", "path": "/metadata/annotations", "value": {**(annotations or {}), **value}}]
        response = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch",
                    "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
        body = json.dumps({**review, "request": None, "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OtherWebhook:
    """Runs and is registered for the pods of one namespace until `close`."""

    def __init__(self, plane, namespace, folder):
        self._plane = plane
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=other", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1",
                        "-keyout", "other.key", "-out", "other.crt"], cwd=folder, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "other.crt", folder / "other.key")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._register(namespace, (folder / "other.crt").read_bytes())

    def _register(self, namespace, authority):
        url = f"https://127.0.0.1:{self._server.server_port}/"
        webhook = {
            "name": "other.example.org", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "failurePolicy": "Fail", "reinvocationPolicy": "Never",
            "clientConfig": {"url": url, "caBundle": base64.b64encode(authority).decode()},
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        }
        self._plane.apply(namespace, {"apiVersion": "admissionregistration.k8s.io/v1",
                                      "kind": "MutatingWebhookConfiguration", "metadata": {"name": NAME},
                                      "webhooks": [webhook]})

    def close(self):
        self._plane.kubectl("delete", "mutatingwebhookconfiguration", NAME)
        self._server.shutdown()
        self._server.server_close()
