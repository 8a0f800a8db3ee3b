#!/usr/bin/env python3
"""Tests of the self-check: a small tree that keeps every rule, and one canary for each way to break
one. A rule whose canary lives is broken itself."""

import tempfile
import unittest
from pathlib import Path

import cpp
from selfcheck import findings

def definition_of(description):
    """A CustomResourceDefinition with one field."""
    schema = f'{{description: D., properties: {{spec: {{description: "{description}"}}}}}}'
    return ("kind: CustomResourceDefinition\nspec:\n  versions:\n"
            f"  - schema:\n      openAPIV3Schema: {schema}\n")


INDEX_ROWS = ["apps", "deploy", "src/base", "src/decide", "src/kube", "src/kube/transport"]

GOOD = {
    "ARCHITECTURE.md": "# Folders\n<!-- folder index -->\n"
    + "".join(f"| `{folder}/` | something |\n" for folder in INDEX_ROWS)
    + "<!-- end of the folder index -->\n",
    "README.md": "See [the architecture](ARCHITECTURE.md#folders) and [k8s](https://kubernetes.io).\n",
    "apps/CMakeLists.txt": "add_executable(mig-adapter main.cc)\n",
    "apps/main.cc": '#include <CLI/CLI.hpp>\n#include "decide/fit.h"\nint main() {}\n',
    "src/base/CMakeLists.txt": "migadapter_layer(base SOURCES clock.cc)\n",
    "src/base/clock.h": "// The clock.\n#pragma once\n",
    "src/base/clock.cc": '#include "base/clock.h"\nauto now() { return std::chrono::system_clock::now(); }\n',
    "src/decide/CMakeLists.txt": "migadapter_layer(decide SOURCES fit.cc)\n"
    "migadapter_test(decide SOURCES fit_test.cc)\n",
    "src/decide/fit.h": '// Whether it fits.\n#pragma once\n#include <vector>\n#include "base/clock.h"\n',
    "src/decide/fit.cc": '#include "decide/fit.h"\n#include <fmt/format.h>\n',
    "src/decide/fit_test.cc": '#include "decide/fit.h"\n#include <gtest/gtest.h>\n',
    "src/kube/CMakeLists.txt": "migadapter_layer(kube SOURCES transport/http.cc)\n",
    "src/kube/transport/http.cc": "#include <curl/curl.h>\n#include <unistd.h>\n#include <boost/json.hpp>\n",
    "deploy/good.yaml": definition_of("The spec."),
    "run.sh": "#!/usr/bin/env bash\nfolder=$(mktemp -d /t" + "mp/x.XXXX)\n",
}


def function_of(lines):
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


# What it breaks: the changes that break it. A value replaces a file; None removes it; text that
# starts with "+" is appended.
CANARIES = {
    "description": {
        "a field that nobody explains": {"deploy/crd.yaml": definition_of("")},
        "a field explained by a space": {"deploy/crd.yaml": definition_of(" ")},
    },
    "dependency law": {
        "a lower layer uses a higher one": {"src/base/clock.h": '+#include "decide/fit.h"\n'},
        "kube uses decide": {"src/kube/transport/http.cc": '+#include "decide/fit.h"\n'},
        "a decision takes a lock": {"src/decide/fit.cc": "+#include <mutex>\n"},
        "a decision logs": {"src/decide/fit.cc": '+#include "base/log.h"\n'},
        "a decision asks the operating system": {"src/decide/fit.cc": "+#include <unistd.h>\n"},
        "JSON outside kube": {"src/decide/fit.cc": "+#include <boost/json.hpp>\n"},
        "curl in a header": {"src/kube/http.h": "// HTTP.\n#pragma once\n#include <curl/curl.h>\n"},
        "Beast outside the server": {"src/kube/transport/http.cc": "+#include <boost/beast/core.hpp>\n"},
        "OpenSSL outside the webhook": {"src/kube/transport/http.cc": "+#include <openssl/ssl.h>\n"},
        "YAML outside the kubeconfig": {"src/kube/transport/http.cc": "+#include <yaml-cpp/yaml.h>\n"},
        "flags outside apps": {"src/decide/fit.cc": "+#include <CLI/CLI.hpp>\n"},
        "fmt in a header": {"src/decide/fit.h": "+#include <fmt/format.h>\n"},
        "gtest outside a test": {"src/decide/fit.cc": "+#include <gtest/gtest.h>\n"},
        "a private header outside its folder": {
            "src/webhook/connection.h": "// C.\n#pragma once\n#include <boost/asio/post.hpp>\n",
            "src/webhook/server.h": '// S.\n#pragma once\n#include "webhook/connection.h"\n',
            "apps/main.cc": '+#include "webhook/server.h"\n',
        },
        "an unknown library": {"src/decide/fit.cc": "+#include <absl/strings/str_cat.h>\n"},
        "coroutines": {"src/kube/transport/http.cc": "+#include <coroutine>\n"},
        "an include relative to the file": {"src/decide/fit.cc": '+#include "fit.h"\n'},
        "a layer that nobody declared": {"src/extra/CMakeLists.txt": ""},
    },
    "function length": {
        "a long function": {"src/decide/fit.cc": "+" + function_of(71)},
        "a long test": {"src/decide/fit_test.cc": "+TEST(A, B) {\n" + "  g();\n" * 70 + "}\n"},
        "long after a member initialiser": {
            "src/decide/fit.cc": "+X::X() : a_{1}, b_(2) {\n" + "  g();\n" * 70 + "}\n"
        },
        "long Python": {"tool.py": "def f():\n" + "    g()\n" * 70},
        "long Go": {"tool.go": "func (t *T) f() error {\n" + "\tg()\n" * 70 + "}\n"},
        "long bash": {"run.sh": "+f() {\n" + "  g\n" * 70 + "}\n"},
    },
    "file length": {
        "a long file": {"src/decide/fit.cc": "+" + "\n" * 500},
        "a long script": {"run.sh": "+" + "\n" * 500},
    },
    "parameters": {
        "six in a header": {
            "src/decide/fit.h": "+int f(int a, std::map<int, int> b, int c,\n  int d, int e, int f);\n"
        },
        "six in a source": {
            "src/decide/fit.cc": "+int f(int a, int b, int c, int d, int e, int f = 1) {}\n"
        },
    },
    "header": {
        "no comment": {"src/base/clock.h": "#pragma once\n"},
        "no pragma": {"src/base/clock.h": "// The clock.\n"},
    },
    "vague name": {
        "utils": {"src/base/utils.h": "// All sorts.\n#pragma once\n"},
        "part of a name": {"src/base/string_helpers.h": "// All sorts.\n#pragma once\n"},
        "a folder": {"src/decide/misc/x.txt": ""},
    },
    "path of a machine": {
        "a home": {"README.md": "+It lies in /ho" + "me/somebody/code.\n"},
        "a temporary file in code": {"src/kube/transport/http.cc": '+auto path = "/t' + 'mp/x";\n'},
    },
    "sleep": {
        "in what a test includes": {"src/decide/test_x.h": "// X.\n#pragma once\nauto f() { usleep(1); }\n"},
        "in a test": {"src/decide/fit_test.cc": "+void f() { std::this_thread::sleep_for(1s); }\n"},
    },
    "clock": {
        "the machine's clock in a decision": {
            "src/decide/fit.cc": "+auto f() { return std::chrono::steady_clock::now(); }\n"
        },
    },
    "unlisted source": {
        "nobody builds it": {"src/kube/watch.cc": ""},
        "its name is part of another": {"src/kube/ttp.cc": ""},
        "only a comment names it": {"src/kube/CMakeLists.txt": "# http.cc\n"},
    },
    "unregistered test": {
        "listed as a source": {
            "src/decide/CMakeLists.txt": "migadapter_layer(decide SOURCES fit.cc fit_test.cc)\n"
        },
        "Python that pytest does not collect": {"tests/walk/steps.py": "def test_a():\n    pass\n"},
    },
    "folder index": {
        "a folder is new": {"docs/x.md": ""},
        "a folder is gone": {"apps/CMakeLists.txt": None, "apps/main.cc": None},
        "the document is gone": {"ARCHITECTURE.md": None},
    },
    "dead link": {
        "to a file": {"README.md": "+[x](docs/nowhere.md)\n"},
    },
}


