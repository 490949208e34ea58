#include "harness/wire/runway.hpp"

#include "harness/json/write.hpp"
#include "harness/wire/fields.hpp"
#include "harness/wire/time_text.hpp"

namespace rehearse::wire::runway {

Result<TaskRequest> decode_request(std::string_view body) {
  return decode_body<TaskRequest>(body, [](Fields& fields, TaskRequest& out) {
    out.model = fields.required_text("model");
    out.prompt = fields.text("promptText");
    out.ratio = fields.text("ratio");
    out.seconds = fields.integer("duration", 1, 3600).value_or(0);
  });
}

std::string encode_request(const TaskRequest& request) {
  json::Value out = object_of({{"model", request.model}});
  if (!request.prompt.empty()) {
    out.set("promptText", request.prompt);
  }
  if (!request.ratio.empty()) {
    out.set("ratio", request.ratio);
  }
  if (request.seconds > 0) {
    out.set("duration", request.seconds);
  }
  return json::dump(out);
}

std::string encode_task(const Task& task) {
  json::Value out =
      object_of({{"id", task.id}, {"status", task.status}, {"createdAt", rfc3339(task.created)}});
  if (task.status == "RUNNING") {
    out.set("progress", task.progress);
  }
  if (task.status == "FAILED") {
    out.set("failure", task.failure);
    out.set("failureCode", task.failure_code);
  }
  std::string text = json::dump(out);
  if (!task.output_json.empty()) {
    text.back() = ',';
    text += "\"output\":" + task.output_json + "}";
  }
  return text;
}

Result<Task> decode_task(std::string_view body) {
  return decode_body<Task>(body, [](Fields& fields, Task& out) {
    out.id = fields.required_text("id");
    out.status = fields.required_text("status");
    out.progress = fields.number("progress", 0, 1).value_or(0);
    out.failure = fields.text("failure");
    out.failure_code = fields.text("failureCode");
    if (const json::Value* output = fields.array("output")) {
      out.output_json = json::dump(*output);
    }
  });
}

std::string encode_error(std::string_view message) {
  return json::dump(object_of({{"error", message}}));
}

}  // namespace rehearse::wire::runway
