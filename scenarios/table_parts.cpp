#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

void Language::add_parts() {
  Table& load = table("other_load", "Calls that others make on the same limits.");
  load.fields = {{"rate", quantity(Unit::Rate), "How many.", "", true}};
  Table& provider = table("provider", "Who answers calls.");
  provider.fields = {
      {"profile", text_, "Name of its profile.", "the provider's own name"},
      {"change", add({.form = Form::Map, .high = 1'000, .of = any_, .free_keys = true}),
       "Merge patch over the profile."},
      {"rtt", time_, "Round trip of each call, on top of the profile.", "0"},
      {"other_load", object(load), "Calls that others make on the same limits.", "none"},
      {"runs_on", name_, "A resource that serves its calls.", "none"}};
  providers_ = map(one_of({text_, object(provider)}));

  Table& queue = table("queue", "What waits for a resource.");
  queue.fields = {{"max", integer(0, 1e12), "Places in the queue.", "unbounded"},
                  {"on_full", words({"wait", "reject"}), "What a full queue does.", "wait"},
                  {"order", words({"fifo", "priority"}), "Who is next.", "fifo"}};
  Table& price = table("price", "What a replica costs.");
  price.fields = {{"usd_per_hour", number(0, 1e6), "Of each replica.", "", true}};
  Table& resource = table("resource", "What stages compete for.");
  resource.fields = {
      {"slots", integer(1, 1e6), "Uses at once, of each replica.", "1"},
      {"sharing", words({"slots", "processor"}), "processor: all at once, each slower.", "slots"},
      {"speed_up",
       add({.form = Form::Map,
            .low = 1,
            .high = 1'000,
            .of = number(1e-6, 1e6),
            .free_keys = true}),
       "Items in service to total rate.", "{ \"1\": 1 }"},
      {"bandwidth", quantity(Unit::Bandwidth), "Makes it a link."},
      {"replicas", integer(1, 1e5), "How many of it.", "1"},
      {"balance", words({"least_loaded", "round_robin", "random"}), "Which replica serves.",
       "least_loaded"},
      {"queue", object(queue), "What waits for it.", "unbounded"},
      {"price", object(price), "What it costs.", "0"}};
  resources_ = map(object(resource));

  Table& pool = table("pool", "Connections that are kept.");
  pool.fields = {{"max", integer(1, 1e6), "Connections at once.", "10"},
                 {"connect", time_, "Paid when a connection is opened.", "0"},
                 {"idle", duration_, "Closed after this long unused.", "never"}};
  pools_ = map(object(pool));

  Table& input = table("input", "Drawn once a job.");
  const Shape* const value =
      one_of({add({.form = Form::Number, .low = -1e15, .high = 1e15}), text_});
  input.fields = {
      {"choose", array(value, 1, 100'000), "One of these."},
      {"weights", array(number(0, 1e12), 1, 100'000), "How often each.", "even", false, {"choose"}},
      {"feed", text_, "A CSV or JSONL file; row = job number, wrapping around."},
      {"column", text_, "Which column of the file.", "the input's name", false, {"feed"}}};
  input.choices = {{"kind of input", {{"choose"}, {"feed"}}, true}};
  inputs_ = map(object(input), 0, true);

  Table& parameter = table("parameter", "What --set, sweeps and variants turn.");
  const Shape* const worth =
      one_of({add({.form = Form::Number, .low = -1e15, .high = 1e15}), plain_, boolean_});
  parameter.fields = {{"value", worth, "Its value.", "", true}};
  parameters_ = map(one_of({add({.form = Form::Number, .low = -1e15, .high = 1e15}), plain_,
                            boolean_, object(parameter)}),
                    0, true);
}

}  // namespace rehearse::scenarios
