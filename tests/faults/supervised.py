"""A mig-adapter that is started again whenever it ends, as a kubelet does."""

import signal
import threading

from adapter import END_SECONDS, Adapter, free_port

RESTART_SECONDS = 0.2


class Supervised:
    """One replica. Ends that were not asked for are counted in `exits`."""

    def __init__(self, plane, proxy, log_path, flags, namespace):
        self._plane, self.proxy, self._log_path = plane, proxy, log_path
        self._flags, self._namespace = flags, namespace
        self._webhook = f"127.0.0.1:{free_port()}"  # stays over restarts, as a Service's address does
        self._stopping = threading.Event()
        self.exits = []
        self._adapter = self._start()
        self._thread = threading.Thread(target=self._keep_running, daemon=True)
        self._thread.start()

    def _start(self):
        adapter = Adapter(self._plane, self._log_path, *self._flags, kubeconfig=self.proxy.kubeconfig,
                          namespace=self._namespace, webhook=self._webhook)
        self._plane.adapters.remove(adapter)  # that it ends is no reason to stop waiting
        self.proxy.follow(adapter.process.pid)
        return adapter

    def _keep_running(self):
        while True:
            code = self._adapter.process.wait()
            if self._stopping.is_set():
                return
            self.exits.append(code)
            if self._stopping.wait(RESTART_SECONDS):
                return
            self._adapter = self._start()

    def send(self, what):
        self._adapter.process.send_signal(what)

    def is_ready(self):
        return self._adapter.answers("/readyz")

    def stop(self):
        """Asks it to end and returns the exit code."""
        self._stopping.set()
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        code = self._adapter.process.wait(END_SECONDS)
        self._thread.join()
        return code

    def end_now(self):
        self._stopping.set()
        if self._adapter.process.poll() is None:
            self._adapter.process.kill()
        self._adapter.process.wait()

    def log(self):
        return self._log_path.read_text(errors="replace")
