# cmake --install build/release [--prefix DIR] [--component program|data]: the program and what it
# reads, so that it runs without a clone. Included last, as it asks which targets there are.
include(GNUInstallDirs)
set(data "${CMAKE_INSTALL_DATADIR}/rehearse")

install(TARGETS rehearse RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${data}" COMPONENT program)

file(GLOB scenarios CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/scenarios/*.json")
list(FILTER scenarios EXCLUDE REGEX "schema\\.json$")
install(FILES ${scenarios} DESTINATION "${data}/scenarios" COMPONENT data)
if(EXISTS "${PROJECT_SOURCE_DIR}/scenarios/schema.json")
  # Beside the scenarios too: they name it as "$schema": "schema.json".
  install(FILES "${PROJECT_SOURCE_DIR}/scenarios/schema.json"
    DESTINATION "${data}/schema" COMPONENT data)
  install(FILES "${PROJECT_SOURCE_DIR}/scenarios/schema.json"
    DESTINATION "${data}/scenarios" COMPONENT data)
endif()
if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/mocks/profiles")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/mocks/profiles/" DESTINATION "${data}/profiles"
    COMPONENT data FILES_MATCHING PATTERN "*.json")
endif()
