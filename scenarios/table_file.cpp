#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

void Language::add_file() {
  Table& file = table("scenario", "A scenario of rehearse.");
  const Shape* const texts = array(text_, 0, 1'000);
  file.fields = {
      {"$schema", plain_, "For editors."},
      {"scenario", plain_, "Its name.", "the file's name"},
      {"parameters", parameters_, "What --set, sweeps and variants turn.", "none"},
      {"inputs", inputs_, "Drawn once a job.", "none"},
      {"providers", providers_, "Who answers calls.", "profiles by the names that calls use"},
      {"resources", resources_, "What stages compete for.", "none"},
      {"pools", pools_, "Connections that are kept.", "none"},
      {"order", order_, "Whether stages follow one another in the file's order.", "free"},
      {"stages", stages_, "The graph.", "", true},
      {"workloads", workloads_, "Load; the first is the default one.",
       "{ \"single\": { \"jobs\": 1 } }"},
      {"variants", variants_, "Changes that can be switched on.", "none"},
      {"claims", claims_, "Statements to be judged by `audit`.", "none"},
      {"objectives", objectives_, "Thresholds.", "none"},
      {"gate", texts, "Pre-declared comparisons of `gate`."},
      {"sweep", sweep_, "The grid of `--sweep own`.", "none"},
      {"volume", quantity(Unit::Rate), "Jobs in real life: \"1000/day\"."},
      {"value_per_job", quantity(Unit::Money), "What a finished job earns.", "0 USD"},
      {"good_job", texts, "What goodput counts.", "the response and cost objectives"},
      {"app", app_, "The user's own program, for --drive app.", "none"}};
  file_ = object(file);
}

}  // namespace rehearse::scenarios
