"""Lists that must agree with the tree: CMake sources, registered tests, the folder index, links."""

import posixpath
import re

from tree import Finding

_INDEX = "ARCHITECTURE.md"
_INDEX_START = "<!-- folder index -->"
_INDEX_END = "<!-- end of the folder index -->"
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def source_findings(tree):
    """Every .cc file is built, and every test file is a test."""
    for path in tree.matching(r"(src|apps|tests)/.*\.cc"):
        recipe, name = _recipe(tree, path)
        if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", recipe):
            yield Finding(path, 0, "unlisted source", "is in no CMakeLists.txt")
        elif path.endswith("_test.cc") and not _is_registered(recipe, name):
            yield Finding(path, 0, "unregistered test", "is in no migadapter_test(…)")


def python_test_findings(tree):
    """A Python test that no runner would collect is not run."""
    for path in tree.matching(r"tests/.*\.py"):
        has_tests = re.search(r"^\s*def test_", tree.text(path), re.MULTILINE)
        name = path.rsplit("/", 1)[-1]
        if has_tests and not re.fullmatch(r"(test_.*|.*_test)\.py", name):
            yield Finding(path, 0, "unregistered test", "is not named test_….py or …_test.py")


def folder_index_findings(tree):
    """ARCHITECTURE.md lists the folders that exist, each once, and no other."""
    if _INDEX not in tree.files:
        yield Finding(_INDEX, 0, "folder index", "is missing")
        return
    listed = _listed_folders(tree.text(_INDEX))
    existing = _folders_to_list(tree)
    for folder in sorted(existing - set(listed)):
        yield Finding(_INDEX, 0, "folder index", f"does not list {folder}/")
    for folder in sorted(set(listed) - existing):
        yield Finding(_INDEX, 0, "folder index", f"lists {folder}/, which does not exist")
    for folder in sorted({folder for folder in listed if listed.count(folder) > 1}):
        yield Finding(_INDEX, 0, "folder index", f"lists {folder}/ twice")


def link_findings(tree):
    """Links between documents lead to files that exist."""
    for path in filter(lambda path: path.endswith(".md"), tree.files):
        for number, text in enumerate(tree.lines(path), start=1):
            for target in _LINK.findall(text):
                if "://" in target or target.startswith("mailto:"):
                    continue
                place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
                if place not in tree.files and place not in tree.folders:
                    yield Finding(path, number, "dead link", f"{target} does not exist")


def _recipe(tree, path):
    """The text of the nearest CMakeLists.txt at or above the file, and the file's name in it."""
    folder = posixpath.dirname(path)
    while folder and f"{folder}/CMakeLists.txt" not in tree.files:
        folder = posixpath.dirname(folder)
    recipe = f"{folder}/CMakeLists.txt"
    text = tree.text(recipe) if recipe in tree.files else ""
    return re.sub(r"#[^\n]*", "", text), posixpath.relpath(path, folder or ".")


def _is_registered(recipe, name):
    calls = re.findall(r"migadapter_\w*test\(([^)]*)\)", recipe)
    return any(name in call.split() for call in calls)


def _listed_folders(document):
    _, _, rest = document.partition(_INDEX_START)
    index, _, _ = rest.partition(_INDEX_END)
    return re.findall(r"^\| `([^`]+)/` \|", index, re.MULTILINE)


def _folders_to_list(tree):
    """Folders of the first two levels, under src/ of the first three: parts of a layer are rooms too."""
    folders = set()
    for path in tree.files:
        parts = path.split("/")[:-1]
        if parts and not parts[0].startswith("."):
            folders.add("/".join(parts[:2]))
            is_part_of_a_layer = parts[0] == "src" and parts[-1] != "testdata"
            folders.add("/".join(parts[:3] if is_part_of_a_layer else parts[:2]))
    return folders
