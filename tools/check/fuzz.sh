#!/usr/bin/env bash
# Runs every fuzz target, two at a time, from the inputs in tests/fuzz/corpus/NAME. New inputs that reach new code
# stay in BUILD/corpus/NAME, inputs that break something in BUILD/crashes/NAME-….
# The seed is fixed, so that a change is not blamed for what another walk finds; FUZZ_SEED=0 takes a new one.
# Usage: fuzz.sh BUILD SECONDS
set -euo pipefail

export build=$1 seconds=$2 seed=${FUZZ_SEED:-1}
mkdir -p "$build/crashes"

fuzz_one() {
  local program=$1 name seeds log
  name=$(basename "$program" _fuzz)
  seeds=tests/fuzz/corpus/$name
  log=$build/$name.fuzz.log
  mkdir -p "$build/corpus/$name"
  if [ ! -d "$seeds" ]; then
    echo "$name: no corpus in $seeds"
    return 1
  fi
  if "$program" -seed="$seed" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$build/crashes/$name-" "$build/corpus/$name" "$seeds" >"$log" 2>&1; then
    echo "$name: $(grep -E '^Done ' "$log" || tail -n 1 "$log")"
  else
    tail -n 60 "$log"
    echo "$name: failed; its input is in $build/crashes, its log is $log"
    return 1
  fi
}
export -f fuzz_one

# shellcheck disable=SC2016  # the inner shell expands it
find "$build" -type f -name '*_fuzz' -executable | sort |
  xargs -r -P 2 -I '{}' bash -c 'fuzz_one "$1"' _ '{}'
