"""Replicas of the webhook come and go while pods are created, as in a rolling update."""

import pytest

from balancer import Balancer
from test_certificates import SHORT_LIVES, no_secret  # noqa: F401

GENERATIONS = 4


@pytest.fixture
def balancer():
    balancer = Balancer()
    yield balancer
    balancer.close()


def test_a_rollout_of_the_webhook_fails_no_creation_and_leaves_none_unpatched(
        plane, start_adapter, balancer, load):
    shared = {"webhook": balancer.address}
    start_adapter("--role", "controller", *SHORT_LIVES, wait=False, **shared)

    def replica():
        started = start_adapter("--role", "webhook", *SHORT_LIVES, listen=True, **shared)
        balancer.add(started.listen)
        return started

    replicas = [replica(), replica()]
    plane.wait_until("the API server reaches them", load.reaches_the_webhook)
    with load:
        for _ in range(GENERATIONS):
            # maxSurge 1, maxUnavailable 0: the new one is ready before the old one is asked to end.
            replicas.append(replica())
            before = load.created
            plane.wait_until("pods are created meanwhile", lambda n=before: load.created >= n + 50)
            old = replicas.pop(0)
            balancer.remove(old.listen)
            old.end()
    assert load.failures == []
    assert load.created >= 50 * GENERATIONS
