#!/usr/bin/env python3
"""The lints find what they must and nothing else, each in a small tree of its own."""
import collections
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
LINTS = os.path.join(HERE, "..", "..", "scripts", "lint")


def run(check, root, *files):
    done = subprocess.run([sys.executable, os.path.join(LINTS, check), "--root", root, *files],
                          capture_output=True, text=True, check=False)
    if done.stderr or done.returncode not in (0, 1):
        raise AssertionError(f"{check} broke: {done.stderr}")
    found = [re.fullmatch(r"([^:]+):(\d+): (.*)", line).groups()
             for line in done.stdout.splitlines()]
    if (done.returncode == 1) != bool(found):
        raise AssertionError(f"{check}: exit code {done.returncode} with {len(found)} findings")
    return [(path, int(line), what) for path, line, what in found]


def marked(path):
    """{line: [words]} of every "// bad: words" in a fixture."""
    with open(path, encoding="utf-8") as file:
        return {number: [w.strip() for w in line.split("// bad:")[1:]]
                for number, line in enumerate(file, 1) if "// bad:" in line}


class Tree:
    """Files in a scratch folder, given as {path: text}."""

    def __init__(self, files):
        self.folder = tempfile.TemporaryDirectory()
        for path, text in files.items():
            full = os.path.join(self.folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())

    def __enter__(self):
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


class Lint(unittest.TestCase):
    def expect(self, check, files, *wanted):
        """wanted: (path, line or None, words)."""
        with Tree(files) as root:
            found = run(check, root)
        self.assertEqual(len(found), len(wanted), found)
        for path, line, words in wanted:
            self.assertTrue(any(p == path and line in (None, n) and words in what
                                for p, n, what in found), f"{path}:{line}: {words} not in {found}")


class Coroutines(unittest.TestCase):
    def test_every_good_shape_passes(self):
        self.assertEqual(run("coroutines", HERE, "coroutines/good.cpp"), [])

    def test_every_bad_shape_is_found_where_it_stands_and_nothing_else(self):
        found = collections.defaultdict(list)
        for _, line, what in run("coroutines", HERE, "coroutines/bad.cpp"):
            found[line].append(what)
        wanted = marked(os.path.join(HERE, "coroutines/bad.cpp"))
        self.assertGreater(len(wanted), 50)
        self.assertEqual(sorted(found), sorted(wanted))
        for line, words in wanted.items():
            self.assertEqual(len(found[line]), len(words), f"line {line}: {found[line]}")
            for word in words:
                self.assertTrue(any(word in what for what in found[line]), f"{line}: {word}")


class Determinism(Lint):
    def test_clocks_are_found_in_the_engine_but_not_where_the_real_world_is(self):
        text = "auto t = std::chrono::steady_clock::now();\n"
        self.expect("determinism", {"harness/engine/a.cpp": text, "harness/net/a.cpp": text,
                                    "mocks/server/a.cpp": text, "harness/target/a.cpp": text,
                                    "tests/net/a.cpp": text, "tests/engine/a.cpp": text},
                    ("harness/engine/a.cpp", 1, "clock"), ("tests/engine/a.cpp", 1, "clock"))

    def test_foreign_randomness_is_banned_everywhere(self):
        self.expect("determinism", {"harness/net/a.cpp": "std::random_device d;\nint x = rand();\n"
                                    "std::shuffle(a, b, c);\nstd::normal_distribution<> n;\n"},
                    *[("harness/net/a.cpp", line, "") for line in (1, 2, 3, 4)])

    def test_names_that_only_look_alike_pass(self):
        self.expect("determinism", {"reports/a.cpp": "runtime.now(); key.rand(); operand(1);\n"
                                    "my::rand(2);\n"
                                    "// steady_clock::now()\nauto s = \"std::rand()\";\n"
                                    "sleep_time(3);\n"
                                    "Distribution d; run_time(0); at.time(0);\n"})

    def test_walking_an_unordered_container_is_found_also_when_its_header_declares_it(self):
        self.expect("determinism",
                    {"reports/a.hpp": "std::unordered_map<int, std::vector<int>> by_name_;\n",
                     "reports/a.cpp": "for (auto& [k, v] : by_name_) {}\nby_name_.find(1);\n"
                                      "std::unordered_set<int> seen;\nauto i = seen.begin();\n"
                                      "std::map<int, int> m;\nfor (auto& x : m) {}\n"},
                    ("reports/a.cpp", 1, "by_name_"), ("reports/a.cpp", 4, "seen"))

    def test_libm_is_banned_where_draws_are_made_only(self):
        text = "double x = std::log(y);\ndouble z = std::sqrt(y);\n"
        self.expect("determinism", {"mocks/latency/a.cpp": text, "harness/stats/a.cpp": text},
                    ("mocks/latency/a.cpp", 1, "libm"))

    def test_an_exemption_with_a_reason_is_honoured(self):
        self.expect("determinism", {"reports/a.cpp": "thread_local int x;\n",
                                    "scripts/lint/exemptions.txt":
                                    "# why\ndeterminism reports/a.cpp : a reason\n"})


