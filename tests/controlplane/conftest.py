"""Fixtures: one control plane for all tests, each of which leaves it empty."""

import itertools
import os

import pytest

from adapter import PROGRAM, Adapter
from load import Load
from plane import Plane, new_folder


def pytest_configure(config):
    config.addinivalue_line("markers", "sanitized: runs under the sanitizers too; together these tests "
                            "pass every way of the program's threads, which the others only repeat")


@pytest.fixture(scope="session")
def shared_plane():
    plane = Plane(new_folder(), "--audit")
    yield plane
    plane.close()


@pytest.fixture
def plane(shared_plane):
    """The control plane without nodes. Nodes and namespaces of the test are deleted at its end."""
    yield shared_plane
    names = [item["metadata"]["name"] for item in shared_plane.get("namespaces")["items"]
             if item["metadata"]["name"].startswith("test-") and item["status"]["phase"] == "Active"]
    shared_plane.clear(names)
    shared_plane.adapters.clear()


@pytest.fixture(scope="session")
def namespace_numbers():
    return itertools.count(1)


@pytest.fixture
def new_namespace(plane, namespace_numbers):
    def create():
        name = f"test-{next(namespace_numbers)}"
        plane.kubectl("create", "namespace", name)
        account = ("serviceaccount/default", "-n", name, "--ignore-not-found", "-o", "name")
        plane.wait_until(f"{name} accepts pods", lambda: plane.kubectl("get", *account))
        return name

    return create


@pytest.fixture
def namespace(new_namespace):
    return new_namespace()


@pytest.fixture
def audit(plane):
    return plane.audit()


@pytest.fixture
def load(plane):
    """Creation of pods in the namespace "default", to be started by `with`."""
    account = ("load", "-n", "default")
    plane.kubectl("create", "serviceaccount", *account)
    plane.kubectl("create", "rolebinding", *account, "--clusterrole=edit", "--serviceaccount=default:load")
    yield Load(plane, "load")
    plane.kubectl("delete", "rolebinding", *account)
    plane.kubectl("delete", "serviceaccount", *account)


@pytest.fixture
def start_adapter(plane, tmp_path):
    """Starts mig-adapter with flags and waits until it is ready; ends it after the test."""
    if not os.access(PROGRAM, os.X_OK):
        pytest.fail(f"{PROGRAM} is missing: build the target mig-adapter or set MIG_ADAPTER")
    started = []

    def start(*flags, wait=True, **options):
        log = tmp_path / f"mig-adapter-{len(started)}.log"
        started.append(Adapter(plane, log, *flags, **options))
        return started[-1].wait_until_ready() if wait else started[-1]

    yield start
    # The last first: one that registers the webhook of others began before them.
    for adapter in reversed(started):
        if adapter.process.returncode is None:
            adapter.end()
    assert not started or not started[0].is_registered()
