# shellcheck shell=bash disable=SC2154
# Sourced by ./check and ./demo: where caches lie and how the compiler cache is shared.
# REQUIRES: $root is the repository.

cache_folder=${XDG_CACHE_HOME:-$HOME/.cache}/mig-adapter
mkdir -p "$cache_folder"

# Paths below the repository are hashed relative to it, so that a second clone finds the first one's objects.
export CCACHE_DIR=$cache_folder/ccache CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=5G
export CCACHE_CONFIGPATH=/dev/null
export PYTHONDONTWRITEBYTECODE=1

[ -x "$(command -v go)" ] || [ ! -x /usr/local/go/bin/go ] || export PATH=$PATH:/usr/local/go/bin

# Says early what to do where the control plane can neither be built nor is there.
require_control_plane() {
  [ ! -x "${KUBEBUILDER_ASSETS:-}/controlplane" ] || return 0
  printf 'go1.26\n%s\n' "$(go env GOVERSION 2>/dev/null)" | sort -VC && return 0
  cat >&2 <<'TEXT'
The control plane is built from source with Go 1.26 or later, and there is no such `go` in PATH. Get it from
https://go.dev/dl/, or set KUBEBUILDER_ASSETS to a folder that holds kube-apiserver, etcd, kube-scheduler,
kube-controller-manager, kubectl, kwok and controlplane.
TEXT
  return 1
}
