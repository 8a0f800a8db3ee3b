"""Follows the pods of one namespace, so that the moment is known at which the last one runs."""

import os
import subprocess
import threading
import time

_REASON = "{.status.conditions[?(@.type=='PodScheduled')].reason}"
_LINE = "{.metadata.uid},{.status.phase},{.metadata.deletionTimestamp}," + _REASON + "{'\\n'}"


class PodWatch:
    """A `kubectl get --watch` and what it has shown. Ends with the `with` block."""

    def __init__(self, plane, namespace):
        # In chunks, kubectl would print each chunk as one list and no pod of it.
        command = [plane.kubectl_program, "get", "pods", "-n", namespace, "--watch", "--chunk-size=0",
                   "-o", f"jsonpath={_LINE}"]
        environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self._changed = threading.Condition()
        self._running = set()  # uids
        self._refused = set()  # by the scheduler, so far
        self._ended = False
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            if "," in line:  # kubectl prints a list of no pods as an empty line
                self._take(*line.strip().split(","))
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, uid, phase, deletion, reason):
        with self._changed:
            for pods, belongs in ((self._running, phase == "Running" and not deletion),
                                  (self._refused, phase == "Pending" and reason == "Unschedulable")):
                (pods.add if belongs else pods.discard)(uid)
            self._changed.notify_all()

    def wait_until_running(self, count, patience):
        """Waits until exactly so many pods run and returns that moment (time.monotonic)."""
        return self._wait_until("run", self._running, count, patience)

    def wait_until_refused(self, count, patience):
        """The same for pods that the scheduler has tried once and found no node for."""
        return self._wait_until("are refused", self._refused, count, patience)

    def _wait_until(self, what, pods, count, patience):
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(pods) == count, patience)
            moment = time.monotonic()
            if len(pods) != count:
                why = "kubectl has ended" if self._ended else f"{patience} s have passed"
                raise TimeoutError(f"{len(pods)} pods {what} and not {count}, and {why}")
            return moment
