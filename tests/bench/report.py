"""Turns the figures of the benchmarks into Markdown, with where they come from."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

_BEGIN = "<!-- results of tests/bench/run.py --write -->\n"
_END = "<!-- end of the results -->\n"
_PER_SECOND = "items_per_second"
# What Google Benchmark tells of every loop; whatever else there is are counters of ours.
_FIELDS_OF_LOOPS = {"family_index", "per_family_instance_index", "repetitions", "threads", "iterations",
                    "real_time", "cpu_time", _PER_SECOND}


@dataclass(frozen=True)
class Section:
    """One benchmark. `aims` are rows of (what, aim, measured)."""

    title: str
    aims: list
    details: str


def table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def burst_section(medians):
    """`medians` are those that burst.py prints."""
    plain = {row["deployments"]: row for row in medians if not row["with_adapter"]}
    rows, aims = [], []
    for row in medians:
        if row["with_adapter"]:
            alone = plain[row["deployments"]]
            aims += _burst_aims(row, alone)
            rows.append([row["deployments"], *(f"{figure:.2f}" for figure in (
                row["wall_seconds"], alone["refused_seconds"], alone["wall_seconds"], row["cpu_seconds"])),
                row["evictions"], *(f"{row[key]:.1f}" for key in (
                    "memory_synced_mib", "memory_after_mib", "memory_highest_mib", "memory_of_files_mib", "load"))])
    heads = ["Deployments", "all run, s", "alone: 100 refused, s", "alone: 100 larger run, s", "CPU s", "evictions",
             "MiB synced", "MiB after", "MiB highest", "MiB of files", "load before"]
    return Section("Burst of 100 pods, 200 nodes, 6,700 pods", aims, table(heads, rows))


def _burst_aims(ours, alone):
    where = f"burst of 100 over {ours['deployments']} Deployment{'s' * (ours['deployments'] > 1)}"
    beyond = ours["wall_seconds"] - alone["wall_seconds"]
    return [[f"{where}: beyond what 100 pods that ask for 2g.10gb need", "2 s", f"{beyond:.2f} s"],
            [f"{where}: the same, less the time in which the scheduler refuses 100", "none",
             f"{beyond - alone['refused_seconds']:.2f} s"],
            [f"{where}: CPU time", "0.6 s", f"{ours['cpu_seconds']:.2f} s"],
            [f"{where}: resident memory", "15 MiB", f"{ours['memory_after_mib']:.1f} MiB"]]


def webhook_section(rows):
    """`rows`: connections, load, requests/s, requests/CPU s, p50 ms, p99 ms."""
    aims = []
    for connections, load, _, per_cpu, _, p99 in rows:
        where = f"webhook, {connections} connections, {load}"
        if load == "flat out":
            aims.append([f"{where}: requests per CPU second", "25,000", f"{per_cpu:,.0f}"])
        else:
            aims.append([f"{where}: p99", {"8": "1 ms", "64": "5 ms"}[connections], f"{p99:.2f} ms"])
    heads = ["connections", "load", "requests/s", "requests/CPU s", "p50 ms", "p99 ms"]
    cells = [[connections, load, f"{rate:,.0f}", f"{per_cpu:,.0f}", f"{p50:.2f}", f"{p99:.2f}"]
             for connections, load, rate, per_cpu, p50, p99 in rows]
    return Section("Webhook over TLS", aims, table(heads, cells))


def scale_section(runs):
    """`runs` are what the driver prints; figures are medians."""
    row = {key: statistics.median(each[key] for each in runs)
           for key, value in runs[0].items() if isinstance(value, (int, float))}
    if failures := [failure for each in runs for failure in each["failures"] or []]:
        raise ValueError(f"the driver saw {failures[:5]}")
    where = f"{row['nodes']:,} nodes, {row['pods']:,} pods"
    aims = [[f"{where}: resident memory", "64 MiB", f"{row['memory_after_mib']:.1f} MiB"],
            [f"{where}: from start to ready", "10 s", f"{row['ready_seconds']:.1f} s"],
            [f"{where}, {row['events_per_second']} events/s: p99 from event to decision", "10 ms",
             f"{row['decision_p99_ms']:.1f} ms"]]
    heads = ["figure", "median"]
    cells = [[f"`{key}`", f"{value:,.2f}".rstrip("0").rstrip(".")] for key, value in row.items()]
    return Section(f"Scale: {where}", aims, table(heads, cells))


def decide_section(loops):
    slowest = min(loops, key=lambda loop: loop[_PER_SECOND])
    aim = [f"decisions per second at 5,000 nodes, slowest kind ({slowest['run_name']})", "10,000",
           f"{slowest[_PER_SECOND]:,.0f}"]
    return Section("Decisions at 5,000 nodes and 100,000 pods", [aim], _loop_table(loops))


def loop_section(title, loops):
    return Section(title, [], _loop_table(loops))


def _loop_table(loops):
    rows = []
    for loop in loops:
        rate = f"{loop[_PER_SECOND]:,.0f}" if _PER_SECOND in loop else ""
        counters = ", ".join(f"{key.replace('_', ' ')} {value:,.0f}" for key, value in loop.items()
                             if isinstance(value, (int, float)) and key not in _FIELDS_OF_LOOPS)
        rows.append([f"`{loop['run_name']}`", f"{loop['cpu_time']:,.1f} {loop['time_unit']}", rate, counters])
    return table(["loop", "CPU time", "per second", "counters"], rows)


def origin(root, repetitions):
    """Machine, date and commit in a sentence each."""
    def git(*arguments):
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=True).stdout

    changed = git("status", "--porcelain", "--", ".", ":!docs").strip()
    commit = git("rev-parse", "--short=12", "HEAD").strip() + (" with changes not committed" if changed else "")
    processor = _first(r"model name\s*: (.*)", "/proc/cpuinfo")
    memory_gib = int(_first(r"MemTotal:\s*(\d+)", "/proc/meminfo")) / 1024**2
    system = _first(r'PRETTY_NAME="(.*)"', "/etc/os-release")
    return (f"Commit {commit}, {datetime.date.today()}. Machine: {os.cpu_count()} CPUs ({processor}), "
            f"{memory_gib:.0f} GiB, {system}, Linux {platform.release()}; load average {os.getloadavg()[0]:.1f} "
            f"at the start. Medians of {repetitions} runs.\n")


def _first(pattern, path):
    match = re.search(pattern, Path(path).read_text())
    return match.group(1) if match else "unknown"


def compose(origin_text, sections):
    aims = [row for section in sections for row in section.aims]
    parts = [origin_text] + ([table(["what", "aim", "measured"], aims)] if aims else [])
    return "\n".join(parts + [f"### {section.title}\n\n{section.details}" for section in sections])


def write_results(path, text):
    """Replaces what is between the two marks of the document."""
    document = path.read_text()
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{path}: the marks of the results are missing")
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}")
