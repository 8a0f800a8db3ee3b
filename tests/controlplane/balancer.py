"""A TCP balancer: what a Service does for the API server, for processes outside the cluster."""

import select
import socket
import threading


class Balancer:
    """Passes each connection on to one of its backends in turn. One that is removed keeps the
    connections it has, as an endpoint does."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._backends = []
        self._lock = threading.Lock()
        self._next = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def add(self, address):
        with self._lock:
            self._backends.append(address)

    def remove(self, address):
        with self._lock:
            self._backends.remove(address)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _in_turn(self):
        with self._lock:
            self._next += 1
            first = self._next % max(1, len(self._backends))
            return self._backends[first:] + self._backends[:first]

    def _serve(self, client):
        with client:
            for address in self._in_turn():
                host, port = address.split(":")
                try:
                    server = socket.create_connection((host, int(port)), timeout=5)
                except OSError:
                    continue
                with server:
                    _pump(client, server)
                return


def _pump(one, other):
    """Passes bytes both ways until one side ends."""
    pairs = {one: other, other: one}
    while True:
        for source in select.select(list(pairs), [], [])[0]:
            try:
                data = source.recv(65536)
                if not data:
                    return
                pairs[source].sendall(data)
            except OSError:
                return
