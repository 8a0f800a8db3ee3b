"""How mig-adapter ends."""

import signal

import pytest

from adapter import END_SECONDS, WEBHOOK_CONFIGURATION, Adapter
from plane import paused
from test_plane import processes_of


def frozen_api_server(plane):
    """The API server takes connections and answers nothing."""
    return paused(processes_of(plane.folder)["kube-apiserver"])


def ask_to_stop(plane, adapter):
    adapter.process.send_signal(signal.SIGTERM)
    plane.wait_until("mig-adapter has seen the signal", lambda: "stopping" in adapter.log())


@pytest.mark.sanitized
def test_it_answers_for_its_health_until_the_end(start_adapter):
    adapter = start_adapter()
    adapter.process.send_signal(signal.SIGTERM)
    while adapter.process.poll() is None:
        adapter.answers("/readyz")
        adapter.answers("/livez")
    adapter.stop()


@pytest.mark.sanitized
def test_an_api_server_that_hangs_does_not_keep_it(plane, start_adapter):
    adapter = start_adapter()
    with frozen_api_server(plane):
        ask_to_stop(plane, adapter)
        assert adapter.process.wait(END_SECONDS) == 0, adapter.log()
    adapter.kill()
    plane.kubectl("delete", WEBHOOK_CONFIGURATION, "--ignore-not-found")  # its own may have arrived late


def test_a_second_signal_ends_it_at_once(plane, start_adapter):
    adapter = start_adapter()
    with frozen_api_server(plane):
        ask_to_stop(plane, adapter)
        adapter.process.send_signal(signal.SIGTERM)  # SIGINT is ignored by what a script runs in the background
        assert adapter.process.wait(END_SECONDS) == -signal.SIGTERM
    adapter.kill()
    plane.kubectl("delete", WEBHOOK_CONFIGURATION, "--ignore-not-found")  # its own may have arrived late


def test_one_that_cannot_start_leaves_the_webhook_of_another(plane, start_adapter, tmp_path):
    running = start_adapter()
    second = Adapter(plane, tmp_path / "second.log", webhook=running.webhook)
    assert second.process.wait(END_SECONDS) == 1
    assert "Address already in use" in second.log()
    assert running.is_registered()
    second.kill()
