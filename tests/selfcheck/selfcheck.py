#!/usr/bin/env python3
"""Holds the repository to its own rules (STYLE.md). Usage: selfcheck.py [ROOT]"""

import sys
from pathlib import Path

import definitions
import dependencies
import lists
import sizes
import texts
from tree import Tree

RULES = [
    dependencies.dependency_findings,
    dependencies.private_header_findings,
    dependencies.unknown_layer_findings,
    sizes.file_length_findings,
    sizes.function_length_findings,
    sizes.parameter_findings,
    texts.name_findings,
    texts.header_findings,
    texts.machine_path_findings,
    texts.sleep_findings,
    texts.clock_findings,
    lists.source_findings,
    lists.python_test_findings,
    lists.folder_index_findings,
    lists.link_findings,
    definitions.description_findings,
]


def findings(root):
    """Everything that is wrong in the tree at `root`, ordered by place."""
    tree = Tree(root)
    return sorted(finding for rule in RULES for finding in rule(tree))


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = findings(root)
    for finding in found:
        print(finding)
    print(f"selfcheck: {len(found)} findings by {len(RULES)} rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
