#pragma once

#include <deque>
#include <limits>
#include <string_view>
#include <vector>

#include "scenarios/scalar.hpp"

// The tables that say what a scenario file may hold. Validation (check) and the published JSON
// Schema (schema) are both read off them, so the two cannot disagree.
namespace rehearse::scenarios {

enum class Form {
  Any,
  Boolean,
  Integer,
  Number,
  Text,
  Words,
  Name,
  Quantity,
  Figure,  // one value
  Array,
  Map,
  Object,
  OneOf,
};

struct Table;

struct Shape {
  Form form = Form::Any;
  double low = 0;  // of Integer and Number; of the count of an Array or Map
  double high = std::numeric_limits<double>::infinity();
  Unit unit = Unit::Number;               // Quantity
  std::vector<std::string_view> words{};  // Words
  const Shape* of = nullptr;              // Array, Map
  const Table* table = nullptr;           // Object
  std::vector<const Shape*> options{};    // OneOf: told apart by their JSON kind
  bool plain = false;                     // text where `${` means nothing (notes, sources)
  bool per_job = false;                   // expressions may use inputs
  bool word_keys = false;                 // Map: keys are words, without '-'
  bool free_keys = false;                 // Map: any key
};

// One key of one object.
struct Field {
  std::string_view key;
  const Shape* shape = nullptr;
  std::string_view doc{};
  std::string_view fallback{};  // what holds without it, for people
  bool required = false;
  std::vector<std::string_view> with{};  // allowed only beside one of these keys
};

// Alternatives: of these sets of keys at most one (exactly one where required) may be used.
struct Choice {
  std::string_view what;  // "kind of stage"
  std::vector<std::vector<std::string_view>> forms;
  bool required = false;
};

struct Table {
  std::string_view name;  // "stage": its name in the schema's $defs
  std::string_view doc{};
  std::vector<Field> fields{};
  std::vector<Choice> choices{};

  const Field* find(std::string_view key) const;
};

// Everything the tables refer to, built once and never changed.
class Language {
 public:
  Language();
  Language(const Language&) = delete;
  Language& operator=(const Language&) = delete;

  const Shape* file() const { return file_; }
  const std::deque<Table>& tables() const { return tables_; }

 private:
  // Scalars and helpers (shape.cpp).
  const Shape* add(Shape shape);
  const Shape* integer(double low, double high);
  const Shape* number(double low, double high);
  const Shape* quantity(Unit unit, bool per_job = false);
  const Shape* words(std::vector<std::string_view> words);
  const Shape* array(const Shape* of, double low, double high);
  const Shape* map(const Shape* of, double low = 0, bool word_keys = false);
  const Shape* object(const Table& table);
  const Shape* one_of(std::vector<const Shape*> options);
  Table& table(std::string_view name, std::string_view doc);
  void with_origin(Table& table);  // note, basis, source: allowed on every object

  // One per part of the language.
  const Shape* distribution(std::string_view name, Unit unit);  // table_figure.cpp
  void add_stages();                                            // table_stage.cpp
  void add_stage_fields(Table& stage);
  void add_call_fields(Table& stage);
  void add_parts();       // table_parts.cpp
  void add_workloads();   // table_workload.cpp
  void add_statements();  // table_statement.cpp
  void add_file();        // table_file.cpp

  std::deque<Shape> shapes_;
  std::deque<Table> tables_;
  const Shape *any_ = nullptr, *boolean_ = nullptr, *text_ = nullptr, *plain_ = nullptr,
              *job_text_ = nullptr, *name_ = nullptr, *names_ = nullptr, *duration_ = nullptr,
              *share_ = nullptr, *time_ = nullptr, *amount_ = nullptr, *byte_amount_ = nullptr,
              *seconds_amount_ = nullptr, *basis_ = nullptr, *uses_ = nullptr, *order_ = nullptr,
              *stages_ = nullptr, *providers_ = nullptr, *resources_ = nullptr, *pools_ = nullptr,
              *inputs_ = nullptr, *parameters_ = nullptr, *workloads_ = nullptr,
              *variants_ = nullptr, *claims_ = nullptr, *objectives_ = nullptr, *app_ = nullptr,
              *sweep_ = nullptr, *file_ = nullptr;
};

const Language& language();

}  // namespace rehearse::scenarios
