# rehearse_embed(<target> NAMESPACE <ns> FUNCTION <fn> FILES …)
# Builds the texts of FILES into <target>: a generated .cpp that defines
#   std::span<const rehearse::EmbeddedText> <ns>::<fn>()
# with one {name without folder and ending, text} per file, so that an installed binary needs none.
set(REHEARSE_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")
function(rehearse_embed target)
  cmake_parse_arguments(ARG "" "NAMESPACE;FUNCTION" "FILES" ${ARGN})
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}.cpp")
  list(TRANSFORM ARG_FILES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE paths)
  list(JOIN paths "|" joined)
  add_custom_command(OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" "-DOUT=${out}" "-DNAMESPACE=${ARG_NAMESPACE}"
            "-DFUNCTION=${ARG_FUNCTION}" "-DFILES=${joined}" -P "${REHEARSE_EMBED_SCRIPT}"
    DEPENDS ${paths} "${REHEARSE_EMBED_SCRIPT}" VERBATIM
    COMMENT "Embedding ${ARG_FUNCTION}")
  set_source_files_properties("${out}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE "${out}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND DEFINED OUT)
  string(REPLACE "|" ";" files "${FILES}")
  set(body "")
  foreach(path IN LISTS files)
    get_filename_component(name "${path}" NAME_WE)
    file(READ "${path}" text)
    string(APPEND body "    {\"${name}\", R\"~embedded~(${text})~embedded~\"},\n")
  endforeach()
  file(WRITE "${OUT}"
"#include <span>\n
#include \"harness/base/embedded.hpp\"\n
namespace ${NAMESPACE} {\n
std::span<const rehearse::EmbeddedText> ${FUNCTION}();
std::span<const rehearse::EmbeddedText> ${FUNCTION}() {
  static constexpr rehearse::EmbeddedText kTexts[] = {
${body}  };
  return kTexts;
}\n
}  // namespace ${NAMESPACE}\n")
endif()
