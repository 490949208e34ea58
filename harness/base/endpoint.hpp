#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rehearse {

// A service behind HTTP that is described by data: a database behind REST, a queue, a CDN, an
// upload.
struct Endpoint {
  std::string method = "POST";
  std::string path;  // "/rows/{id}": a name in braces matches one segment, {name*} all that follow
  int status = 200;
  std::string content_type = "application/json";
  // The body. ${path.id}, ${query.q} and ${body.a.b} are replaced by what the request holds there
  // (escaped for a JSON string; missing: nothing), ${id} by a name of this answer, ${filler} by
  // text up to the asked size. In JSON, "${body.n}" alone takes over what is no string as it is.
  std::string reply = R"({"ok":true,"data":"${filler}"})";
  std::vector<std::pair<std::string, std::string>> headers = {};  // besides the content type

  bool operator==(const Endpoint&) const = default;
};

}  // namespace rehearse
