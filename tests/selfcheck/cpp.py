"""Just enough C++ to find functions, their length and their parameters, without a compiler."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))
      | (?P<letter>'(?:[^'\\\n]|\\.)+')
      | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_HAS_C_LINKAGE = re.compile(r"\s*extern\b")
_NAME_BEFORE_PARENTHESIS = re.compile(r"(operator\s*\S+|~?\w+)\s*$")


@dataclass(frozen=True)
class Function:
    """A definition or declaration. `parameters` is 0 for callbacks of C libraries; `last_line` equals `line` for a declaration."""

    name: str
    line: int
    last_line: int
    parameters: int

    @property
    def length(self):
        return self.last_line - self.line + 1


def blanked(source):
    """The source with comments, literals and directives as spaces; every line keeps its number."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return _TOKEN.sub(blank, source)


def functions(source):
    """Every function at namespace or class scope, in order; lambdas count with their function."""
    code = blanked(source)
    found = []
    start = position = 0
    while position < len(code):
        character = code[position]
        head = code[start:position]
        if character == "(":
            position = _closing(code, position, "()")
        elif character == "{" and _opens_function(head):
            end = _end_of_body(code, position)
            found.append(_function(code, start, position, end))
            start = position = end + 1
            continue
        elif character == "{" and not _SCOPE.search(head):
            position = _closing(code, position, "{}")
        elif character in "{}" or (character == ":" and _is_access(head)):
            start = position + 1
        elif character == ";":
            if _parameter_list(head) is not None:
                found.append(_function(code, start, position, start + len(head.rstrip()) - 1))
            start = position + 1
        position += 1
    return found


def _opens_function(head):
    if "(" not in head or re.search(r"=\s*$", head):
        return False
    return not _SCOPE.match(head.strip()) or _parameter_list(head) is not None


def _is_access(head):
    return re.fullmatch(r"\s*(public|private|protected)\s*", head) is not None


def _closing(code, position, pair):
    """The place of the bracket that closes the one at `position`, or the end of the code."""
    depth = 0
    for place in range(position, len(code)):
        if code[place] == pair[0]:
            depth += 1
        elif code[place] == pair[1]:
            depth -= 1
            if depth == 0:
                return place
    return len(code) - 1


def _end_of_body(code, position):
    """Where the function ends whose first brace is at `position`. That brace may belong to a member
    initialiser (`: a_{1}, b_{2} {`), after which the body is still to come."""
    end = _closing(code, position, "{}")
    following = re.compile(r"\s*(\{|,[^;{]*\{)").match(code, end + 1)
    while following:
        end = _closing(code, following.end() - 1, "{}")
        following = re.compile(r"\s*(\{|,[^;{]*\{)").match(code, end + 1)
    return end


def _function(code, start, head_end, end):
    head = code[start:head_end]
    first = start + len(head) - len(head.lstrip())
    name, parameters = _parameter_list(head) or ("(lambda)", "")
    if _HAS_C_LINKAGE.match(head):
        parameters = ""  # the library that calls it chose them
    return Function(name, _line(code, first), _line(code, end), _count(parameters))


def _line(code, position):
    return code.count("\n", 0, position) + 1


def _parameter_list(head):
    """The name and the text between the parentheses of the function that `head` introduces."""
    for match in re.finditer(r"\(", head):
        before = head[: match.start()]
        name = _NAME_BEFORE_PARENTHESIS.search(before)
        if not name or _angle_depth(before) > 0:
            continue
        if re.search(r"operator\s*$", before):
            continue
        return name.group(1), head[match.end() : _closing(head, match.start(), "()")]
    return None


def _angle_depth(text):
    text = re.sub(r"operator\s*[<>=]+|->|<=>|<<|<=|>=", " ", text)
    return text.count("<") - text.count(">")


def _count(parameters):
    if not parameters.strip() or parameters.strip() == "void":
        return 0
    depth = 0
    count = 1
    for character in parameters.replace("->", "  "):
        depth += (character in "(<{[") - (character in ")>}]")
        count += character == "," and depth == 0
    return count
