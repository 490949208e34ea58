# cmake -DSOURCE=… -DTEMPLATE=… -DOUT=… -DPROJECT_VERSION=… -P commit.cmake: the version header,
# written only when it changes, so that a commit rebuilds two files and not the program.
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD
  OUTPUT_VARIABLE REHEARSE_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT REHEARSE_COMMIT)
  set(REHEARSE_COMMIT "unknown commit")
endif()
configure_file("${TEMPLATE}" "${OUT}" @ONLY)