TABLE = {"scripts/lint/layers.txt":
         "a/base :\na/json : a/base | nlohmann\na/top : * | fmt boost.math\n"}


class Layers(Lint):
    def expect(self, check, files, *wanted):
        super().expect(check, {**TABLE, "a/base/b.hpp": "", "a/json/j.hpp": "", **files}, *wanted)

    def test_an_include_upwards_is_found(self):
        self.expect("layers", {"a/base/x.cpp": '#include "a/base/b.hpp"\n#include "a/json/j.hpp"\n',
                               "a/json/y.cpp": '#include "a/base/b.hpp"\n#include <vector>\n'},
                    ("a/base/x.cpp", 2, "a/base may not include a/json"))

    def test_third_parties_belong_to_their_layers_and_nlohmann_to_cpp_files(self):
        self.expect("layers", {"a/base/x.cpp": "#include <fmt/core.h>\n#include <unistd.h>\n",
                               "a/json/y.hpp": "#include <nlohmann/json.hpp>\n",
                               "a/json/y.cpp": "#include <nlohmann/json.hpp>\n",
                               "a/top/z.cpp": "#include <boost/math/x.hpp>\n"
                                              "#include <boost/asio.hpp>\n"
                                              "#include <curl/curl.hpp>\n"},
                    ("a/base/x.cpp", 1, "fmt"), ("a/base/x.cpp", 2, "system"),
                    ("a/json/y.hpp", 1, ".cpp files only"), ("a/top/z.cpp", 2, "(boost)"),
                    ("a/top/z.cpp", 3, "unknown third party"))

    def test_includes_are_written_from_the_root(self):
        self.expect("layers", {"a/json/y.cpp": '#include "j.hpp"\n'},
                    ("a/json/y.cpp", 1, "from the root"))

    def test_link_lines_and_includes_agree(self):
        include = '#include "a/base/b.hpp"\n'
        self.expect("layers", {"a/json/y.cpp": include, "a/top/z.cpp": include,
                               "a/base/CMakeLists.txt": "rehearse_layer(base HEADERS b.hpp\n"
                                                        "  DEPS rehearse::json fmt::fmt)\n",
                               "a/json/CMakeLists.txt": "rehearse_layer(json HEADERS j.hpp)\n",
                               "a/top/CMakeLists.txt": "rehearse_layer(top HEADERS t.hpp\n"
                                                       "  DEPS rehearse::json rehearse::base)\n"},
                    ("a/base/CMakeLists.txt", 2, "may not link rehearse::json"),
                    ("a/base/CMakeLists.txt", 2, "may not link fmt::fmt"),
                    ("a/json/CMakeLists.txt", 1, "includes a/base but does not link it"))

    def test_the_order_in_the_root_list_follows_the_table(self):
        self.expect("layers", {"CMakeLists.txt": "foreach(layer IN ITEMS\n  a/json a/base)\n"},
                    ("CMakeLists.txt", 1, "a/json stands before a/base"),
                    ("CMakeLists.txt", 1, "a/top stands in only one"))

    def test_a_table_that_names_a_row_below_is_refused(self):
        self.expect("layers", {"scripts/lint/layers.txt": "a/base : a/json\na/json :\n"},
                    ("scripts/lint/layers.txt", 1, "no row above"))


