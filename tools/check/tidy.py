#!/usr/bin/env python3
"""Runs clang-tidy over the files of a build, but not over those that passed before and whose every input is the
same: command, configuration, the file and all it includes. Usage: tidy.py BUILD CACHE"""

import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-16"
ROOT = Path(__file__).resolve().parents[2]
# The analyzer walks every path of a function. GoogleTest's macros have so many that it takes six times as long as
# all other checks together, and Asio's templates take it minutes a file; everywhere else it runs.
WITHOUT_ANALYZER = re.compile(r"_test\.cc$|^src/webhook/(connection|server)\.cc$")
# States of a file's inputs that are remembered, so that branches do not forget each other's.
MOST_PASSES = 8


@functools.lru_cache(maxsize=None)
def digest_of_file(path):
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return "missing"


def relative(path):
    """Paths below the repository relative to it: another clone shares the cache."""
    path = os.path.normpath(os.path.join(ROOT, path))
    return os.path.relpath(path, ROOT) if path.startswith(f"{ROOT}/") else path


def absolute(path):
    return os.path.join(ROOT, path)


class Unit:
    """One file with the command that compiles it, and the record of the inputs with which it passed."""

    def __init__(self, entry, setup, cache):
        self.file = entry["file"]
        self.folder = entry["directory"]
        self.command = [word for word in shlex.split(entry["command"]) if "ccache" not in word]
        name = relative(self.file)
        self.checks = ["--checks=-clang-analyzer-*"] if WITHOUT_ANALYZER.search(name) else []
        plain = " ".join(self.command).replace(str(ROOT), "")
        key = hashlib.sha256(f"{setup}\n{name}\n{plain}".encode()).hexdigest()
        self.record = cache / f"{key}.json"

    def passes(self):
        """The digest of every input by its path, once for each time that it passed, newest first."""
        try:
            return json.loads(self.record.read_text())
        except (OSError, ValueError):
            return []

    def passed_before(self):
        return any(all(digest_of_file(absolute(path)) == digest for path, digest in inputs.items())
                   for inputs in self.passes())

    def inputs(self):
        """What the file includes, itself among it, as the compiler sees it."""
        output = self.command.index("-o")
        command = self.command[:output] + self.command[output + 2 :] + ["-M"]
        rule = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        words = shlex.split(rule.stdout.partition(":")[2].replace("\\\n", " "))
        return [os.path.join(self.folder, word) for word in words]

    def check(self, build):
        """What clang-tidy finds, or an empty text. A pass is recorded."""
        inputs = {relative(path): digest_of_file(path) for path in self.inputs()}
        command = [TIDY, "-p", build, "--quiet", *self.checks, self.file]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if result.returncode != 0:
            return result.stdout or result.stderr
        unfinished = self.record.with_suffix(f".{os.getpid()}")  # another run may write the same record
        unfinished.write_text(json.dumps([inputs, *self.passes()][:MOST_PASSES]))
        unfinished.rename(self.record)
        return ""


def is_ours(entry):
    path = relative(entry["file"])
    return not path.startswith(("/", "build/"))


def without_repetition(reports):
    """Each finding once, though every file that includes a header reports what is in it."""
    findings = re.split(r"^(?=/\S+:\d+:\d+: (?:error|warning): )", "".join(reports), flags=re.MULTILINE)
    return "".join(dict.fromkeys(finding.rstrip() + "\n" for finding in findings if finding.strip()))


def main():
    build, cache = sys.argv[1], Path(sys.argv[2])
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    setup = version + digest_of_file(ROOT / ".clang-tidy") + digest_of_file(__file__)
    entries = json.loads(Path(build, "compile_commands.json").read_text())
    units = [Unit(entry, setup, cache) for entry in entries if is_ours(entry)]
    todo = [unit for unit in units if not unit.passed_before()]
    print(f"{len(units)} files, {len(units) - len(todo)} unchanged since they passed")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        reports = [report for report in pool.map(lambda unit: unit.check(build), todo) if report]
    print(without_repetition(reports), end="")
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main())
