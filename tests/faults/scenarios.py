"""What happens in the cluster while mig-adapter is disturbed. Each ends in one state only.

A scenario is played by plays of `Stage`: it changes the cluster and waits until pods run as they must.
It never looks at mig-adapter itself, so it is the same whatever happens to that.
"""

from dataclasses import dataclass
from typing import Callable

from workloads import bare_pod, deployment, workload

SMALL, MIDDLE, LARGE = "1g.5gb", "2g.10gb", "3g.20gb"


@dataclass(frozen=True)
class Scenario:
    name: str
    play: Callable
    moves: int  # evictions that an undisturbed run may need
    at_once: int = 1  # moves that may be under way at the same time
    namespaces: int = 1


def upgrade_and_restore(stage):
    """The walkthrough: a third pod runs on a larger instance until a smaller one is free."""
    stage.add_nodes("all-balanced")
    stage.apply(deployment("first", SMALL), deployment("second", SMALL))
    stage.wait_for({"first": [SMALL], "second": [SMALL]})
    stage.scale("second", 2)
    stage.wait_for({"first": [SMALL], "second": [SMALL, MIDDLE]})
    stage.delete("deployment", "first")
    stage.wait_for({"second": [SMALL, SMALL]})


def burst(stage):
    """Five pods of one owner are upgraded; a bare pod that could be moved too is left alone."""
    stage.add_nodes("all-balanced", count=3)
    stage.apply(deployment("burst", SMALL, replicas=6))
    stage.wait_for({"burst": [SMALL] * 6})
    stage.apply(bare_pod("bare", SMALL))
    stage.scale("burst", 11)
    stage.wait_for({"burst": [SMALL] * 6 + [MIDDLE] * 3 + [LARGE] * 2, "": ["pending " + SMALL]})


def ordered(stage):
    """Pods of a StatefulSet keep their names over an upgrade and, when a node is added, a restore."""
    stage.add_nodes("all-balanced")
    stage.apply(workload("StatefulSet", "ordered", SMALL, replicas=3))
    stage.wait_for({"ordered": [SMALL, SMALL, MIDDLE]})
    stage.add_nodes(f"{SMALL}=1", prefix="new")
    stage.wait_for({"ordered": [SMALL] * 3})
    assert sorted(pod.name for pod in stage.pods()) == ["ordered-0", "ordered-1", "ordered-2"]


def one_name_in_two_namespaces(stage):
    """Both upgrades go to instances that only their own demand may use."""
    stage.add_nodes(f"{MIDDLE}=1,{SMALL}=1", prefix="small")
    for index, profile in enumerate((SMALL, MIDDLE)):
        stage.apply(deployment("same", profile), space=index)
        stage.wait_for({"same": [profile]}, space=index)
    stage.add_nodes(f"{LARGE}=1", prefix="middle")
    stage.scale("same", 2, space=1)
    stage.wait_for({"same": [MIDDLE, LARGE]}, space=1)
    stage.add_nodes("4g.20gb=1", prefix="large")
    stage.scale("same", 2, space=0)
    stage.wait_for({"same": [SMALL, "4g.20gb"]}, space=0)
    stage.wait_for({"same": [MIDDLE, LARGE]}, space=1)


def most_waste_first(stage):
    """Of two upgraded pods the freed instance goes to the one that wastes more; the other stays."""
    stage.add_nodes(f"{MIDDLE}=1", prefix="two")
    stage.apply(deployment("guest", MIDDLE))
    stage.wait_for({"guest": [MIDDLE]})
    stage.apply(deployment("medium", MIDDLE))
    stage.add_nodes(f"{LARGE}=1", prefix="three")
    stage.wait_for({"guest": [MIDDLE], "medium": [LARGE]})
    stage.apply(deployment("small", SMALL))
    stage.add_nodes("4g.20gb=1", prefix="four")
    stage.wait_for({"guest": [MIDDLE], "medium": [LARGE], "small": ["4g.20gb"]})
    stage.delete("deployment", "guest")
    stage.wait_for({"medium": [LARGE], "small": [MIDDLE]})


def race_with_the_scheduler(stage):
    """Instances of the right size appear while pods are moved: some are bound before their eviction."""
    stage.add_nodes(f"{MIDDLE}=1,{LARGE}=1")
    stage.apply(deployment("racing", SMALL, replicas=9))
    stage.wait_until("the first move began", lambda: stage.audit.evictions())
    stage.add_nodes(f"{SMALL}=7", prefix="late")
    stage.wait_for({"racing": [SMALL] * 7 + [MIDDLE, LARGE]})


SCENARIOS = {scenario.name: scenario for scenario in [
    Scenario("upgrade and restore", upgrade_and_restore, moves=2),
    Scenario("burst", burst, moves=5, at_once=4),
    Scenario("ordered", ordered, moves=2),
    Scenario("one name in two namespaces", one_name_in_two_namespaces, moves=2, namespaces=2),
    Scenario("most waste first", most_waste_first, moves=3),
    Scenario("race with the scheduler", race_with_the_scheduler, moves=4, at_once=4),
]}
