#!/usr/bin/python3
"""Plays every scenario under every fault, one after the other, and prints a table. Takes most of an
hour; `--part 1/4` plays a quarter. Build the target mig-adapter first, or name it in MIG_ADAPTER."""

import argparse
import itertools
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "controlplane"))

import plan  # noqa: E402  (needs the path above)
from bench import Bench  # noqa: E402
from runs import play  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", default=",".join(SCENARIOS), help="names, with commas between them")
    parser.add_argument("--kinds", default=",".join(plan.KINDS), help="kinds of faults, with commas between them")
    parser.add_argument("--part", default="1/1", help="I/N: only every N-th run, from the I-th on")
    parser.add_argument("--only", default="", help="only faults whose name contains this")
    parser.add_argument("--logs", type=Path, help="folder for the logs of runs that went wrong")
    return parser.parse_args()


def tell(outcome):
    verdict = "ok" if not outcome.problems else "WRONG"
    reached = "" if outcome.acted else " (the fault did not happen)"
    print(f"{verdict:5} {outcome.seconds:5.1f} s {outcome.evictions:2} evictions  "
          f"{outcome.scenario}: {outcome.fault}{reached}", flush=True)
    for problem in outcome.problems:
        print("      " + problem[:2000].replace("\n", "\n      "), flush=True)


def keep_log(folder, outcome):
    if folder and outcome.problems:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{outcome.scenario}-{outcome.fault}".replace(" ", "_").replace("/", "_")
        (folder / f"{name}.log").write_text(outcome.logs)


def table(results):
    """Sites, runs, faults that happened and runs that went wrong, by scenario and kind."""
    print("\n| scenario | kind | sites | runs | fault happened | wrong | evictions beyond the reference |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    for (scenario, kind), result in results.items():
        runs = result.runs
        print(f"| {scenario} | {kind} | {len(result.sites)} | {len(runs)} | {sum(run.acted for run in runs)} "
              f"| {sum(bool(run.problems) for run in runs)} "
              f"| {sum(max(0, run.evictions - result.reference) for run in runs)} |")
    print(f"\n{sum(len(result.sites) for result in results.values())} sites, "
          f"{sum(len(result.runs) for result in results.values())} runs")


@dataclass
class Result:
    """The runs of one scenario under one kind of faults."""

    reference: int  # evictions without faults
    sites: set = field(default_factory=set)
    runs: list = field(default_factory=list)


def play_under(bench, reference, kind, arguments, share):
    """Plays the scenario under all faults of a kind; `share` says of which the turn is."""
    result = Result(reference.evictions)
    for fault in plan.KINDS[kind](reference):
        if arguments.only not in fault.name or not next(share):
            continue
        outcome = play(bench, SCENARIOS[reference.scenario], fault)
        result.sites.add(fault.site)
        result.runs.append(outcome)
        tell(outcome)
        keep_log(arguments.logs, outcome)
    return result


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # which stops the control plane
    index, count = map(int, arguments.part.split("/"))
    share = (number % count == index % count for number in itertools.count(1))
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            for name in arguments.scenarios.split(","):
                reference = play(bench, SCENARIOS[name])
                tell(reference)
                for kind in arguments.kinds.split(","):
                    results[name, kind] = play_under(bench, reference, kind, arguments, share)
        finally:
            bench.close()
            table(results)
    return any(run.problems for result in results.values() for run in result.runs)


if __name__ == "__main__":
    sys.exit(main())
