"""Everything fits on a screen: lengths of functions and files, numbers of parameters."""

import ast
import re

import cpp
from tree import Finding, is_cpp

MOST_FUNCTION_LINES = 70
MOST_FILE_LINES = 500
MOST_PARAMETERS = 5

_CODE = r".*\.(cc|h|py|go|sh|cmake)|.*/CMakeLists\.txt"


def is_shell(tree, path):
    return path.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", tree.text(path)) is not None


def file_length_findings(tree):
    for path in tree.files:
        length = len(tree.lines(path))
        if length > MOST_FILE_LINES and (re.fullmatch(_CODE, path) or is_shell(tree, path)):
            yield Finding(path, 0, "file length", f"{length} lines, at most {MOST_FILE_LINES}")


def function_length_findings(tree):
    for path in tree.files:
        for name, first, last in _functions(tree, path):
            length = last - first + 1
            if length > MOST_FUNCTION_LINES:
                message = f"{name} has {length} lines, at most {MOST_FUNCTION_LINES}"
                yield Finding(path, first, "function length", message)


def parameter_findings(tree):
    for path in filter(is_cpp, tree.files):
        for function in cpp.functions(tree.text(path)):
            if function.parameters > MOST_PARAMETERS:
                message = (
                    f"{function.name} has {function.parameters} parameters, at most "
                    f"{MOST_PARAMETERS}; make an options struct"
                )
                yield Finding(path, function.line, "parameters", message)


def _functions(tree, path):
    """(name, first line, last line) of each function, in whatever language the file is."""
    if is_cpp(path):
        return [(f.name, f.line, f.last_line) for f in cpp.functions(tree.text(path))]
    if path.endswith(".py"):
        nodes = ast.walk(ast.parse(tree.text(path)))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [(n.name, n.lineno, n.end_lineno) for n in nodes if isinstance(n, kinds)]
    if path.endswith(".go"):
        return _until_closing_brace(tree.lines(path), r"func\s+(?:\([^)]*\)\s*)?(\w+).*\{$")
    if is_shell(tree, path):
        return _until_closing_brace(tree.lines(path), r"(\w+)\(\)\s*\{$")
    return []


def _until_closing_brace(lines, opening):
    """Functions that start at the margin and end with a brace there, as formatters leave them."""
    found = []
    name = first = None
    for number, text in enumerate(lines, start=1):
        match = re.match(opening, text)
        if match and name is None:
            name, first = match.group(1), number
        elif text == "}" and name is not None:
            found.append((name, first, number))
            name = None
    return found
