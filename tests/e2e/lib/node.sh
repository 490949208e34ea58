# Sourced by the end-to-end scripts: finds Node and installs locked packages, or skips.
skip() {
  echo "SKIPPED: $*" >&2
  exit 77
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Sets NODE (honoured when given). The openai package needs fetch, File and node:test of Node 20.
find_node() {
  NODE=${NODE:-$(command -v node || true)}
  [[ -n $NODE ]] || skip "no node on the PATH, and NODE is not set"
  local major
  major=$("$NODE" -p 'process.versions.node.split(".")[0]') || skip "$NODE does not run"
  (( major >= 20 )) || skip "$NODE is version $major, the tests need 20 or later"
}

# have_packages DIR: every package of the lock file is there in its version.
have_packages() {
  "$NODE" -e '
    const { readFileSync } = require("node:fs");
    const read = (file) => JSON.parse(readFileSync(file, "utf8"));
    const { packages } = read(process.argv[1] + "/package-lock.json");
    for (const [path, { version }] of Object.entries(packages)) {
      if (path && read(`${process.argv[1]}/${path}/package.json`).version !== version)
        process.exit(1);
    }' "$1" 2>/dev/null
}

install_packages() {
  have_packages "$1" && return
  command -v npm >/dev/null || skip "the packages of $1 are not installed, and there is no npm"
  echo "installing the locked npm packages of $1" >&2
  (cd "$1" && timeout 180 npm ci --ignore-scripts --no-audit --no-fund >&2) && have_packages "$1" ||
    skip "npm ci could not bring the packages of $1"
}
