# cmake -DOUT=… -DFOLDER=… -P assets.cmake: what HTML reports carry, as html_assets.cpp: the style
# sheet, and one script of vega, vega-lite, vega-interpreter, plots.js, study_plots.js and page.js
# with their licences. The SHA-256 of both stand beside them: the page's content security policy
# names them.
# Without the npm packages (scripts/setup charts) the script is empty, and reports hold tables only.
set(packages "${FOLDER}/node_modules")
set(script "")
set(notices "")
if(EXISTS "${packages}/vega/build/vega.min.js" AND
   EXISTS "${packages}/vega-lite/build/vega-lite.min.js" AND
   EXISTS "${packages}/vega-interpreter/build/vega-interpreter.js")
  foreach(file IN ITEMS vega/build/vega.min.js vega-lite/build/vega-lite.min.js)
    file(READ "${packages}/${file}" text)
    string(APPEND script "${text}\n")
  endforeach()
  # An ES module of one import and one export: made a plain script.
  file(READ "${packages}/vega-interpreter/build/vega-interpreter.js" text)
  string(REGEX REPLACE "import {([^}]*)} from 'vega-util';" "const {\\1} = vega;" text "${text}")
  string(REPLACE "export { expression as expressionInterpreter };"
    "vega.expressionInterpreter = expression;" text "${text}")
  string(APPEND script "(() => {\n${text}\n})();\n")
  string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" script "${script}")
  foreach(file IN ITEMS plots.js study_plots.js page.js)
    file(READ "${FOLDER}/${file}" text)
    string(APPEND script "${text}")
  endforeach()
  if(script MATCHES "</[sS][cC][rR]|<!--|\nimport |\nexport ")
    message(FATAL_ERROR "reports/charts: these versions cannot stand inside a page as they are")
  endif()
  foreach(package IN ITEMS vega vega-lite vega-interpreter d3-array d3-delaunay d3-ease)
    if(EXISTS "${packages}/${package}/LICENSE")
      file(READ "${packages}/${package}/LICENSE" text)
      string(APPEND notices "${package}\n\n${text}\n\n")
    endif()
  endforeach()
endif()
file(READ "${FOLDER}/page.css" style)
string(SHA256 script_hash "${script}")
string(SHA256 style_hash "${style}")

file(WRITE "${OUT}.new"
"#include \"reports/html_assets.hpp\"\n
#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n
namespace rehearse::reports {\n
using namespace std::literals;\n
const HtmlAssets& built_in_assets() {
  static constexpr HtmlAssets kAssets{
      .script = R\"~embedded~(${script})~embedded~\"sv,
      .script_sha256 = \"${script_hash}\",
      .style = R\"~embedded~(${style})~embedded~\"sv,
      .style_sha256 = \"${style_hash}\",
      .notices = R\"~embedded~(${notices})~embedded~\"sv};
  return kAssets;
}\n
}  // namespace rehearse::reports\n")
file(RENAME "${OUT}.new" "${OUT}")
