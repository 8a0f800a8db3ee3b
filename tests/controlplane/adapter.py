"""A running mig-adapter."""

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from plane import ROOT, CommandFailed

PROGRAM = os.environ.get("MIG_ADAPTER", str(ROOT / "build/dev/apps/mig-adapter"))
WEBHOOK_CONFIGURATION = "mutatingwebhookconfiguration/mig-adapter"
END_SECONDS = 30


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Adapter:
    """`mig-adapter run` as a user starts it outside the cluster."""

    def __init__(self, plane, log_path, *flags, kubeconfig=None, namespace="default", webhook=None,
                 health=None, listen=False, log_level="debug"):
        self.plane = plane
        self._log_path = log_path
        self.health = health or f"127.0.0.1:{free_port()}"
        self.webhook = webhook or f"127.0.0.1:{free_port()}"
        # One behind a balancer listens elsewhere than the API server calls.
        self.listen = f"127.0.0.1:{free_port()}" if listen else self.webhook
        arguments = [
            PROGRAM, "run", "--kubeconfig", str(kubeconfig or plane.kubeconfig),
            "--webhook-url", f"https://{self.webhook}", "--webhook-listen", self.listen,
            "--health-listen", self.health, "--namespace", namespace,
            "--log-format", "text", "--log-level", log_level, *map(str, flags),
        ]
        self._log = open(log_path, "ab")
        self.process = subprocess.Popen(arguments, stderr=self._log, stdout=self._log)
        plane.adapters.append(self)

    def answers(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.health}{path}", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_ready(self):
        self.plane.wait_until("mig-adapter is ready", lambda: self.answers("/readyz"))
        return self

    def stop(self):
        """Asks it to end; it must do so in time, with exit code 0, and unregister its webhook."""
        self.end()
        assert not self.is_registered()

    def end(self):
        """Asks it to end; it must do so in time and with exit code 0."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(END_SECONDS)
        self._forget()
        assert code == 0, f"mig-adapter ended with {code}:\n{self.log()[-8000:]}"

    def kill(self):
        """Ends it as a crash does."""
        self.process.kill()
        self.process.wait(END_SECONDS)
        self._forget()

    def _forget(self):
        self._log.close()
        if self in self.plane.adapters:
            self.plane.adapters.remove(self)

    def is_registered(self):
        try:
            self.plane.get(WEBHOOK_CONFIGURATION)
        except CommandFailed as failure:
            assert "NotFound" in str(failure), failure
            return False
        return True

    def log(self):
        return self._log_path.read_text(errors="replace")

    def report(self):
        return f"log of mig-adapter:\n{self.log()[-6000:]}"
