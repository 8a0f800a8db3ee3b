"""The dependency law: which folder may include what. ARCHITECTURE.md says why."""

import re

from tree import Finding, is_cpp, is_test

# A layer and the layers whose headers it may include. A new folder of src/ needs a line here.
LAYERS = {
    "base": set(),
    "mig": {"base"},
    "cluster": {"base", "mig"},
    "decide": {"base", "mig", "cluster"},
    "sim": {"base", "mig", "cluster", "decide"},
    "kube": {"base", "mig", "cluster"},
    "webhook": {"base", "mig", "cluster", "decide", "kube"},
    "controller": {"base", "mig", "cluster", "decide", "kube"},
}

# Layers that compute and do nothing else: no operating system.
PURE_LAYERS = {"mig", "cluster", "decide"}

# The files of a layer that speak to a library. A header among them is private to its folder.
_BOOST_ASIO = r"src/webhook/(server|connection|request_parser|tls_context)\.(cc|h)"
_OPENSSL = r"src/webhook/(connection|tls_context|certificate\w*|openssl_\w+)\.(cc|h)"

# Third-party headers: a pattern for the header, one for the files that may include it, and the
# second in words. The first pattern that matches decides.
THIRD_PARTY = [
    (r"curl/.*", r"src/kube/transport/[^/]*\.cc", "src/kube/transport/*.cc"),
    (r"boost/json.*", r"src/(kube|sim)/.*\.cc", "a .cc file of src/kube/ or src/sim/"),
    (r"boost/.*", _BOOST_ASIO, "the webhook's server files"),
    (r"openssl/.*", _OPENSSL, "the webhook's server and certificate files, and tests"),
    (r"yaml-cpp/.*", r"src/kube/credentials/kubeconfig[^/]*\.cc", "src/kube/credentials/kubeconfig*.cc"),
    (r"zlib\.h", r"src/sim/workload/text_file\.cc", "src/sim/workload/text_file.cc"),
    (r"CLI/.*", r"apps/.*", "apps/"),
    (r"fmt/.*", r".*\.cc", "a .cc file"),
    (r"g(test|mock)/.*", r"(?!)", "a test"),
    (r"benchmark/.*", r"tests/bench/.*", "tests/bench/"),
]

# What a test may include beyond the files above: it plays the other side of the connection.
TEST_MAY = re.compile(r"(gtest|gmock|openssl|boost/(asio|beast|system))[/.].*")

FORBIDDEN = {
    "coroutine": "GCC 12 miscompiles coroutines (docs/adr/0001-no-coroutines-on-gcc-12.md)",
    "format": "GCC 12 has none; use fmt in a .cc file",
}

# Sources of chance and state: a decision gets them as arguments or not at all.
IMPURE = re.compile(
    r"atomic|chrono_io|condition_variable|fstream|future|iostream|mutex|random|thread|base/log\.h"
)

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def dependency_findings(tree):
    for path in tree.files:
        if is_cpp(path) and path.startswith(("src/", "apps/", "tests/")):
            for number, text in enumerate(tree.lines(path), start=1):
                match = _INCLUDE.match(text)
                message = match and _judge(tree, path, match.group(1), match.group(2))
                if message:
                    yield Finding(path, number, "dependency law", message)


def private_header_findings(tree):
    """A header that shows a library's types, itself or through another, stays in its folder; only
    tests may look."""
    private = _private_headers(tree)
    for path in (path for path in tree.files if is_cpp(path) and not is_test(path)):
        for number, header in _includes(tree, path):
            folder = path.rsplit("/", 1)[0]
            if f"src/{header}" in private and not f"src/{header}".startswith(f"{folder}/"):
                message = f'"{header}" shows a third-party library; it is private to its folder'
                yield Finding(path, number, "dependency law", message)


def unknown_layer_findings(tree):
    for path in tree.matching(r"src/[^/]+/.*"):
        layer = path.split("/")[1]
        if layer not in LAYERS:
            message = f"src/{layer} is no layer of tests/selfcheck/dependencies.py"
            yield Finding(path, 0, "dependency law", message)


def _includes(tree, path):
    """(line, header) of each include."""
    matches = ((n, _INCLUDE.match(text)) for n, text in enumerate(tree.lines(path), start=1))
    return [(number, match.group(2)) for number, match in matches if match]


def _private_headers(tree):
    third_party = re.compile("|".join(pattern for pattern, _, _ in THIRD_PARTY))
    headers = {path: [h for _, h in _includes(tree, path)] for path in tree.matching(r"src/.*\.h")}
    private = {path for path in headers if any(map(third_party.fullmatch, headers[path]))}
    before = None
    while before != private:
        before = set(private)
        private |= {path for path in headers if any(f"src/{h}" in before for h in headers[path])}
    return private


def _judge(tree, path, delimiter, header):
    """Why the file must not include the header; None when it may."""
    layer = path.split("/")[1] if path.startswith("src/") else None
    if layer == "decide" and not is_test(path) and IMPURE.fullmatch(header):
        return f"decide is pure: <{header}> does not belong there"
    if delimiter == '"':
        return _judge_own(tree, path, layer, header)
    if header in FORBIDDEN:
        return f"<{header}>: {FORBIDDEN[header]}"
    return _judge_foreign(path, layer, header)


def _judge_own(tree, path, layer, header):
    used = header.split("/")[0]
    if used not in LAYERS:
        beside = path.rsplit("/", 1)[0] + "/" + header
        if layer is None and beside in tree.files:
            return None
        return f'"{header}" names no layer; includes of ours are written from src/'
    if layer in LAYERS and used != layer and used not in LAYERS[layer]:
        return f"{layer} must not use {used}"
    return None


def _judge_foreign(path, layer, header):
    if "/" not in header and not header.endswith((".h", ".hpp")):
        return None  # the standard library
    if is_test(path) and TEST_MAY.fullmatch(header):
        return None
    for pattern, allowed, words in THIRD_PARTY:
        if re.fullmatch(pattern, header):
            return None if re.fullmatch(allowed, path) else f"<{header}> belongs in {words}"
    if not re.fullmatch(r"((sys|netinet|arpa|linux)/)?\w+\.h", header):
        return f"<{header}> is no third-party header we know (tests/selfcheck/dependencies.py)"
    if layer in PURE_LAYERS and not is_test(path):
        return f"{layer} has nothing to do with the operating system: <{header}>"
    return None
