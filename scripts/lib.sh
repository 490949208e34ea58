#!/usr/bin/env bash
# Shared by setup, rehearse, dev and tour: talking to the person at the screen, running a long
# command quietly, and how many jobs this machine carries. Sourced, never run.
# Everything said here goes to stderr: stdout belongs to the data of the command that follows.

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# One compiler needs up to 1.1 GB on the heaviest files; a machine out of memory is slower than one
# job less. REHEARSE_JOBS overrides.
build_jobs() {
  local cores memory_mb
  cores=$(nproc 2>/dev/null || echo 2)
  memory_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
  local by_memory=$(( ${memory_mb:-4096} / 1200 ))
  (( by_memory >= 1 )) || by_memory=1
  echo "${REHEARSE_JOBS:-$(( cores < by_memory ? cores : by_memory ))}"
}

# quietly LABEL LOG COMMAND…: appends all output to LOG and shows one progress line: rewritten in
# place on a terminal, else one line per quarter of ninja's [n/m] count. On failure: the last errors
# and, as the last line, where the log is.
quietly() {
  local label=$1 log=$2 started=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  printf '\n$ %s\n' "$*" >> "$log"
  local from
  from=$(wc -l < "$log")
  say "$label …"
  "$@" < /dev/null 2>&1 | tee -a "$log" | progress
  local code=${PIPESTATUS[0]}
  if (( code == 0 )); then
    say "$label: done in $(( SECONDS - started )) s"
  else
    tail -n +"$from" "$log" | errors_of >&2
    say "${0##*/}: \"$label\" failed (exit code $code); the whole log: $log"
  fi
  return "$code"
}

progress() {
  if [[ -t 2 ]]; then
    awk '/^\[[0-9]+\/[0-9]+\]/ { printf "\r\033[K  %.76s", $0 > "/dev/stderr"; fflush(); shown = 1 }
         END { if (shown) printf "\r\033[K" > "/dev/stderr" }'
  else
    awk '/^\[[0-9]+\/[0-9]+\]/ { split(substr($1, 2), n, /[\/\]]/)
           if (n[1] * 4 >= n[2] * (quarter + 1)) { quarter = int(n[1] * 4 / n[2])
             printf "  %s of %s steps\n", n[1], n[2] > "/dev/stderr"; fflush() } }'
  fi
}

# The part of a failed build, test or install log that a reader needs: from the first error on.
errors_of() {
  awk '/error:|Error|FAILED|FAIL:|^E:|npm ERR|undefined reference|\*\*\*Failed/ { on = 40 }
       on > 0 { kept[++n] = $0; on-- } { last[NR % 15] = $0 }
       END { if (n == 0) { for (i = NR - 14; i <= NR; i++) if (i > 0) print last[i % 15] }
             else for (i = 1; i <= n && i <= 60; i++) print kept[i] }'
}

minutes() { awk -v s="$1" 'BEGIN { printf "%.1f min", s / 60 }'; }

# A Node.js of at least 22, if there is one: the locked one first, as it is the same everywhere.
find_node() {
  local locked major
  # Not .bin/node: npm 9 loses that link when it leaves out the package of the other processor.
  for locked in "$1"/scripts/node/node_modules/node-linux-*/bin/node; do
    if [[ -x $locked ]]; then echo "$locked"; return; fi
  done
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || return 1
  (( major >= 22 )) && command -v node
}
