#!/usr/bin/python3
"""Builds every mutant in a copy of the tree and shows that its test notices. Prints one line for each;
the exit code is 1 when a mutant lives. `run.py WORD…` takes those whose bug contains a word."""

import os
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "build/mutants"
BUILD = COPY / "build/dev"


def run(*command):
    """Runs in the copy; the compiler cache hashes paths relative to it, so that it is shared."""
    environment = {**os.environ, "CCACHE_BASEDIR": str(COPY)}
    return subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def refresh_copy():
    """Makes the copy equal; a file that is equal already keeps its time, so that little is rebuilt."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        source, copy = ROOT / path, COPY / path
        if not source.is_file() or (copy.is_file() and copy.read_bytes() == source.read_bytes()):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
        copy.chmod(source.stat().st_mode)


def build(programs):
    result = run("ninja", "-C", str(BUILD), "--quiet", *programs)
    return "" if result.returncode == 0 else result.stdout


def split(test):
    program, name = test.split(": ")
    return program, name


def passes(test):
    """Whether the test passes; one that is not there passes no run."""
    program, name = split(test)
    folder = BUILD / "src" / program.removesuffix("_test")
    result = run(str(folder / program), f"--gtest_filter={name}")
    assert "Running 0 tests" not in result.stdout, f"there is no test {name}"
    return result.returncode == 0


def verdict(mutant):
    """Empty when the mutant is noticed, else what is wrong."""
    path = COPY / mutant.path
    sound = path.read_text()
    if sound.count(mutant.old) != 1:
        return f"its text stands {sound.count(mutant.old)} times in {mutant.path}: adapt the mutant"
    path.write_text(sound.replace(mutant.old, mutant.new))
    try:
        failure = build([split(mutant.test)[0]])
        if failure:
            return "does not compile:\n" + failure[-3000:]
        return "LIVES: " + mutant.test + " passes" if passes(mutant.test) else ""
    finally:
        path.write_text(sound)


def prepare(chosen):
    """Builds everything without a bug; there each test must pass."""
    COPY.mkdir(parents=True, exist_ok=True)
    refresh_copy()
    result = run("cmake", "--preset", "dev")
    assert result.returncode == 0, result.stdout
    failure = build(sorted({split(mutant.test)[0] for mutant in chosen}))
    assert not failure, failure
    for mutant in chosen:
        assert passes(mutant.test), f"{mutant.test} fails without any bug"


def main(words):
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.bug for word in words)]
    prepare(chosen)
    living = 0
    for mutant in chosen:
        began = time.monotonic()
        wrong = verdict(mutant)
        living += bool(wrong)
        print(f"{'ok' if not wrong else 'WRONG':5} {time.monotonic() - began:5.1f} s  {mutant.bug}"
              f"  [{wrong or mutant.test}]", flush=True)
    print(f"{len(chosen)} mutants, {living} not noticed")
    return living > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
