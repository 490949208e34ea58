#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

void Language::add_statements() {
  Table& costs = table("costs", "What a variant costs.");
  costs.fields = {{"monthly", quantity(Unit::Money), "Each month.", "0 USD"},
                  {"once", quantity(Unit::Money), "Once.", "0 USD"}};
  Table& variant = table("variant", "A change that can be switched on.");
  variant.fields = {
      {"change", add({.form = Form::Map, .low = 1, .high = 1'000, .of = any_, .free_keys = true}),
       "JSON Merge Patch (RFC 7396) over this file."},
      {"of", array(name_, 1, 1'000), "A preset of other variants."},
      {"purpose", words({"optimisation", "condition"}),
       "condition: another input, load or incident; what-ifs pass it over.", "optimisation"},
      {"group", plain_, "At most one variant of a group is active."},
      {"costs", object(costs), "What it costs.", "nothing"},
      {"trade_off", plain_, "What it costs in quality or otherwise."}};
  variant.choices = {{"kind of variant", {{"change"}, {"of"}}, true}};
  variants_ = map(object(variant));

  const Shape* const figure = add({.form = Form::Figure, .plain = true});
  const Shape* const figures = one_of({figure, array(figure, 2, 2)});
  Table& claim = table("claim", "A statement from a report, to be judged.");
  claim.fields = {{"id", name_, "Unique.", "", true},
                  {"source", plain_, "Where the report says so.", "", true},
                  {"metric", plain_, "[stat of] metric.", "response"},
                  {"of", plain_, "\"stage NAME\", \"task NAME\" or \"resource NAME\".", "the job"},
                  {"base", names_, "Variants of the side before.", "[]"},
                  {"with", names_, "Variants of the side after.", "[]"},
                  {"on", name_, "Workload.", "the first"},
                  {"jobs", words({"all", "first", "warm"}), "Which jobs.", "all"},
                  {"is", figures, "The metric is this."},
                  {"saves", figures, "Base minus with is this; in %, of base."},
                  {"adds", figures, "With minus base is this; in %, of base."},
                  {"times", figures, "Base is this many times with."},
                  {"share", figures, "`of` is this part of the job's metric.", "", false, {"of"}},
                  {"sums_to", figures, "The parts add up to this.", "", false, {"parts"}},
                  {"meets", figures, "The metric is at most this, or inside this range."},
                  {"parts",
                   array(plain_, 1, 10'000),
                   "Of sums_to: \"stage NAME\" or claim ids.",
                   "",
                   false,
                   {"sums_to"}}};
  claim.choices = {{"kind of claim",
                    {{"is"}, {"saves"}, {"adds"}, {"times"}, {"share"}, {"sums_to"}, {"meets"}},
                    true}};
  claims_ = array(object(claim), 0, 10'000);

  Table& objective = table("objective", "A threshold.");
  objective.fields = {
      {"text", text_, "[stat of] metric [of stage|task|resource NAME] op value.", "", true},
      {"level", words({"fail", "warn", "aim"}), "aim: shown, never enforced.", "fail"},
      {"on", name_, "Workload.", "every"}};
  objectives_ = array(one_of({text_, object(objective)}), 0, 1'000);

  Table& app = table("app", "The user's own program, for --drive app.");
  const Shape* const late = add({.form = Form::Text, .plain = true});  // filled in for each job
  app.fields = {{"command", array(late, 1, 1'000), "Program and arguments; one job is one run."},
                {"cwd", late, "Relative to the scenario's folder.", ".", false, {"command"}},
                {"env",
                 add({.form = Form::Map, .high = 1'000, .of = late, .free_keys = true}),
                 "Variables of its environment.",
                 "{}",
                 false,
                 {"command"}},
                {"url", late, "An endpoint that runs one job."},
                {"method", late, "HTTP method.", "POST", false, {"url"}},
                {"body", any_, "JSON that is sent.", "none", false, {"url"}},
                {"timeout", duration_, "Of one job.", "none"}};
  app.choices = {{"kind of app", {{"command"}, {"url"}}, true}};
  app_ = object(app);

  const Shape* const value =
      one_of({add({.form = Form::Number, .low = -1e15, .high = 1e15}), plain_, boolean_});
  // A text is a range, or the condition `when`.
  const Shape* const axis =
      one_of({array(one_of({value, array(value, 2, 100)}), 1, 1'000), plain_});
  sweep_ = add({.form = Form::Map, .high = 1'000, .of = axis, .free_keys = true});
}

}  // namespace rehearse::scenarios
