#include "scenarios/shape.hpp"

namespace rehearse::scenarios {

const Field* Table::find(std::string_view key) const {
  for (const Field& field : fields) {
    if (field.key == key) {
      return &field;
    }
  }
  return nullptr;
}

const Language& language() {
  static const Language the_language;
  return the_language;
}

Language::Language() {
  any_ = add({});
  boolean_ = add({.form = Form::Boolean});
  text_ = add({.form = Form::Text});
  plain_ = add({.form = Form::Text, .plain = true});
  job_text_ = add({.form = Form::Text, .per_job = true});
  name_ = add({.form = Form::Name});
  names_ = array(name_, 0, 10'000);
  duration_ = quantity(Unit::Seconds);
  share_ = quantity(Unit::Share);
  basis_ = add({.form = Form::Words,
                .words = {"measured", "stated", "published", "assumed"},
                .plain = true});
  time_ = distribution("time", Unit::Seconds);
  amount_ = distribution("amount", Unit::Number);
  byte_amount_ = distribution("byte_amount", Unit::Bytes);
  seconds_amount_ = distribution("seconds", Unit::Seconds);
  order_ = one_of({words({"free", "sequential"}), names_});
  add_parts();
  add_stages();
  add_workloads();
  add_statements();
  add_file();
  for (Table& table : tables_) {
    with_origin(table);
  }
}

const Shape* Language::add(Shape shape) { return &shapes_.emplace_back(std::move(shape)); }

const Shape* Language::integer(double low, double high) {
  return add({.form = Form::Integer, .low = low, .high = high});
}

const Shape* Language::number(double low, double high) {
  return add({.form = Form::Number, .low = low, .high = high});
}

const Shape* Language::quantity(Unit unit, bool per_job) {
  return add({.form = Form::Quantity, .unit = unit, .per_job = per_job});
}

const Shape* Language::words(std::vector<std::string_view> words) {
  return add({.form = Form::Words, .words = std::move(words)});
}

const Shape* Language::array(const Shape* of, double low, double high) {
  return add({.form = Form::Array, .low = low, .high = high, .of = of});
}

const Shape* Language::map(const Shape* of, double low, bool word_keys) {
  return add({.form = Form::Map, .low = low, .high = 10'000, .of = of, .word_keys = word_keys});
}

const Shape* Language::object(const Table& table) {
  return add({.form = Form::Object, .table = &table});
}

const Shape* Language::one_of(std::vector<const Shape*> options) {
  bool per_job = false;
  for (const Shape* const option : options) {
    per_job = per_job || option->per_job;
  }
  return add({.form = Form::OneOf, .options = std::move(options), .per_job = per_job});
}

Table& Language::table(std::string_view name, std::string_view doc) {
  return tables_.emplace_back(Table{name, doc, {}, {}});
}

void Language::with_origin(Table& table) {
  const std::vector<Field> fields = {{"note", plain_, "Printed in reports."},
                                     {"basis", basis_, "Where the figure comes from."},
                                     {"source", plain_, "Which report or document, which line."}};
  for (const Field& field : fields) {
    if (table.find(field.key) == nullptr) {
      table.fields.push_back(field);
    }
  }
}

}  // namespace rehearse::scenarios
