"""Certificates come and go while the API server calls the webhook, and nobody notices."""

import base64
import json
import os

import pytest

from adapter import WEBHOOK_CONFIGURATION, Adapter
from plane import run

SECRET = "mig-adapter-ca"
NAMESPACE = "default"
# The lives of a certificate authority and of a certificate, and how many authorities have to come. By
# default a certificate comes every 2 s and an authority every 10 s; CONTRIBUTING.md has a longer run.
AUTHORITY_LIFE, CERTIFICATE_LIFE = os.environ.get("ROTATION_LIVES", "12s,3s").split(",")
ROTATIONS = int(os.environ.get("ROTATIONS", "3"))
SHORT_LIVES = ("--ca-lifetime", AUTHORITY_LIFE, "--certificate-lifetime", CERTIFICATE_LIFE)


@pytest.fixture(autouse=True)
def no_secret(plane):
    """A certificate authority of another test may be about to end; so may this test's, for the next."""

    def delete():
        plane.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")

    delete()
    yield
    delete()


def secret_of(plane):
    return plane.get("secret", SECRET, "-n", NAMESPACE)


def decoded(text):
    return base64.b64decode(text).decode()


def bundle(plane):
    """The caBundle of the registration, PEM."""
    (webhook,) = plane.get(WEBHOOK_CONFIGURATION)["webhooks"]
    return decoded(webhook["clientConfig"].get("caBundle", ""))


def test_certificates_and_authorities_rotate_under_load_and_no_pod_notices(
        plane, start_adapter, load):
    adapter = start_adapter(*SHORT_LIVES)
    seen = set()
    with load:

        def last_authority_signs():
            seen.add(secret_of(plane)["data"].get("tls.crt"))
            return len(seen - {None}) >= ROTATIONS

        plane.wait_until("the last certificate authority signs", last_authority_signs,
                         patience=60 * ROTATIONS)
        plane.wait_until("many pods were created", lambda: load.created >= 500)
    assert load.failures == []
    assert adapter.log().count("serving with a new certificate") >= 6
    assert "TLS handshake failed" not in adapter.log()
    assert "forgot a retired certificate authority" in adapter.log()


def test_a_bundle_that_somebody_changed_is_mended(plane, start_adapter):
    start_adapter()
    good = bundle(plane)
    patch = [{"op": "replace", "path": "/webhooks/0/clientConfig/caBundle", "value": ""}]
    plane.kubectl("patch", WEBHOOK_CONFIGURATION, "--type=json", "-p", json.dumps(patch))
    plane.wait_until("the bundle is back", lambda: bundle(plane) == good)


def test_a_lost_secret_is_made_again_without_a_gap(plane, start_adapter, load):
    start_adapter()
    old = bundle(plane)
    with load:
        plane.kubectl("delete", "secret", SECRET, "-n", NAMESPACE)
        plane.wait_until("both authorities are trusted",
                         lambda: old in bundle(plane) and bundle(plane) != old)
        before = load.created
        plane.wait_until("more pods were created", lambda: load.created >= before + 10)
    assert load.failures == []


def test_a_damaged_secret_is_mended_and_its_bytes_stay_out_of_the_log(plane, start_adapter):
    adapter = start_adapter()
    patch = {"data": {key: base64.b64encode(b"canary-of-a-key").decode()
                      for key in secret_of(plane)["data"]}}
    plane.kubectl("patch", "secret", SECRET, "-n", NAMESPACE, "-p", json.dumps(patch))

    def mended():
        certificate = secret_of(plane)["data"].get("next.crt", "")
        return "BEGIN CERTIFICATE" in decoded(certificate)

    plane.wait_until("the Secret is mended", mended)
    assert "is damaged and is replaced" in adapter.log()
    assert "canary-of-a-key" not in adapter.log()


