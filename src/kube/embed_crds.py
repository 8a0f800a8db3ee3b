"""Writes the CustomResourceDefinitions of deploy/ as C++. Usage: embed_crds.py OUTPUT MANIFEST…"""

import re
import sys
from pathlib import Path

HEAD = """// Written by embed_crds.py.
#include <array>

#include "kube/crd_registration.h"

namespace migadapter::kube {
namespace {

"""
TAIL = """}  // namespace

std::span<const CrdManifest> crd_manifests() {
  return kManifests;
}

}  // namespace migadapter::kube
"""


def entry(path):
    text = path.read_text()
    if not re.search(r"^kind: CustomResourceDefinition$", text, re.M) or "\n---" in text:
        sys.exit(f"{path}: expected one CustomResourceDefinition and nothing else")
    name = re.search(r"^  name: (\S+)$", text, re.M).group(1)
    return f'  {{"{name}", R"yaml({text})yaml"}},\n'


def main():
    manifests = [Path(argument) for argument in sys.argv[2:]]
    entries = "".join(map(entry, manifests))
    array = f"constexpr std::array<CrdManifest, {len(manifests)}> kManifests = {{{{\n{entries}}}}};\n\n"
    Path(sys.argv[1]).write_text(HEAD + array + TAIL)


if __name__ == "__main__":
    main()
