# Warnings and code generation shared by every target of the project.
add_library(rehearse_flags INTERFACE)
target_compile_options(rehearse_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -ffp-contract=off   # results must not depend on the CPU
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
  # Any x86-64 runs it as before, but structs are cleared and copied by plain stores: for those of a
  # hundred bytes g++ takes `rep stos` otherwise, which costs as much as a hundred instructions.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>>:-mtune=skylake>
  # g++ 12's std::stable_sort uses a function that its own library marks as deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<BOOL:${REHEARSE_WERROR}>:-Werror>)
if(REHEARSE_SANITIZE)
  target_compile_options(rehearse_flags INTERFACE
    -fsanitize=${REHEARSE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rehearse_flags INTERFACE -fsanitize=${REHEARSE_SANITIZE})
endif()
if(REHEARSE_FUZZ)
  # The code under test tells libFuzzer which branches it took, else it searches blindly.
  target_compile_options(rehearse_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_compile_definitions(rehearse_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# rehearse_precompile(<target> <header>)
# Most of what the compiler does is reading the standard library (and, in tests, Catch2) again: it
# is compiled once, by the first target that asks, and the others reuse it.
function(rehearse_precompile target header)
  if(NOT REHEARSE_PRECOMPILE)
    return()
  endif()
  get_property(first GLOBAL PROPERTY rehearse_precompiled_${header})
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    target_precompile_headers(${target} PRIVATE "${PROJECT_SOURCE_DIR}/scripts/cmake/${header}.hpp")
    set_property(GLOBAL PROPERTY rehearse_precompiled_${header} ${target})
  endif()
  # ccache needs it to see what a precompiled header stands for.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

# rehearse_unity(<target>)
# Ten sources in one compilation: they share their headers and, what weighs more, the templates
# that these make. So names in anonymous namespaces are unique inside a layer. Sources that a build
# step writes stay alone: they change without the others.
function(rehearse_unity target)
  if(REHEARSE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
    # An anonymous namespace of a .cpp looks to g++ as if it came from a header.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# rehearse_layer(<name> SOURCES … HEADERS … [DEPS …] [PRIVATE_DEPS …])
# One layer, one static library `rehearse_<name>` (alias rehearse::<name>). Includes are written
# from the project's root: #include "harness/base/time.hpp". Every header must compile alone.
function(rehearse_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target rehearse_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE rehearse_flags ${ARG_PRIVATE_DEPS})
    rehearse_precompile(${target} common)
    rehearse_unity(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(rehearse::${name} ALIAS ${target})
  target_sources(${target} ${scope} FILE_SET HEADERS
    BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${target} ${scope} ${ARG_DEPS})
endfunction()

# rehearse_test(<name> SOURCES … DEPS … [LABELS …] [DEFINITIONS …])
# One Catch2 executable `test_<name>`; its test cases become ctest tests. Label `fast` unless said.
function(rehearse_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS;DEFINITIONS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE rehearse_flags ${ARG_DEPS} Catch2::Catch2WithMain)
  target_compile_definitions(test_${name} PRIVATE
    REHEARSE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${ARG_DEFINITIONS})
  rehearse_precompile(test_${name} common_test)
  # A name that CTest or Catch2 reads as something else (";", "[x]") would run no test, and pass.
  catch_discover_tests(test_${name} TEST_PREFIX "${name}: " EXTRA_ARGS -w NoTests)
  # Catch2 2.13 flattens a list among its PROPERTIES, and all but the first label are lost.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/test_${name}_labels.cmake")
  file(WRITE "${labels_file}" "foreach(test IN LISTS test_${name}_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"all;${ARG_LABELS}\")
endforeach()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
endfunction()

# rehearse_benchmark(<name> SOURCES … DEPS …)
# A Google Benchmark program `bench_<name>`; a tiny run of it is a test, so that it never rots.
function(rehearse_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(NOT REHEARSE_BENCHMARKS)
    return()
  endif()
  add_executable(bench_${name} ${ARG_SOURCES})
  target_link_libraries(bench_${name} PRIVATE
    rehearse_flags ${ARG_DEPS} benchmark::benchmark benchmark::benchmark_main)
  add_test(NAME "benchmark smoke: ${name}"
    COMMAND bench_${name} --benchmark_min_time=0.001 --benchmark_filter=-large)
  set_tests_properties("benchmark smoke: ${name}" PROPERTIES LABELS "all;benchmark")
endfunction()

# rehearse_fuzzer(<name> SOURCES … DEPS …)
# A fuzz target `fuzz_<name>`: libFuzzer with clang and REHEARSE_FUZZ, else a plain main that
# replays its corpus (tests/fuzz/corpus/<name>) and mutations of it from a fixed seed.
function(rehearse_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE rehearse_flags ${ARG_DEPS})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  if(REHEARSE_FUZZ)
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    # New inputs go to the first folder: never into the corpus of the source tree.
    set(found "${CMAKE_CURRENT_BINARY_DIR}/found/${name}")
    file(MAKE_DIRECTORY "${found}")
    add_test(NAME "fuzz smoke: ${name}" COMMAND fuzz_${name} -runs=20000 -seed=1
      -max_total_time=20
      -timeout=10 -verbosity=0 -artifact_prefix=${found}/ ${found} ${corpus})
  else()
    target_sources(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp")
    add_test(NAME "fuzz smoke: ${name}" COMMAND fuzz_${name} ${corpus})
  endif()
  set_tests_properties("fuzz smoke: ${name}" PROPERTIES LABELS "all;fast;fuzz")
endfunction()
