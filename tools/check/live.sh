#!/usr/bin/env bash
# Runs the tests with the label "controlplane" of a build against a control plane of its own, started and stopped here.
# A test that is skipped fails the run: here it has all it needs. Usage: live.sh BUILD
set -euo pipefail

build=$1
folder=$(mktemp -d)
stop() {
  tools/controlplane/controlplane down --dir "$folder/plane" >/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

MIGADAPTER_TEST_KUBECONFIG=$(tools/controlplane/controlplane up --dir "$folder/plane")
MIGADAPTER_TEST_RESTART="tools/controlplane/controlplane restart-apiserver --dir $folder/plane"
export MIGADAPTER_TEST_KUBECONFIG MIGADAPTER_TEST_RESTART
ctest --test-dir "$build" -L controlplane --no-tests=error --output-on-failure | tee "$folder/report"
if grep -F '***Skipped' "$folder/report" >&2; then
  echo "live.sh: the tests above were skipped" >&2
  exit 1
fi
