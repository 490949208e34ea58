#include "harness/cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdlib>
#include <sstream>

#include "harness/base/text.hpp"

namespace rehearse::cli {
namespace {

namespace po = boost::program_options;

po::options_description describe(const Usage& usage, unsigned width) {
  po::options_description out("Flags", width, width / 2);
  for (const Flag& flag : usage.flags) {
    if (flag.kind == Flag::Kind::Switch) {
      out.add_options()(flag.name.c_str(), flag.help.c_str());
    } else {
      auto* value = po::value<std::vector<std::string>>()->value_name(flag.value);
      out.add_options()(flag.name.c_str(),
                        flag.kind == Flag::Kind::List ? value->composing() : value,
                        flag.help.c_str());
    }
  }
  out.add_options()("help,h", "this text");
  return out;
}

// Which flag of another program `word` is, if any.
const Flag* others_flag(const Usage& usage, std::string_view word) {
  for (const Flag& flag : usage.flags) {
    const std::string begin = "--" + flag.name.substr(0, flag.name.find('*'));
    if (flag.kind == Flag::Kind::Others && word.starts_with(begin)) {
      return &flag;
    }
  }
  return nullptr;
}

// "--concurrency" is REHEARSE_CONCURRENCY.
std::string variable_of(std::string_view flag) {
  std::string out = "REHEARSE_";
  for (const char c : flag) {
    out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return out;
}

Error unknown_flag(const Usage& usage, std::string_view found) {
  std::string bare(found);
  bare.erase(0, bare.find_first_not_of('-') == std::string::npos ? bare.size()
                                                                 : bare.find_first_not_of('-'));
  bare = bare.substr(0, bare.find('='));
  std::vector<std::string> names;
  for (const Flag& flag : usage.flags) {
    names.push_back(flag.name);
  }
  const std::string nearest = nearest_name(bare, names);
  return {"",
          fmt::format("{} has no flag {}{}; see 'rehearse {} --help'", usage.verb,
                      quoted_excerpt(found),
                      nearest.empty() ? "" : ", did you mean \"--" + nearest + "\"?", usage.verb)};
}

}  // namespace

Result<Arguments> Arguments::parse(const Usage& usage, const std::vector<std::string>& words) {
  po::options_description flags = describe(usage, 100);
  flags.add_options()("positional", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("positional", -1);
  po::parsed_options parsed(&flags);
  Arguments out;
  std::vector<std::string> own;
  for (const std::string& word : words) {
    if (const Flag* const flag = others_flag(usage, word)) {
      out.give(flag->name, {word});
    } else {
      own.push_back(word);
    }
  }
  try {
    namespace style = po::command_line_style;
    const int unix_but_no_guessing = style::unix_style ^ style::allow_guessing;
    parsed = po::command_line_parser(own)
                 .options(flags)
                 .positional(positional)
                 .style(unix_but_no_guessing)
                 .run();
  } catch (const po::unknown_option& unknown) {
    return unknown_flag(usage, unknown.get_option_name());
  } catch (const po::error& error) {
    return Error{
        "", fmt::format("{}: {}; see 'rehearse {} --help'", usage.verb, error.what(), usage.verb)};
  }
  for (const po::option& option : parsed.options) {
    if (option.string_key == "positional") {
      out.positional_.insert(out.positional_.end(), option.value.begin(), option.value.end());
      continue;
    }
    out.give(option.string_key, option.value);
  }
  for (const Flag& flag : usage.flags) {
    const char* value = std::getenv(variable_of(flag.name).c_str());
    const bool off = flag.kind == Flag::Kind::Switch && value != nullptr &&
                     (std::string_view(value) == "0" || *value == '\0');
    if (value != nullptr && !off && out.find(flag.name) == nullptr) {
      out.given_.push_back({flag.name, {flag.kind == Flag::Kind::Switch ? "" : value}});
    }
  }
  for (const Flag& flag : usage.flags) {
    const Given* given = out.find(flag.name);
    if (given != nullptr && flag.kind == Flag::Kind::Text && given->values.size() > 1) {
      return Error{"--" + flag.name, "was given " + std::to_string(given->values.size()) +
                                         " times, and can be given only once"};
    }
  }
  if (out.has("help")) {
    return out;
  }
  if (out.positional_.size() < usage.least || out.positional_.size() > usage.most) {
    return Error{
        "",
        fmt::format("{} takes {}, found {} argument{}; see 'rehearse {} --help'", usage.verb,
                    usage.positional.empty() ? "no argument" : usage.positional,
                    out.positional_.size(), out.positional_.size() == 1 ? "" : "s", usage.verb)};
  }
  return out;
}

void Arguments::give(const std::string& flag, const std::vector<std::string>& values) {
  auto found =
      std::find_if(given_.begin(), given_.end(), [&](const Given& g) { return g.flag == flag; });
  if (found == given_.end()) {
    found = given_.insert(given_.end(), Given{flag, {}});
  }
  found->values.insert(found->values.end(), values.begin(), values.end());
}

const Arguments::Given* Arguments::find(std::string_view flag) const {
  const auto found =
      std::find_if(given_.begin(), given_.end(), [&](const Given& g) { return g.flag == flag; });
  return found == given_.end() ? nullptr : &*found;
}

bool Arguments::has(std::string_view flag) const { return find(flag) != nullptr; }

std::optional<std::string> Arguments::text(std::string_view flag) const {
  const Given* given = find(flag);
  return given == nullptr || given->values.empty() ? std::nullopt
                                                   : std::optional(given->values.back());
}

std::vector<std::string> Arguments::list(std::string_view flag) const {
  const Given* given = find(flag);
  return given == nullptr ? std::vector<std::string>() : given->values;
}

Result<std::optional<double>> Arguments::number(std::string_view flag, double least,
                                                double most) const {
  const std::optional<std::string> given = text(flag);
  if (!given) {
    return std::optional<double>();
  }
  char* end = nullptr;
  const double value = std::strtod(given->c_str(), &end);
  if (given->empty() || *end != '\0' || !(value >= least && value <= most)) {
    return Error{"--" + std::string(flag),
                 fmt::format("expected a number from {} to {}, found {}", number_text(least),
                             number_text(most), quoted_excerpt(*given))};
  }
  return std::optional(value);
}

Result<std::optional<std::uint64_t>> Arguments::count(std::string_view flag, std::uint64_t least,
                                                      std::uint64_t most) const {
  const std::optional<std::string> given = text(flag);
  if (!given) {
    return std::optional<std::uint64_t>();
  }
  const bool digits = !given->empty() && given->size() < 20 &&
                      given->find_first_not_of("0123456789") == std::string::npos;
  const std::uint64_t value = digits ? std::strtoull(given->c_str(), nullptr, 10) : 0;
  if (!digits || value < least || value > most) {
    return Error{"--" + std::string(flag),
                 fmt::format("expected a whole number from {} to {}, found {}", least, most,
                             quoted_excerpt(*given))};
  }
  return std::optional(value);
}

std::string help_text(const Usage& usage, std::size_t width) {
  std::string out =
      fmt::format("rehearse {} {}{}\n\n{}\n\n", usage.verb,
                  usage.positional.empty() ? "" : usage.positional + " ", "[flags]", usage.summary);
  std::ostringstream flags;
  flags << describe(usage, static_cast<unsigned>(std::min<std::size_t>(width, 100)));
  out += flags.str();
  if (!usage.example.empty()) {
    out += "\nExample: " + usage.example + "\n";
  }
  return out + "\nEvery flag can also be set as REHEARSE_NAME, e.g. REHEARSE_SEED=7.\n";
}

}  // namespace rehearse::cli
