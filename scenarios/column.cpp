#include "scenarios/column.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>

#include "harness/base/text.hpp"
#include "harness/json/read.hpp"
#include "harness/load/record_splitter.hpp"

namespace rehearse::scenarios {
namespace {

constexpr std::uintmax_t kMostBytes = 64u << 20;
constexpr std::size_t kMostRows = 1'000'000;

// A cell that reads as a number and would be written the same way is one ("007" stays a text).
InputValue cell_value(std::string text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] != '.';
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number) &&
      !leading_zero) {
    return number;
  }
  return text;
}

// The fields of the next record; nothing at the end of the text.
std::optional<std::vector<std::string>> next_record(std::string_view text, std::size_t& at) {
  if (at >= text.size()) {
    return std::nullopt;
  }
  const std::size_t begin = at;
  bool quoted = false;
  while (at < text.size() && (text[at] != '\n' || quoted)) {
    quoted = quoted != (text[at] == '"');
    ++at;
  }
  const std::string_view record = text.substr(begin, at - begin);
  at += at < text.size() ? 1U : 0U;
  return load::csv_fields(record);
}

std::string which_column(const std::string& column, const std::vector<std::string>& known) {
  if (column.empty()) {
    return "the file has " + std::to_string(known.size()) + " columns: say which by \"column\"";
  }
  const std::string nearest = nearest_name(column, known);
  return "no column " + quoted_excerpt(column) + " in it" +
         (nearest.empty() ? "" : ", did you mean " + quoted_excerpt(nearest) + "?");
}

Result<std::vector<InputValue>> read_csv(std::string_view text, const std::string& column) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const auto header = next_record(text, at).value_or(std::vector<std::string>{});
  std::size_t place = header.size();
  if (column.empty() && header.size() == 1) {
    place = 0;
  } else {
    const auto here = std::find(header.begin(), header.end(), column);
    place = static_cast<std::size_t>(here - header.begin());
  }
  if (place == header.size() || header.empty()) {
    return Error{"", which_column(column, header)};
  }
  std::vector<InputValue> values;
  while (auto record = next_record(text, at)) {
    if (record->size() == 1 && record->front().empty() && header.size() > 1) {
      continue;  // an empty line
    }
    if (record->size() <= place) {
      return Error{"", "row " + std::to_string(values.size() + 1) + " has only " +
                           std::to_string(record->size()) + " fields"};
    }
    if (values.size() == kMostRows) {
      return Error{"", "it has more than a million rows"};
    }
    values.push_back(cell_value(std::move((*record)[place])));
  }
  return values;
}

Result<std::vector<InputValue>> read_jsonl(std::string_view text, const std::string& column) {
  std::vector<InputValue> values;
  std::size_t row = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++row;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    const auto parsed = json::parse(line, "row " + std::to_string(row));
    if (!parsed) {
      return parsed.errors();
    }
    const json::Value* cell = &*parsed;
    if (cell->is_object()) {
      const bool only = column.empty() && cell->members().size() == 1;
      cell = only ? &cell->members().front().value : cell->find(column);
    }
    if (cell == nullptr || !(cell->is_number() || cell->is_string())) {
      return Error{"", "row " + std::to_string(row) + " has no number or text in column " +
                           quoted_excerpt(column)};
    }
    if (values.size() == kMostRows) {
      return Error{"", "it has more than a million rows"};
    }
    values.push_back(cell->is_number() ? InputValue(cell->as_double())
                                       : InputValue(cell->as_string()));
  }
  return values;
}

}  // namespace

Result<std::vector<InputValue>> read_column(const std::filesystem::path& folder,
                                            const std::string& file, const std::string& column) {
  const std::filesystem::path relative(file);
  std::error_code error;
  const auto refuse = [&](const std::string& why) {
    return Error{"", "cannot take data from " + quoted_excerpt(file) + ": " + why};
  };
  if (file.empty() || relative.is_absolute() || file.find('\0') != std::string::npos) {
    return refuse("expected a path relative to the scenario's folder");
  }
  const std::filesystem::path path = folder / relative;
  if (!std::filesystem::is_regular_file(path, error)) {
    return refuse("no such file");
  }
  if (std::filesystem::file_size(path, error) > kMostBytes) {
    return refuse("it is larger than 64 MiB");
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  if (!stream) {
    return refuse("it cannot be read");
  }
  const std::string ending = path.extension().string();
  auto values =
      ending == ".jsonl" || ending == ".ndjson" ? read_jsonl(text, column) : read_csv(text, column);
  if (!values) {
    return refuse(values.error().text());
  }
  if (values->empty()) {
    return refuse("it has no rows");
  }
  return values;
}

}  // namespace rehearse::scenarios
