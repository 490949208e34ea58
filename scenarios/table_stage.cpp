#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

void Language::add_stage_fields(Table& stage) {
  Table& fallback = table("fallback", "Runs a sibling instead of a failed stage.");
  fallback.fields = {{"fallback", name_, "The sibling; it runs only then.", "", true}};
  Table& retry = table("retry", "When and how often a failed attempt is made again.");
  retry.fields = {{"max_retries", integer(0, 200), "Further attempts.", "", true},
                  {"base", duration_, "The first wait.", "500ms"},
                  {"factor", number(1, 100), "What each wait is multiplied by.", "2"},
                  {"cap", duration_, "The longest wait.", "8s"},
                  {"jitter", share_, "The wait is multiplied by 1 - jitter x U.", "0.25"},
                  {"honour_retry_after", boolean_, "Waits as the provider says.", "true"},
                  {"retry_after_cap", duration_, "Longer hints are ignored.", "60s"},
                  {"on_timeout", boolean_, "Timeouts are retried too.", "true"}};
  Table& cache = table("cache", "Answers that are kept.");
  cache.fields = {
      {"key", job_text_, "What an entry stands for.", "one entry for the stage"},
      {"ttl", duration_, "How long an entry holds.", "for ever"},
      {"scope", words({"process", "shared"}), "Whether it outlives a process.", "process"},
      {"hit_time", time_, "Time of a hit.", "0"},
      {"capacity", integer(1, 1e12), "Entries; the least recently used leaves.", "unbounded"},
      {"coalesce", boolean_, "Concurrent misses of a key wait for the first.", "false"},
      {"hit_rate", share_, "A hit with this probability, instead of keys."}};
  cache.choices = {{"way to say what hits", {{"hit_rate"}, {"key"}}, false}};

  const std::vector<Field> fields = {
      {"needs", names_, "Data flow: starts after these siblings; nothing may break it.", "[]"},
      {"after", names_, "Program order: starts after these siblings; a variant may drop it.",
       "by `order`"},
      {"repeat", amount_, "How many items.", "not fanned out"},
      {"parallel",
       one_of({integer(1, 1e6), words({"all"})}),
       "Items at once.",
       "1",
       false,
       {"repeat"}},
      {"vary",
       share_,
       "Share of log variance that the items of one job have in common.",
       "0",
       false,
       {"repeat"}},
      {"when", one_of({quantity(Unit::Share, true), boolean_}),
       "Runs with this probability, or where the expression is not 0.", "always"},
      {"skip", boolean_, "Leaves the stage out.", "false"},
      {"background", boolean_, "Nobody waits for it.", "false"},
      {"first_result", words({"first_chunk", "done"}), "Here a user first sees something."},
      {"uses", uses_, "Resources taken while it runs."},
      {"timeout", duration_, "Of one attempt, or of the stage.", "none"},
      {"retry", one_of({words({"none", "openai-sdk", "anthropic-sdk"}), object(retry)}),
       "Attempts after a failure.", "none"},
      {"on_error", one_of({words({"fail", "continue"}), object(fallback)}),
       "What a failed stage means to its job.", "fail"},
      {"cache", object(cache), "Answers that are kept.", "none"}};
  stage.fields.insert(stage.fields.end(), fields.begin(), fields.end());
}

void Language::add_call_fields(Table& stage) {
  Table& connection = table("connection", "A new connection for each call.");
  connection.fields = {{"connect", time_, "Time to open one.", "", true}};
  Table& hedge = table("hedge", "A further attempt beside a slow one.");
  hedge.fields = {{"after", duration_, "Age of the call.", "", true},
                  {"max", integer(1, 100), "Further attempts.", "1"}};
  Table& breaker = table("breaker", "A circuit breaker.");
  breaker.fields = {{"failures", integer(1, 1e6), "Failures inside the window open it.", "5"},
                    {"window", duration_, "", "10s"},
                    {"open_for", duration_, "How long it stays open.", "30s"},
                    {"probes", integer(1, 1e6), "Calls let through when half open.", "1"}};
  Table& match = table("match", "How the call looks in app drive.");
  match.fields = {{"path", text_, "Prefix of the request path."},
                  {"model", text_, "The model asked for."},
                  {"body_contains", text_, "Text inside the body."},
                  {"nth", integer(1, 1e6), "Of the matching calls of one job, from 1."}};
  const Shape* const connections = one_of({text_, object(connection)});

  const std::vector<Field> fields = {
      {"time", time_, "Duration of the call as the base describes it.", "the profile decides"},
      {"model", job_text_, "Model.", "the profile's"},
      {"input_tokens", amount_, "Tokens sent.", "the profile's typical"},
      {"output_tokens", amount_, "Tokens answered, before the cut.", "the profile's typical"},
      {"max_tokens", amount_, "The output is cut there.", "none"},
      {"cached_tokens", amount_, "Of the input, read from a prompt cache.", "0"},
      {"size", job_text_, "Of images or video: \"1792x1024\".", "the profile's"},
      {"quality", job_text_, "Quality that is asked for.", "the profile's"},
      {"n", amount_, "Answers or images a call.", "1"},
      {"steps", amount_, "Diffusion steps.", "the profile's"},
      {"seconds", seconds_amount_, "Of audio or video.", "0"},
      {"characters", amount_, "Of text to speak.", "0"},
      {"bytes", byte_amount_, "Of the payload.", "none"},
      {"link", name_, "A resource with a bandwidth that the payload passes over."},
      {"stream", boolean_, "The answer is read as a stream.", "false"},
      {"connection", connections, "per_call, a pool's name, or {connect}.", "kept alive"},
      {"hedge", object(hedge), "A further attempt beside a slow one.", "none"},
      {"breaker", object(breaker), "A circuit breaker.", "none"},
      {"match", object(match), "How the call looks in app drive."},
      {"request", any_, "What is really sent.", "filler of the drawn size"}};
  for (Field field : fields) {
    field.with = {"call"};
    if (field.key == "link") {
      field.with = {"bytes"};
    }
    stage.fields.push_back(std::move(field));
  }
}

void Language::add_stages() {
  Table& use = table("resource_use", "A share of a resource.");
  use.fields = {{"resource", name_, "Which.", "", true},
                {"slots", integer(1, 1e6), "How many.", "1"},
                {"priority", integer(-1e6, 1e6), "Higher first, in a priority queue.", "0"}};
  const Shape* const one_use = one_of({name_, object(use)});
  uses_ = one_of({name_, object(use), array(one_use, 0, 100)});

  Table& local = table("local", "Work of the pipeline itself.");
  local.fields = {{"cpu", time_, "CPU time.", "0"},
                  {"io", time_, "Waiting for disks and the like.", "0"},
                  {"memory_mb", number(0, 1e9), "Memory while it runs.", "0"}};

  Table& stage = table("stage", "One step of the pipeline: a call, local work, a wait or a group.");
  stages_ = map(object(stage), 1);
  stage.fields = {
      {"call", text_, "A provider call: \"PROVIDER.OPERATION\"."},
      {"local", object(local), "Local work."},
      {"wait", time_, "A wait."},
      {"stages", stages_, "A group of inner stages."},
      {"order", order_, "Of the inner stages.", "that of the level around", false, {"stages"}},
      {"holds",
       uses_,
       "Resources kept from its first to its last stage.",
       "none",
       false,
       {"stages"}}};
  add_stage_fields(stage);
  add_call_fields(stage);
  stage.choices = {{"kind of stage", {{"call"}, {"local"}, {"wait"}, {"stages"}}, true}};
}

}  // namespace rehearse::scenarios
