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

# Whether a Go toolchain that can build the control plane is there.
have_go() {
  local version
  version=$(go env GOVERSION 2>/dev/null) || return 1
  printf 'go1.26\n%s\n' "$version" | sort -VC
}

# Says what to do where neither Go nor a ready control plane is there.
require_control_plane() {
  if have_go || [ -n "${KUBEBUILDER_ASSETS:-}" ]; then return 0; fi
  cat >&2 <<'TEXT'
The control plane of the tests is built from source with Go 1.26 or later, and there is no such `go` in PATH.
Either install it (https://go.dev/doc/install), or set KUBEBUILDER_ASSETS to a folder that holds
kube-apiserver, etcd, kube-scheduler, kube-controller-manager, kubectl and kwok.
TEXT
  return 1
}
