#!/usr/bin/env bash
# Runs the tests with the label "controlplane" of a build against a control plane of its own, started and stopped here.
# Usage: live.sh BUILD
set -euo pipefail

build=$1
folder=$(mktemp -d)
stop() {
  tools/controlplane/controlplane down --dir "$folder/plane" >/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

MIGADAPTER_TEST_KUBECONFIG=$(tools/controlplane/controlplane up --dir "$folder/plane")
export MIGADAPTER_TEST_KUBECONFIG
ctest --test-dir "$build" -L controlplane --no-tests=error --output-on-failure
