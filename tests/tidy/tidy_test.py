#!/usr/bin/env python3
"""Each rule of tidy fails on a bad example and accepts a good one."""

import unittest

import rules_build
import rules_code
import rules_docs
import rules_include
import rules_size
import rules_unity
import tidy
from tree import Tree, blank_cpp


def lines_of(rule, texts, **more):
    """["path:line"] of what the rule finds in a tree made of these texts."""
    return [f"{f.path}:{f.line}" for f in rule(Tree(texts), **more)]


def body(lines):
    return "void long_one(int x) {\n" + "  step();\n" * lines + "}\n"


class UnityBuilds(unittest.TestCase):
    def found(self, one, other, second="base/b.cc"):
        wrap = "namespace sluice {\nnamespace {\n%s\n}\n}\n"
        texts = {"base/CMakeLists.txt": "add_library(x STATIC)",
                 "query/CMakeLists.txt": "add_library(y STATIC)",
                 "base/a.cc": wrap % one, second: wrap % other}
        return lines_of(rules_unity.unity_names, texts)

    def test_one_name_twice(self):
        for one, other in (
                ("struct Case {\n  int a;\n};", "struct Case { int b; };"),
                ("constexpr int limit = 1;", "constexpr double limit{2};"),
                ("int f(int a, const A& x) { return a; }", "int f(int b, const A& y = {});"),
                ("using P = A*;", "using P = B*;"),
                ("const std::array<int, 3> table = {1};", "enum class table { x };")):
            self.assertEqual(self.found(one, other), ["base/b.cc:3"], one)

    def test_what_may_live_together(self):
        self.assertEqual(self.found("int f(int a) { return a; }", "int f(A a) { return 1; }"), [])
        self.assertEqual(self.found("using P = A*;", "using P = A*;"), [])
        self.assertEqual(self.found("int f() { int x = 1; return x; }", "const int x = 1;"), [])
        self.assertEqual(self.found("struct A {};", "struct A {};", "query/b.cc"), [])

    def test_a_header_has_the_name(self):
        header = "// x\nnamespace sluice {\nstruct A {};\n}\n"
        self.assertEqual(lines_of(rules_unity.unity_names, {
            "base/a.h": header, "base/CMakeLists.txt": "add_library(x)",
            "base/b.cc": "namespace sluice { namespace {\nusing A = int;\n} }"}), ["base/b.cc:2"])


class Includes(unittest.TestCase):
    def test_layers(self):
        rule = rules_include.include_direction
        up = '// x\n#include "query/value.h"\n'
        self.assertEqual(lines_of(rule, {"base/a.cc": up}), ["base/a.cc:2"])
        self.assertEqual(lines_of(rule, {"agent/a.cc": up}), ["agent/a.cc:2"])
        self.assertEqual(lines_of(rule, {"query/a.cc": '#include "rules/x.h"'}), ["query/a.cc:1"])
        self.assertEqual(lines_of(rule, {"daemon/a.cc": '#include "agent/x.h"'}), ["daemon/a.cc:1"])
        self.assertEqual(lines_of(rule, {"daemon/a.cc": '#include "tests/x.h"'}), ["daemon/a.cc:1"])
        self.assertEqual(lines_of(rule, {"daemon/a.cc": up, "tests/a.cc": up}), [])

    def test_paths_from_the_root(self):
        rule = rules_include.include_direction
        self.assertEqual(lines_of(rule, {"base/a.cc": '#include "b.h"'}), ["base/a.cc:1"])
        self.assertEqual(lines_of(rule, {"base/a.cc": '#include "../b.h"'}), ["base/a.cc:1"])

    def test_libraries_stay_in_their_files(self):
        beast = "#include <boost/beast/http.hpp>"
        rocks = "#include <rocksdb/db.h>"
        rule = rules_include.beast_in_two_files
        self.assertEqual(lines_of(rule, {"base/http/server.cc": beast}), [])
        self.assertEqual(lines_of(rule, {"base/http/tls.cc": beast}), ["base/http/tls.cc:1"])
        rule = rules_include.rocksdb_in_storage
        self.assertEqual(lines_of(rule, {"daemon/storage/a.cc": rocks}), [])
        self.assertEqual(lines_of(rule, {"daemon/api/a.cc": rocks}), ["daemon/api/a.cc:1"])

    def test_heavy_headers(self):
        rule = rules_include.heavy_headers
        for name in ("simdjson.h", "re2/re2.h", "spdlog/logger.h", "prometheus/counter.h",
                     "yaml-cpp/yaml.h", "curl/curl.h", "rocksdb/db.h", "nlohmann/json.hpp"):
            text = f"#include <{name}>"
            self.assertEqual(lines_of(rule, {"base/a.h": text}), ["base/a.h:1"], name)
            self.assertEqual(lines_of(rule, {"base/a.cc": text}), [], name)

    def test_mutual_includes(self):
        rule = rules_include.mutual_includes
        one_way = {"base/x/a.h": '#include "base/y/b.h"', "base/y/b.h": "// b"}
        self.assertEqual(lines_of(rule, one_way), [])
        both = {**one_way, "base/y/c.cc": '#include "base/x/a.h"'}
        self.assertEqual(lines_of(rule, both), ["base/x/a.h:1"])


