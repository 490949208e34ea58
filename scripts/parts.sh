#!/usr/bin/env bash
# The parts that scripts/dev is made of: configure and build a preset, run its tests, count them.
# Sourced by scripts/dev, never run. Every verdict of a part goes through `passed` and `failed`.
passed=0 failed=0 skipped=0 failures=()

# ccache is used where it is found; nothing needs it.
if command -v ccache > /dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  export CCACHE_BASEDIR=${CCACHE_BASEDIR-$root} CCACHE_NOHASHDIR=1
  sloppiness=pch_defines,time_macros,include_file_mtime,include_file_ctime
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS-$sloppiness}
fi

# build PRESET [--times] [TARGET…]: configures and builds, showing nothing but errors.
build() {
  local preset=$1 log=$root/build/$1.log times=0 targets=()
  shift
  if [[ ${1:-} == --times ]]; then times=1; shift; fi
  if (( $# )); then targets=(--target "$@"); fi
  : > "$log" 2>/dev/null || { mkdir -p build && : > "$log"; }
  quietly "configuring $preset" "$log" cmake --preset "$preset" || return 1
  quietly "building $preset ($(build_jobs) jobs)" "$log" \
    cmake --build "build/$preset" -j "$(build_jobs)" "${targets[@]}" || return 1
  (( ! times )) || slowest "build/$preset/.ninja_log"
}

# The slowest outputs of the last builds, in seconds; .ninja_log keeps milliseconds.
slowest() {
  awk -F'\t' '/^#/ { next } { took[$4] = ($2 - $1) / 1000 }
    END { for (o in took) printf "%7.1f s  %s\n", took[o], o }' "$1" | sort -rn | head -20
}

# run_tests PRESET NAME CTEST_ARGS…: runs ctest, adds to the counts, shows what failed.
run_tests() {
  local preset=$1 name=$2 log=$root/build/$1.$2.log started=$SECONDS code node
  shift 2
  node=$(find_node "$root") && export PATH="${node%/*}:$PATH"
  say "testing $preset ($name) …"
  ctest --test-dir "build/$preset" --output-on-failure --timeout 600 --no-tests=error \
    -j "$(build_jobs)" "$@" < /dev/null > "$log" 2>&1
  code=$?
  # "98% tests passed, 2 tests failed out of 120", a list of those failed, another of those skipped.
  local line lost total
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log" | tail -1)
  lost=$(awk '{ print $4 }' <<< "$line"); total=$(awk '{ print $NF }' <<< "$line")
  if [[ -z $line ]] || (( code != 0 && lost == 0 )); then
    tail -15 "$log" >&2
    note_failure "$preset ($name): ctest itself, exit code $code"
  else
    local out
    out=$(grep -cE '\*\*\*(Skipped|Not Run \(Disabled\))' "$log")
    (( passed += total - lost - out, failed += lost, skipped += out ))
    if (( lost )); then
      awk '/^The following tests FAILED/ { list = 1 }
           / Test +#[0-9]+: / { on = /\*\*\*/ ? 60 : 0 }
           on > 0 || list { print substr($0, 1, 300); on-- }' "$log" | head -200 >&2
      failures+=("$preset ($name): $lost of $total tests; log: $log")
    fi
  fi
  say "testing $preset ($name): $line in $(( SECONDS - started )) s"
  return "$code"
}

set_up() { scripts/setup "$@" || { note_failure "setup; log: build/setup.log"; return 1; }; }

note_failure() { (( failed += 1 )); failures+=("$*"); }

# part NAME: runs one part of the test verb, prints its minutes, and lets the next part run too.
part() {
  local name=$1 started=$SECONDS
  shift
  say "== $name"
  "part_$name" "$@"
  say "== $name took $(minutes $(( SECONDS - started )))"
}

part_lint() {
  local report check
  report=$(scripts/lint/all)
  while IFS=$'\t' read -r verdict check _; do
    case $verdict in
      pass) (( passed += 1 )) ;;
      fail) note_failure "lint: $check" ;;
    esac
  done <<< "$report"
  [[ $report == *$'\t'* ]] || note_failure "lint: did not run"
}

part_fast() {
  build dev || { note_failure "fast: build; log: build/dev.log"; return; }
  run_tests dev fast -L fast ${1:+-R "$1"}
}

part_release() {
  # The preset turns the tests on again where scripts/rehearse made this folder without them.
  build release || { note_failure "release: build; log: build/release.log"; return; }
  run_tests release all
  build/release/tests/lint/coroutine_canary | tail -1 >&2
}

# One tree serves the fast tests, the fuzz smoke (libFuzzer, a few seconds each) and the check
# that every header compiles alone.
part_asan() {
  build asan || { note_failure "asan: build; log: build/asan.log"; return; }
  quietly "compiling each header alone" build/asan.log \
    cmake --build build/asan -j "$(build_jobs)" --target all_verify_interface_header_sets ||
    note_failure "asan: a header does not compile alone; log: build/asan.log"
  run_tests asan fast -L 'fast|fuzz'
}

# Only what has threads or sockets; the test programs of layers that do not exist yet are left out.
part_tsan() {
  local layer targets=() layers=(runtime net server)
  for layer in "${layers[@]}"; do
    [[ -f tests/$layer/CMakeLists.txt ]] && targets+=("test_$layer")
  done
  (( ${#targets[@]} )) || { say "no test of ${layers[*]} yet"; return; }
  build tsan "${targets[@]}" || { note_failure "tsan: build; log: build/tsan.log"; return; }
  local names=${targets[*]#test_}
  TSAN_OPTIONS=${TSAN_OPTIONS-halt_on_error=1:second_deadlock_stack=1} \
    run_tests tsan all -R "^(${names// /|}):"
}

# The plain closing form: one line, "N passed, N failed".
closing() {
  local line
  (( ! skipped )) || say "skipped: $skipped"
  for line in "${failures[@]}"; do say "failed: $line"; done
  echo "$passed passed, $failed failed"
  (( failed == 0 && passed > 0 ))
}

# fuzz [NAME [SECONDS]]: new inputs and crashes stay in build/fuzz-found until someone copies them
# to the corpus.
fuzz() {
  local name=${1:-} seconds=${2:-30} program
  build fuzz ${name:+"fuzz_$name"} || return 1
  for program in $(find build/fuzz -name "fuzz_${name:-*}" -type f -perm -u+x | sort); do
    local found=build/fuzz-found/${program##*/fuzz_}
    mkdir -p "$found"
    say "${program##*/}: $seconds s"
    if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="$found/" "$found" \
      "tests/fuzz/corpus/${program##*/fuzz_}" > "$found.log" 2>&1; then
      tail -30 "$found.log" >&2
      say "crash: $found; log: $found.log"
      return 1
    fi
    grep -E 'stat::number_of_executed_units' "$found.log"
  done
}

perf() {
  local program
  for program in $(find build/release -name "bench_*${1:-}*" -type f -perm -u+x | sort); do
    say "${program##*/}"
    "$program" || return 1
  done
}

golden() {
  build dev || return 1
  UPDATE_GOLDEN=1 run_tests dev golden -L all
  git status --short -- '*golden*'
}

tidy() {
  local files=("$@")
  quietly "configuring asan" build/asan.log cmake --preset asan || return 1
  (( $# )) || mapfile -t files < <(git ls-files -co --exclude-standard \
    'harness/*.cpp' 'mocks/*.cpp' 'reports/*.cpp' 'scenarios/*.cpp')
  run-clang-tidy-19 -quiet -p build/asan -j "$(build_jobs)" "${files[@]}"
}