def test_a_secret_of_somebody_else_is_left_alone(plane, namespace, tmp_path):
    plane.kubectl("create", "secret", "generic", SECRET, "-n", namespace, "--from-literal=a=b")
    adapter = Adapter(plane, tmp_path / "log", namespace=namespace)
    assert adapter.process.wait(30) == 1
    assert f"Secret {namespace}/{SECRET} is not ours" in adapter.log()
    assert plane.get("secret", SECRET, "-n", namespace)["data"] == {"a": "Yg=="}
    adapter.kill()


def make_certificate(folder, days):
    """A CA with a leaf for 127.0.0.1, as cert-manager writes them into a Secret."""
    folder.mkdir()
    quiet = ("-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    run("openssl", "req", "-x509", *quiet, "-keyout", folder / "ca.key", "-out", folder / "ca.crt",
        "-subj", "/CN=test", "-days", days)
    run("openssl", "req", "-x509", *quiet, "-keyout", folder / "tls.key", "-out", folder / "tls.crt",
        "-subj", "/CN=leaf", "-days", days, "-addext", "subjectAltName=IP:127.0.0.1",
        "-addext", "basicConstraints=critical,CA:FALSE",
        "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key")
    return folder


def mount(link, folder):
    """Swaps the link as kubelet does when a mounted Secret changes."""
    link.with_suffix(".next").symlink_to(folder)
    link.with_suffix(".next").rename(link)


def test_files_of_a_mounted_secret_are_read_again_when_they_change(
        plane, start_adapter, load, tmp_path):
    folder = tmp_path / "mounted"
    mount(folder, make_certificate(tmp_path / "first", "1"))
    adapter = start_adapter("--cert-dir", folder)
    assert bundle(plane) == (folder / "ca.crt").read_text()
    mount(folder, make_certificate(tmp_path / "second", "2"))
    plane.wait_until("the bundle follows", lambda: bundle(plane) == (folder / "ca.crt").read_text())
    plane.wait_until("so does the certificate",
                     lambda: adapter.log().count("serving with a new certificate") == 2)
    with load:
        plane.wait_until("pods were created", lambda: load.created >= 20)
    assert load.failures == []


def test_a_bundle_that_another_injects_is_left_to_it(plane, start_adapter, tmp_path):
    folder = make_certificate(tmp_path / "mounted", "1")
    injected = base64.b64encode((folder / "ca.crt").read_bytes()).decode()
    adapter = Adapter(plane, tmp_path / "log", "--cert-dir", folder, "--ca-bundle-injected")
    plane.wait_until("it is registered", adapter.is_registered)
    assert bundle(plane) == ""
    assert not adapter.answers("/readyz")
    patch = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": injected}]
    plane.kubectl("patch", WEBHOOK_CONFIGURATION, "--type=json", "-p", json.dumps(patch),
                  "--field-manager=injector")
    adapter.wait_until_ready()
    assert decoded(injected) == bundle(plane)
    adapter.stop()


@pytest.mark.parametrize("flags,said", [
    (("--ca-lifetime", "5s"), "--ca-lifetime"),
    (("--certificate-lifetime", "20y"), "--certificate-lifetime"),
    (("--ca-lifetime", "30s", "--certificate-lifetime", "11s"), "at most a third of --ca-lifetime"),
    (("--ca-bundle-injected",), "--cert-dir"),
])
def test_lives_that_make_no_sense_are_refused(plane, tmp_path, flags, said):
    adapter = Adapter(plane, tmp_path / "log", *flags)
    assert adapter.process.wait(30) == 2
    assert said in adapter.log()
    adapter.kill()


def test_a_health_port_that_is_taken_is_found_before_anything_is_registered(
        plane, start_adapter, tmp_path):
    running = start_adapter()
    # Another namespace: there it would be the one that acts and registers.
    second = Adapter(plane, tmp_path / "log", health=running.health, namespace="kube-public")
    assert second.process.wait(30) == 1
    assert "Address already in use" in second.log()
    (webhook,) = plane.get(WEBHOOK_CONFIGURATION)["webhooks"]
    assert running.webhook in webhook["clientConfig"]["url"]
    second.kill()
