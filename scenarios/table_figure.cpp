#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

// One table for each unit: the same forms, other scalars. `seconds` also takes bare numbers.
const Shape* Language::distribution(std::string_view name, Unit unit) {
  const bool bare = name == "seconds";
  const Shape* const scalar =
      bare ? one_of({quantity(unit), number(0, 3'155'760'000)}) : quantity(unit);
  const Shape* const job_scalar =
      bare ? one_of({quantity(unit, true), number(0, 3'155'760'000)}) : quantity(unit, true);
  Table& forms = table(name, "A quantity: constant, or drawn from a distribution.");
  const Shape* const self = one_of({job_scalar, object(forms)});
  const Shape* const component_of = one_of({scalar, object(forms)});
  const Shape* const range = array(scalar, 2, 2);

  Table& gamma = table(name == "time"          ? "gamma_time"
                       : name == "amount"      ? "gamma_amount"
                       : name == "byte_amount" ? "gamma_byte_amount"
                                               : "gamma_seconds",
                       "A gamma distribution.");
  gamma.fields = {{"mean", scalar, "Its mean.", "", true},
                  {"cv", number(1e-3, 100), "Standard deviation over mean.", "", true}};
  Table& component = table(name == "time"          ? "component_time"
                           : name == "amount"      ? "component_amount"
                           : name == "byte_amount" ? "component_byte_amount"
                                                   : "component_seconds",
                           "One component of a mixture.");
  component.fields = {{"weight", number(0, 1e12), "Its share among the weights.", "", true},
                      {"of", component_of, "What is drawn.", "", true}};
  const Shape* const knots =
      add({.form = Form::Map, .low = 2, .high = 10'000, .of = scalar, .free_keys = true});

  forms.fields = {
      {"value", job_scalar, "A constant."},
      {"typical", scalar, "Lognormal with this median."},
      {"spread", number(0, 5), "Standard deviation of the logarithm.", "0.1", false, {"typical"}},
      {"between", range, "Lognormal with these 5th and 95th percentiles."},
      {"at_most", scalar, "Lognormal with this 95th percentile; the 5th is a third of it."},
      {"at_least", scalar, "Lognormal with this 5th percentile; the 95th is three times it."},
      {"uniform", range, "Even between both."},
      {"exponential", scalar, "Exponential with this mean."},
      {"gamma", object(gamma), "Gamma by mean and coefficient of variation."},
      {"quantiles", knots, "Probability to value, both ascending, log-interpolated."},
      {"mixture", array(object(component), 1, 1'000), "Each draw comes from one component."},
      {"empirical", text_, "A CSV or JSONL file: the sample itself."},
      {"column", text_, "Which column of the file.", "the only one", false, {"empirical"}},
      {"scale", number(1e-9, 1e9), "Multiplies what is drawn.", "1"},
      {"min", scalar, "What is drawn is never below this."},
      {"max", scalar, "What is drawn is never above this."}};
  forms.choices = {{"form",
                    {{"value"},
                     {"typical"},
                     {"between"},
                     {"at_most", "at_least"},
                     {"uniform"},
                     {"exponential"},
                     {"gamma"},
                     {"quantiles"},
                     {"mixture"},
                     {"empirical"}},
                    true}};
  return self;
}

}  // namespace rehearse::scenarios
