"""What every lint shares: the files, C++ text without comments and strings, findings."""
import argparse
import os
import re
import subprocess
import sys

CPP = (".cpp", ".hpp")
# Code that is wrong on purpose: the lints' own fixtures and the compiler canary.
FIXTURES = "tests/lint/"


def options(description):
    """--root DIR (default: the project) and the files to look at (default: all)."""
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
    parser.add_argument("files", nargs="*", help="relative to the root; default: all")
    return parser.parse_args()


def files(root, endings=()):
    """Project files, sorted, relative to root: what git tracks or would track; else a walk."""
    inside_git = os.path.exists(os.path.join(root, ".git"))
    if inside_git:
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                             check=True, capture_output=True, text=True).stdout
        found = [f for f in out.split("\0") if f and os.path.isfile(os.path.join(root, f))]
    else:
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in ("build", "runs", "node_modules", ".git")]
            found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    if inside_git:
        found = [f for f in found if not f.startswith(FIXTURES) or f.count("/") == 2]
    return sorted(f for f in set(found) if f.endswith(tuple(endings) or ""))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


_NOISE = re.compile(
    r'R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)"'      # raw string
    r'|//[^\n]*|/\*.*?\*/'                         # comments
    r'|"(?:[^"\\\n]|\\.)*"'                        # string
    r"|(?<![\w'])'(?:[^'\\\n]|\\.)+'",             # character, not a digit separator
    re.DOTALL)


def code_only(text):
    """The text with comments blanked and strings emptied; every line keeps its number."""
    def blank(match):
        piece = match.group(0)
        lines = "\n" * piece.count("\n")
        if piece.startswith("/"):
            return " " + lines
        return ("''" if piece.startswith("'") else '""') + lines
    return _NOISE.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def exemptions(root, check):
    """{path or folder/: reason} of one check, from exemptions.txt: "check path : reason"."""
    table = {}
    path = os.path.join(root, "scripts/lint/exemptions.txt")
    if os.path.exists(path):
        for number, line in enumerate(read(root, "scripts/lint/exemptions.txt").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = re.fullmatch(r"(\S+)\s+(\S+)\s+:\s+(\S.*)", line)
            if not match:
                sys.exit(f"scripts/lint/exemptions.txt:{number}: expected \"check path : reason\"")
            if match[1] == check:
                table[match[2]] = match[3]
    return table


def exempt(table, path):
    return any(path == name or (name.endswith("/") and path.startswith(name)) for name in table)


def finish(findings):
    """Prints "path:line: what" in order; exit code 1 when there is anything."""
    for path, line, what in sorted(findings):
        print(f"{path}:{line}: {what}")
    sys.exit(1 if findings else 0)
