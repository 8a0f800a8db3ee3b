"""Rules about single files: names, headers, paths of a machine, waiting in tests."""

import re

from sizes import is_shell
from tree import Finding, is_cpp, is_test

_VAGUE_PART = {"util", "utils", "helper", "helpers", "misc"}
_VAGUE_NAME = _VAGUE_PART | {"manager", "managers"}
_MACHINE = re.compile(r"(?<![\w.$}/~-])/(?:work|root|home|Users)/[\w.-]")
_TEMPORARY = re.compile(r"(?<![\w.$}/~-])/(?:var/)?tmp\b")
_SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")
_MAY_WAIT = re.compile(r"tests/bench/.*|.*live_test\.(cc|h)")  # between looks at a real server
_NOW = re.compile(r"\b(system|steady|high_resolution)_clock::now\b")


def name_findings(tree):
    for path in sorted(set(tree.files) | tree.folders):
        stem = path.rsplit("/", 1)[-1].split(".")[0].lower()
        if stem in _VAGUE_NAME or _VAGUE_PART & set(re.split(r"[_-]", stem)):
            yield Finding(path, 0, "vague name", f"'{stem}' does not say what is in it")


def header_findings(tree):
    for path in filter(lambda path: path.endswith(".h"), tree.files):
        lines = tree.lines(path)
        if not lines or not re.match(r"//\s*\S", lines[0]):
            yield Finding(path, 1, "header", "starts without a comment that says what it is for")
        if "#pragma once" not in lines:
            yield Finding(path, 1, "header", "has no #pragma once")


def machine_path_findings(tree):
    for path in tree.files:
        temporary_is_fine = path.endswith((".md", ".yaml", ".yml")) or is_shell(tree, path)
        for number, text in enumerate(tree.lines(path), start=1):
            match = _MACHINE.search(text)
            match = match or (None if temporary_is_fine else _TEMPORARY.search(text))
            if match:
                message = f"'{match.group()}…' is a path of one machine"
                yield Finding(path, number, "path of a machine", message)


def sleep_findings(tree):
    tests = (path for path in tree.files if is_cpp(path) and is_test(path))
    for path in (path for path in tests if not _MAY_WAIT.fullmatch(path)):
        for number, text in enumerate(tree.lines(path), start=1):
            if _SLEEP.search(text.split("//")[0]):
                message = "a test waits for an event or moves a ManualClock, it never sleeps"
                yield Finding(path, number, "sleep", message)


def clock_findings(tree):
    for path in tree.matching(r"src/.*\.(cc|h)"):
        if path == "src/base/clock.cc" or is_test(path):
            continue
        for number, text in enumerate(tree.lines(path), start=1):
            if _NOW.search(text.split("//")[0]):
                yield Finding(path, number, "clock", "time comes from base::Clock only")
