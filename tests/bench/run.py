#!/usr/bin/python3
"""Runs every benchmark on the release build and prints the report; with --write it becomes the
results of docs/benchmarks.md.

Each is run three times and the median is reported. All of them take about twenty minutes, on a
machine that should do nothing else meanwhile.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import report

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
REPETITIONS = 3
SECONDS_OF_WEBHOOK_LINE = 5


def run(*command):
    """Runs in the repository's root and returns stdout; what goes wrong is on stderr."""
    result = subprocess.run([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout


def build():
    run("cmake", "--preset", "release")
    run("ninja", "-C", BUILD, "mig-adapter", "benchmarks", "webhook_bench")


def measure_burst():
    lines = run("tests/bench/burst/burst.py", "--repeat", REPETITIONS).splitlines()
    return report.burst_section([json.loads(line) for line in lines])


def measure_webhook():
    runs = [run(BUILD / "tests/bench/webhook_bench", SECONDS_OF_WEBHOOK_LINE) for _ in range(REPETITIONS)]
    tables = [[line.rsplit(maxsplit=4) for line in text.splitlines()[1:]] for text in runs]
    rows = []
    for same in zip(*tables):
        load = same[0][0].split(maxsplit=1)
        rows.append([*load, *(statistics.median(map(float, values)) for values in zip(*(row[1:] for row in same)))])
    return report.webhook_section(rows)


def measure_scale():
    """A cluster played by a driver in Go: too large for a control plane on one machine."""
    driver = BUILD / "scale"
    subprocess.run(["go", "build", "-o", driver, "."], cwd=ROOT / "tests/bench/scale", check=True)
    return report.scale_section([json.loads(run(driver, "-root", ROOT)) for _ in range(REPETITIONS)])


def measure_loops(name):
    """Medians of a Google Benchmark program."""
    text = run(BUILD / f"tests/bench/{name}_bench", "--benchmark_format=json",
               f"--benchmark_repetitions={REPETITIONS}", "--benchmark_report_aggregates_only")
    return [entry for entry in json.loads(text)["benchmarks"] if entry["aggregate_name"] == "median"]


PARTS = {
    "burst": measure_burst,
    "webhook": measure_webhook,
    "scale": measure_scale,
    "decide": lambda: report.decide_section(measure_loops("decide")),
    "store": lambda: report.loop_section("Store", measure_loops("store")),
    "codec": lambda: report.loop_section("Codec", measure_loops("codec")),
    "sim": lambda: report.loop_section("Simulator", measure_loops("sim")),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; default: all")
    parser.add_argument("--write", action="store_true", help="put the report into docs/benchmarks.md")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    build()
    origin = report.origin(ROOT, REPETITIONS)
    text = report.compose(origin, [PARTS[part]() for part in options.parts or PARTS])
    print(text)
    if options.write:
        report.write_results(ROOT / "docs/benchmarks.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
