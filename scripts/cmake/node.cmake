# REHEARSE_NODE: a Node.js of at least 22, the locked one of scripts/node before the machine's own;
# empty where there is none, so that tests that need it can be left out by name.
function(rehearse_node_fits result path)
  execute_process(COMMAND "${path}" --version OUTPUT_VARIABLE version ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" version "${version}")
  if(version VERSION_LESS 22)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()
file(GLOB locked_node "${PROJECT_SOURCE_DIR}/scripts/node/node_modules/node-linux-*/bin")
find_program(REHEARSE_NODE node VALIDATOR rehearse_node_fits HINTS ${locked_node})
if(NOT REHEARSE_NODE)
  unset(REHEARSE_NODE CACHE)
  message(STATUS "no Node.js >= 22 (scripts/setup node): tests that need it are left out")
endif()