class Sizes(unittest.TestCase):
    def test_lines(self):
        rule = rules_size.line_length
        self.assertEqual(lines_of(rule, {"base/a.cc": "x" * 100}), [])
        self.assertEqual(lines_of(rule, {"base/a.cc": "\n" + "x" * 101}), ["base/a.cc:2"])
        self.assertEqual(lines_of(rule, {"docs/a.md": "x" * 200}), [])
        self.assertEqual(lines_of(rule, {"tests/agent/fixtures/proc/net/dev": "x" * 200}), [])

    def test_files(self):
        rule = rules_size.file_length
        long = {"base/a.cc": "x\n" * 501}
        self.assertEqual(lines_of(rule, {"base/a.cc": "x\n" * 500}, known={}), [])
        self.assertEqual(lines_of(rule, long, known={}), ["base/a.cc:1"])
        self.assertEqual(lines_of(rule, long, known={"base/a.cc": (501, "why")}), [])

    def test_what_became_short_leaves_the_ratchet(self):
        known = {"base/a.cc": (600, "why")}
        self.assertEqual(lines_of(rules_size.file_length, {"base/a.cc": "x\n"}, known=known),
                         ["base/a.cc:1"])
        known = {("base/a.cc", "long_one"): (99, "why")}
        self.assertEqual(lines_of(rules_size.function_length, {"base/a.cc": body(3)}, known=known),
                         ["base/a.cc:1"])

    def test_functions(self):
        rule = rules_size.function_length
        self.assertEqual(lines_of(rule, {"base/a.cc": body(68)}, known={}), [])
        self.assertEqual(lines_of(rule, {"base/a.cc": body(69)}, known={}), ["base/a.cc:1"])
        inside = "namespace x {\nstruct S {\n" + body(69) + "};\n}\n"
        self.assertEqual(lines_of(rule, {"base/a.cc": inside}, known={}), ["base/a.cc:3"])
        python = "def f():\n" + "    x = 1\n" * 70
        self.assertEqual(lines_of(rule, {"tests/a.py": python}, known={}), ["tests/a.py:1"])
        shell = "f() {\n" + "  x\n" * 69 + "}\n"
        self.assertEqual(lines_of(rule, {"a.sh": shell}, known={}), ["a.sh:1"])

    def test_what_is_a_function(self):
        code = blank_cpp("""
            namespace a {
            // f() {
            const char* text = "g() {";
            constexpr int table[] = {1, 2};
            class C : public D { C() : x_(1), y_{2} {} int m() const override { return 1; } };
            auto f(int x) -> int { if (x) { return 2; } return [] { return 3; }(); }
            TEST_CASE("t", "[x]") { }
            template <class T> requires (sizeof(T) > 1) void g(T) { }
            }""")
        names = [name for name, _, _ in rules_size.cpp_functions(code)]
        self.assertEqual(names, ["C", "m", "f", "TEST_CASE", "g"])


