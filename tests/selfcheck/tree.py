"""The files of the repository, and what a finding about one of them is."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_NEVER_OURS = {".git", "build", ".cache", "__pycache__"}


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule. `line` is 0 where the rule is about the file as a whole."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.rule}: {self.message}"


class Tree:
    """A source tree: what git tracks or would track, or every file where there is no git."""

    def __init__(self, root):
        self.root = Path(root)
        self._texts = {}

    @cached_property
    def files(self):
        """Paths relative to the root, with forward slashes, sorted."""
        listed = self._listed_by_git() if (self.root / ".git").exists() else None
        paths = self._walked() if listed is None else listed
        return sorted(path for path in paths if (self.root / path).is_file())

    @cached_property
    def folders(self):
        """Every folder that holds a file at any depth."""
        return {str(parent) for path in self.files for parent in Path(path).parents} - {"."}

    def text(self, path):
        """The file's text; empty for binary files."""
        if path not in self._texts:
            raw = (self.root / path).read_bytes()
            self._texts[path] = "" if b"\0" in raw else raw.decode("utf-8", "replace")
        return self._texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def matching(self, pattern):
        """The files whose whole path matches the regular expression."""
        compiled = re.compile(pattern)
        return [path for path in self.files if compiled.fullmatch(path)]

    def _listed_by_git(self):
        command = ["git", "-c", f"safe.directory={self.root.resolve()}", "ls-files", "-z"]
        command += ["--cached", "--others", "--exclude-standard"]
        try:
            listing = subprocess.run(command, cwd=self.root, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return [path for path in listing.stdout.decode().split("\0") if path]

    def _walked(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = [name for name in subfolders if name not in _NEVER_OURS]
            for name in names:
                yield Path(folder, name).relative_to(self.root).as_posix()


def is_cpp(path):
    return path.endswith((".cc", ".h"))


def is_test(path):
    """Test programs and what only they include: `x_test.cc`, `test_x.h`, everything in tests/."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith("tests/") or name.startswith("test_") or "_test" in name
