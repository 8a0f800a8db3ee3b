"""How mig-adapter ends."""

import os
import signal
from contextlib import contextmanager

from adapter import END_SECONDS, WEBHOOK_CONFIGURATION
from test_plane import processes_of


@contextmanager
def frozen_api_server(plane):
    """The API server takes connections and answers nothing."""
    server = processes_of(plane.folder)["kube-apiserver"]
    os.kill(server, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server, signal.SIGCONT)


def ask_to_stop(plane, adapter):
    adapter.process.send_signal(signal.SIGTERM)
    plane.wait_until("mig-adapter has seen the signal", lambda: "stopping" in adapter.log())


def test_it_answers_for_its_health_until_the_end(start_adapter):
    adapter = start_adapter()
    adapter.process.send_signal(signal.SIGTERM)
    while adapter.process.poll() is None:
        adapter.answers("/readyz")
        adapter.answers("/livez")
    adapter.stop()


def test_an_api_server_that_hangs_does_not_keep_it(plane, start_adapter):
    adapter = start_adapter()
    with frozen_api_server(plane):
        ask_to_stop(plane, adapter)
        assert adapter.process.wait(END_SECONDS) == 0, adapter.log()
    adapter.kill()
    plane.kubectl("delete", WEBHOOK_CONFIGURATION)


def test_a_second_signal_ends_it_at_once(plane, start_adapter):
    adapter = start_adapter()
    with frozen_api_server(plane):
        ask_to_stop(plane, adapter)
        adapter.process.send_signal(signal.SIGINT)
        assert adapter.process.wait(END_SECONDS) == -signal.SIGINT
    adapter.kill()
    plane.kubectl("delete", WEBHOOK_CONFIGURATION)