class Names(Lint):
    def test_names_that_two_sources_of_a_layer_keep_to_themselves(self):
        first = ("namespace rehearse::a {\nusing json::Value;\nnamespace {\n"
                 "constexpr int kMost = 1;\nstruct Row {};\nint twice(int n) { return n; }\n"
                 "struct Alone;\nint own(int n) { return n; }\n}  // namespace\n"
                 "}  // namespace rehearse::a\n")
        second = ("namespace rehearse::a {\nusing json::Value;\nnamespace {\n"
                  "constexpr double kMost = 2;\nclass Row {};\nint twice(int number) {\n"
                  "  return number;\n}\nint own(double n) { return 0; }\nstruct Value {};\n"
                  "}  // namespace\n}  // namespace rehearse::a\n")
        self.expect("names", {"a/one.cpp": first, "a/two.cpp": second, "b/one.cpp": first},
                    ("a/two.cpp", 4, "kMost"), ("a/two.cpp", 5, "Row"),
                    ("a/two.cpp", 6, "twice(int)"), ("a/two.cpp", 10, "Value"))


class Sizes(Lint):
    def test_limits_are_inclusive_and_tests_have_their_own(self):
        self.expect("sizes", {"reports/ok.cpp": "x\n" * 400, "reports/long.cpp": "x\n" * 401,
                              "tests/a/ok.cpp": "x\n" * 600, "tests/a/long.cpp": "x\n" * 601,
                              "reports/wide.cpp": "x" * 100 + "\n" + "x" * 101 + "\n",
                              "README.md": "x" * 300},
                    ("reports/long.cpp", 401, "limit 400"), ("tests/a/long.cpp", 601, "limit 600"),
                    ("reports/wide.cpp", 2, "101 columns"))


class Hygiene(Lint):
    def test_machine_paths_registry_hosts_keys_and_loose_ends_are_found(self):
        self.expect("hygiene", {"a.md": "see /ho" + "me/x/y\nand /wo" + "rk/y\nok: ~/home/x\n",
                                "b.json": "https://registry.npm" + "js.org/x\n",
                                "c.txt": "key sk-" + "proj-" + "a1B2" * 8 + "\n",
                                "d.cpp": "// TO" + "DO later\n"},
                    ("a.md", 1, "one machine"), ("a.md", 2, "one machine"),
                    ("b.json", 1, "registry host"), ("c.txt", 1, "key"), ("d.cpp", 1, "loose end"))

    def test_binary_and_big_files_are_found(self):
        self.expect("hygiene", {"a.bin": b"\x00\x01", "b.txt": "x\n" * 600000},
                    ("a.bin", 1, "binary"), ("b.txt", 1, "1 MB"))

    def test_lock_files_hold_hashes_and_no_hosts(self):
        lock = '{\n  "packages": {\n    "node_modules/x": {\n      "version": "1"\n    }\n  }\n}\n'
        self.expect("hygiene", {"e/package-lock.json": lock},
                    ("e/package-lock.json", 1, "integrity"))
        self.expect("hygiene", {"e/package-lock.json": lock.replace(
            '"version": "1"', '"integrity": "sha512-x",\n      "reso' + 'lved": "https://x"')},
            ("e/package-lock.json", 5, "hosts"))

    def test_a_folder_of_code_explains_itself(self):
        self.expect("hygiene", {"harness/base/a.cpp": "", "harness/json/a.cpp": "",
                                "harness/json/README.md": "what it is\n", "tests/a/a.cpp": ""},
                    ("harness/base", 1, "README.md"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
