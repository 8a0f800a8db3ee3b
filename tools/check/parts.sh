# shellcheck shell=bash disable=SC2034,SC2154
# The parts of ./check: for each NAME a line of text and a function part_NAME. Sourced by ./check.
# REQUIRES: the working folder is the repository, and tools/setup/environment.sh was sourced.

jobs=$(nproc)
python=/usr/bin/python3  # Debian's, which sees Debian's pytest

# In order: what fails cheaply comes first.
part_names=(shell selfcheck format unit tidy asan tsan fuzz bench-smoke go live
            walkthrough walkthrough-asan walkthrough-tsan faults mutants demo)

declare -A part_texts=(
  [shell]="shellcheck over every script"
  [selfcheck]="the repository's own rules, and the canaries of those rules"
  [format]="clang-format over every C++ file"
  [go]="vet and test of the tools in Go; builds the control plane where there is none yet"
  [unit]="build with warnings as errors, then every unit test"
  [tidy]="clang-tidy over every C++ file that changed since it last passed"
  [asan]="unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
  [tsan]="unit tests under ThreadSanitizer"
  [fuzz]="every fuzz target for ${FUZZ_SECONDS:-20} s from its corpus"
  [bench-smoke]="hardened release build, every benchmark once"
  [live]="Kubernetes client tests against a real API server"
  [walkthrough]="the walkthrough and its variants on a real control plane"
  [walkthrough-asan]="its tests marked sanitized, with mig-adapter under AddressSanitizer"
  [walkthrough-tsan]="the same under ThreadSanitizer"
  [faults]="scenarios on a real control plane while a proxy does what goes wrong; docs/faults.md"
  [mutants]="deliberate bugs, each of which a unit test must notice"
  [demo]="./demo from start to end"
)

part_shell() {
  git ls-files -z --cached --others --exclude-standard |
    xargs -0 grep -lIE '^#!.*\bbash\b|^# shellcheck shell=bash' | xargs shellcheck -x
}

part_selfcheck() {
  "$python" tests/selfcheck/selfcheck_test.py && "$python" tests/selfcheck/selfcheck.py
}

part_format() {
  git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' |
    xargs -0 clang-format-16 --dry-run --Werror
}

part_go() {
  tools/controlplane/controlplane build >/dev/null || return 1
  local module
  while read -r module; do
    (cd "$(dirname "$module")" && test -z "$(gofmt -l . | tee -a /dev/stderr)" && go vet . && go test .) || return 1
  done < <(git ls-files --cached --others --exclude-standard '*go.mod')
}

part_unit() {
  build dev && unit_tests dev
}

part_tidy() {
  configure tidy && "$python" tools/check/tidy.py build/tidy "$cache_folder/tidy"
}

part_asan() {
  build asan && unit_tests asan
}

part_tsan() {
  build tsan && unit_tests tsan
}

part_fuzz() {
  build fuzz fuzz_targets && tools/check/fuzz.sh build/fuzz "${FUZZ_SECONDS:-20}"
}

part_bench-smoke() {
  build release benchmarks mig-adapter || return 1
  local program
  while read -r program; do
    echo "$program"
    "$program" --benchmark_min_time=0 --benchmark_color=false || return 1
  done < <(find build/release -type f -name '*_bench' -executable | sort)
}

part_live() {
  build dev && tools/check/live.sh build/dev
}

part_walkthrough() {
  build dev mig-adapter fit_verdicts && walkthrough dev
}

part_walkthrough-asan() {
  build asan mig-adapter && walkthrough asan -m sanitized
}

part_walkthrough-tsan() {
  build tsan mig-adapter && walkthrough tsan -m sanitized
}

part_faults() {
  build dev mig-adapter || return 1
  MIG_ADAPTER=$PWD/build/dev/apps/mig-adapter "$python" -m pytest tests/faults -q -x -n "$jobs"
}

part_mutants() {
  "$python" tests/mutants/run.py
}

part_demo() {
  ./demo </dev/null
}

# Quiet unless it fails.
configure() {
  mkdir -p build
  cmake --preset "$1" >"build/$1.log" 2>&1 || { cat "build/$1.log"; return 1; }
}

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  configure "$preset" && ninja -C "build/$preset" -j "$jobs" --quiet "$@"
}

unit_tests() {
  sanitized ctest --test-dir "build/$1" -L unit --no-tests=error -j "$jobs" --output-on-failure |
    grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed |^ +Start +[0-9]+:|^$|^Test project'
  return "${PIPESTATUS[0]}"
}

# walkthrough PRESET [ARGUMENT of pytest…]
walkthrough() {
  local preset=$1
  shift
  MIG_ADAPTER=$PWD/build/$preset/apps/mig-adapter FIT_VERDICTS=$PWD/build/$preset/tests/controlplane/fit_verdicts \
    sanitized "$python" -m pytest tests/controlplane -q -x -n "$jobs" "$@"
}

# Runs a command with the sanitizers' settings: the first finding ends the program. ThreadSanitizer of GCC 12
# cannot map its shadow where addresses are too random, so randomisation is off where that is allowed.
sanitized() {
  local prefix=()
  if setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
  ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
    "${prefix[@]}" "$@"
}