def write_tree(root, changes):
    """Writes GOOD with the changes below `root`."""
    files = dict(GOOD)
    for path, text in changes.items():
        added = text is not None and text.startswith("+")
        files[path] = files.get(path, "") + text[1:] if added else text
    for path, text in files.items():
        if text is not None:
            place = Path(root, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)


def rules_broken_by(changes):
    with tempfile.TemporaryDirectory() as root:
        write_tree(root, changes)
        return [finding.rule for finding in findings(root)]


class SelfCheckTest(unittest.TestCase):
    def test_a_tree_that_keeps_the_rules_has_no_findings(self):
        with tempfile.TemporaryDirectory() as root:
            write_tree(root, {})
            self.assertEqual([], [str(finding) for finding in findings(root)])

    def test_every_canary_is_found(self):
        for rule, canaries in CANARIES.items():
            for name, changes in canaries.items():
                with self.subTest(rule=rule, canary=name):
                    self.assertIn(rule, rules_broken_by(changes))

    def test_the_limits_themselves_are_allowed(self):
        fits = {
            "src/decide/fit.cc": "+" + function_of(70),
            "src/decide/fit.h": "+int f(int a, int b, int c, int d, int e);\n",
            "src/kube/transport/http.cc": "+" + "\n" * 497,
        }
        self.assertEqual([], rules_broken_by(fits))


class FunctionsTest(unittest.TestCase):
    def found(self, source):
        return [(f.name, f.length, f.parameters) for f in cpp.functions(source)]

    def test_comments_and_literals_hide_their_braces(self):
        source = 'int f() {\n  g("}", \'{\', R"(}})", 1\'000);  // }\n  /* } */\n}\nint h() {}\n'
        self.assertEqual([("f", 4, 0), ("h", 1, 0)], self.found(source))

    def test_classes_and_namespaces_are_no_functions(self):
        source = "namespace a {\nclass B : public C<void(int)> {\n public:\n  int f(int a) {\n  }\n};\n}\n"
        self.assertEqual([("f", 2, 1)], self.found(source))

    def test_tables_are_no_functions(self):
        self.assertEqual([], self.found("const Row kRows[] = {\n {1, 2},\n};\nstd::vector<int> v{1};\n"))

    def test_a_lambda_belongs_to_its_function(self):
        self.assertEqual([("f", 3, 0)], self.found("int f() {\n  return [](int a) { return a; };\n}\n"))

    def test_commas_of_types_do_not_count_as_parameters(self):
        source = "R<A, B> f(std::map<int, int> a, std::function<void(int, int)> b = {1, 2}) const;\n"
        self.assertEqual([("f", 1, 2)], self.found(source))

    def test_parameters_of_c_callbacks_are_not_ours_to_choose(self):
        source = 'extern "C" int f(int a, int b, int c, int d, int e, int f) {\n}\n'
        self.assertEqual([("f", 2, 0)], self.found(source))

    def test_operators_have_names(self):
        source = "int operator()(int a) {\n}\nbool operator<(A a, B b) {\n}\n"
        self.assertEqual([("operator()", 2, 1), ("operator<", 2, 2)], self.found(source))


if __name__ == "__main__":
    unittest.main()