class Code(unittest.TestCase):
    def test_detached(self):
        rule = rules_code.no_detached_tasks
        self.assertEqual(lines_of(rule, {"base/a.cc": "\nspawn(x, asio::detached);"}),
                         ["base/a.cc:2"])
        self.assertEqual(lines_of(rule, {"base/a.cc": "thread.detach();"}), ["base/a.cc:1"])
        self.assertEqual(lines_of(rule, {"base/a.cc": "spawn(x, detached);"}), ["base/a.cc:1"])
        self.assertEqual(lines_of(rule, {"base/a.cc": "if (file.detached) return;"}), [])
        self.assertEqual(lines_of(rule, {"base/a.cc": "// nothing detached"}), [])

    def test_unfinished(self):
        rule = rules_code.no_unfinished_marks
        for mark in ("TO" "DO", "FIX" "ME", "X" "XX"):
            self.assertEqual(lines_of(rule, {"docs/a.md": f"a\n{mark}: b"}), ["docs/a.md:2"])
        self.assertEqual(lines_of(rule, {"a.cc": '"/tmp/x-XXXXXX"'}), [])

    def test_header_comment(self):
        rule = rules_code.header_comment
        self.assertEqual(lines_of(rule, {"base/a.h": "#pragma once\n"}), ["base/a.h:1"])
        self.assertEqual(lines_of(rule, {"base/a.h": "// A: what.\n#pragma once\n"}), [])

    def test_registries(self):
        rule = rules_code.no_registry_hosts
        for host in ("deb.debian" ".org", "registry.npmjs" ".org", "pypi" ".org"):
            self.assertEqual(lines_of(rule, {"dev": f"\nuri=http://{host}/x"}), ["dev:2"])


class Build(unittest.TestCase):
    def test_sources(self):
        rule = rules_build.sources_in_build
        cc = {"base/x/a.cc": "", "base/x/aa.cc": ""}
        self.assertEqual(lines_of(rule, {**cc, "base/x/CMakeLists.txt": "add(x a.cc aa.cc)"}), [])
        self.assertEqual(lines_of(rule, {**cc, "base/CMakeLists.txt": "add(x/a.cc)"}),
                         ["base/x/aa.cc:1"])
        commented = {"tests/x_test.cc": "", "tests/CMakeLists.txt": "# x_test.cc"}
        self.assertEqual(lines_of(rule, commented), ["tests/x_test.cc:1"])

    def test_fuzz_targets(self):
        rule = rules_build.fuzz_targets_in_build
        good = {"tests/fuzz/a.cc": "", "tests/fuzz/CMakeLists.txt": "sluice_fuzz(a sluice::base)",
                "tests/fuzz/corpus/a/one": ""}
        self.assertEqual(lines_of(rule, good), [])
        self.assertEqual(lines_of(rule, {"tests/fuzz/a.cc": ""}), ["tests/fuzz/a.cc:1"] * 2)

    def test_python_tests(self):
        rule = rules_build.python_tests_in_build
        test = {"tests/e2e/push_test.py": "", "tests/e2e/harness.py": ""}
        self.assertEqual(lines_of(rule, test), ["tests/e2e/push_test.py:1"])
        listed = {"tests/e2e/CMakeLists.txt": "sluice_python_test(NAME push SCRIPT push_test.py)"}
        self.assertEqual(lines_of(rule, {**test, **listed}), [])


class Docs(unittest.TestCase):
    def test_one_title(self):
        rule = rules_docs.one_title
        self.assertEqual(lines_of(rule, {"docs/a.md": "# A\n\n```sh\n# comment\n```\n"}), [])
        self.assertEqual(lines_of(rule, {"docs/a.md": "text"}), ["docs/a.md:1"])
        self.assertEqual(lines_of(rule, {"docs/a.md": "# A\n# B\n"}), ["docs/a.md:2"])

    def test_readme_commands(self):
        rule = rules_docs.readme_commands_tested
        readme = "# S\n```sh\n# first\n./dev up   # runs\nsluice logs \\\n  '{a=\"b\"}'\n```\n"
        self.assertEqual(rules_docs.commands_of(readme),
                         [(4, "./dev up"), (5, "sluice logs '{a=\"b\"}'")])
        self.assertEqual(lines_of(rule, {"README.md": readme}), ["README.md:4", "README.md:5"])
        listed = "COMMANDS = {'./dev up': 'x', 'sluice logs \\'{a=\"b\"}\\'': 'y', 'old': 'z'}"
        self.assertEqual(lines_of(rule, {"README.md": readme, rules_docs.COMMAND_LIST: listed}),
                         [rules_docs.COMMAND_LIST + ":1"])


class Everything(unittest.TestCase):
    def test_every_rule_is_proven_here(self):
        with open(__file__, encoding="utf-8") as file:
            text = file.read()
        for rule in tidy.RULES:
            self.assertIn(f"{rule.__module__}.{rule.__name__}", text)


if __name__ == "__main__":
    unittest.main()
