"""The fixtures of the fault tests, which share the control plane's modules with its own tests."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "controlplane"))

from adapter import PROGRAM  # noqa: E402  (needs the path above)
from bench import Bench  # noqa: E402
from runs import play  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402


class Counted:
    """Plays scenarios, each once without a fault before the first with one, and counts."""

    def __init__(self, bench):
        self._bench = bench
        self._references = {}
        self.sites = self.runs = 0

    def reference(self, name):
        if name not in self._references:
            outcome = play(self._bench, SCENARIOS[name])
            assert not outcome.problems, outcome.problems
            self._references[name] = outcome
        return self._references[name]

    def play_all(self, name, faults):
        """Every fault in turn; says at the end what was wrong in any of them."""
        wrong = []
        for fault in faults:
            outcome = play(self._bench, SCENARIOS[name], fault)
            self.runs += 1
            wrong += [f"{name}: {fault.name}: {problem}\n{outcome.logs}" for problem in outcome.problems]
        self.sites += len({fault.site for fault in faults})
        assert not wrong, "\n".join(wrong)


COUNTS = pytest.StashKey()


def pytest_configure(config):
    config.stash[COUNTS] = {"sites": 0, "runs": 0}


@pytest.fixture(scope="session")
def runs(request, tmp_path_factory):
    if not os.access(PROGRAM, os.X_OK):
        pytest.fail(f"{PROGRAM} is missing: build the target mig-adapter or set MIG_ADAPTER")
    bench = Bench(tmp_path_factory.mktemp("faults"))
    counted = Counted(bench)
    yield counted
    bench.close()
    counts = {"sites": counted.sites, "runs": counted.runs}
    request.config.stash[COUNTS] = counts
    if hasattr(request.config, "workeroutput"):  # one of several processes of pytest-xdist
        request.config.workeroutput.update(counts)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    for what in ("sites", "runs"):
        node.config.stash[COUNTS][what] += getattr(node, "workeroutput", {}).get(what, 0)


def pytest_terminal_summary(terminalreporter, config):
    counts = config.stash[COUNTS]
    terminalreporter.write_line(f"faults: {counts['sites']} sites, {counts['runs']} runs")
