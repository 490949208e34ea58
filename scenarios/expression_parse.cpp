#include <array>
#include <charconv>
#include <cmath>

#include "harness/base/text.hpp"
#include "scenarios/expression_node.hpp"

namespace rehearse::scenarios {
namespace {

constexpr std::size_t kMostNodes = 2'000;
constexpr int kMostLevels = 64;

NodePointer make(Operation operation, std::vector<NodePointer> parts) {
  auto node = std::make_shared<ExpressionNode>();
  node->operation = operation;
  node->parts = std::move(parts);
  return node;
}

NodePointer make_text(std::string text) {
  auto node = std::make_shared<ExpressionNode>();
  node->operation = Operation::Text;
  node->text = std::move(text);
  return node;
}

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Binary {
  std::string_view sign;
  Operation operation;
  int level;  // binds tighter the higher
};
// Longer signs first, so that "<=" is not read as "<".
constexpr std::array<Binary, 15> kBinary{{{"||", Operation::Or, 1},
                                          {"&&", Operation::And, 2},
                                          {"==", Operation::Equal, 3},
                                          {"!=", Operation::Unequal, 3},
                                          {"<=", Operation::LessEqual, 4},
                                          {">=", Operation::GreaterEqual, 4},
                                          {"<", Operation::Less, 4},
                                          {">", Operation::Greater, 4},
                                          {"+", Operation::Add, 5},
                                          {"-", Operation::Subtract, 5},
                                          {"\xE2\x88\x92", Operation::Subtract, 5},
                                          {"*", Operation::Multiply, 6},
                                          {"\xC3\x97", Operation::Multiply, 6},
                                          {"/", Operation::Divide, 6},
                                          {"\xC3\xB7", Operation::Divide, 6}}};

struct Function {
  std::string_view name;
  Operation operation;
  bool many;
};
constexpr std::array<Function, 5> kFunctions{{{"min", Operation::Min, true},
                                              {"max", Operation::Max, true},
                                              {"round", Operation::Round, false},
                                              {"floor", Operation::Floor, false},
                                              {"ceil", Operation::Ceil, false}}};

// Recursive descent over one `${…}`; after the first trouble every step fails quickly.
class Parser {
 public:
  Parser(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  // Reads up to and with the closing brace.
  NodePointer whole() {
    NodePointer node = choice(0);
    if (node != nullptr && !take("}")) {
      return fail("an operator or '}'");
    }
    return node;
  }
  std::size_t at() const { return at_; }
  const std::string& trouble() const { return trouble_; }

 private:
  NodePointer fail(std::string_view expected) {
    if (trouble_.empty()) {
      trouble_ = "expected " + std::string(expected) + " in an expression, found " +
                 (at_ < text_.size() ? quoted_excerpt(text_.substr(at_)) : "the end of the text");
    }
    return nullptr;
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool take(std::string_view sign) {
    skip();
    if (text_.substr(at_, sign.size()) != sign) {
      return false;
    }
    at_ += sign.size();
    return true;
  }
  bool too_much(int level) { return level > kMostLevels || ++nodes_ > kMostNodes; }

  NodePointer choice(int level) {
    NodePointer condition = binary(1, level);
    if (condition == nullptr || !take("?")) {
      return condition;
    }
    NodePointer yes = choice(level + 1);
    if (yes != nullptr && !take(":")) {
      return fail("':'");
    }
    NodePointer no = yes == nullptr ? nullptr : choice(level + 1);
    return no == nullptr ? nullptr : make(Operation::Choose, {condition, yes, no});
  }

  NodePointer binary(int tightness, int level) {
    if (tightness > 6) {
      return unary(level + 1);
    }
    NodePointer left = binary(tightness + 1, level);
    while (left != nullptr) {
      const Binary* found = nullptr;
      for (const Binary& candidate : kBinary) {
        if (take(candidate.sign)) {
          found = &candidate;
          break;
        }
      }
      if (found == nullptr) {
        return left;
      }
      if (found->level != tightness) {
        at_ -= found->sign.size();
        return left;
      }
      if (too_much(level)) {
        return fail("a shorter expression");
      }
      NodePointer right = binary(tightness + 1, level);
      left = right == nullptr ? nullptr : make(found->operation, {left, right});
    }
    return left;
  }

  NodePointer unary(int level) {
    if (too_much(level)) {
      return fail("a shorter expression");
    }
    const bool minus = take("-") || take("\xE2\x88\x92");
    if (minus || take("!")) {
      NodePointer operand = unary(level + 1);
      return operand == nullptr ? nullptr
                                : make(minus ? Operation::Negate : Operation::Not, {operand});
    }
    if (take("(")) {
      NodePointer inner = choice(level + 1);
      return inner == nullptr || take(")") ? inner : fail("')'");
    }
    skip();
    if (at_ < text_.size() && text_[at_] == '\'') {
      return literal();
    }
    if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
      return number();
    }
    return name(level);
  }

  NodePointer literal() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) {
      return fail("a ' that closes this text");
    }
    NodePointer node = make_text(std::string(text_.substr(at_ + 1, end - at_ - 1)));
    at_ = end + 1;
    return node;
  }

  NodePointer number() {
    auto node = std::make_shared<ExpressionNode>();
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), node->number);
    if (error != std::errc() || !std::isfinite(node->number)) {
      return fail("a number");
    }
    at_ += static_cast<std::size_t>(end - begin);
    return node;
  }

  NodePointer name(int level) {
    std::size_t end = at_;
    bool dotted = false;  // "providers.open-ai.url": names of stages and providers may hold '-'
    while (end < text_.size() &&
           (begins_name(text_[end]) || (end > at_ && is_digit(text_[end])) ||
            (end > at_ && text_[end] == '.') || (dotted && text_[end] == '-'))) {
      dotted = dotted || text_[end] == '.';
      ++end;
    }
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) {
      return fail("a number, a 'text', a name or '('");
    }
    at_ = end;
    if (take("(")) {
      return call(word, level);
    }
    auto node = std::make_shared<ExpressionNode>();
    node->operation = Operation::Name;
    node->text = std::string(word);
    return node;
  }

  NodePointer call(std::string_view word, int level) {
    for (const Function& function : kFunctions) {
      if (function.name != word) {
        continue;
      }
      std::vector<NodePointer> arguments;
      do {
        NodePointer argument = choice(level + 1);
        if (argument == nullptr) {
          return nullptr;
        }
        arguments.push_back(std::move(argument));
      } while (function.many && take(","));
      return take(")") ? make(function.operation, std::move(arguments)) : fail("')'");
    }
    return fail("one of the functions min, max, round, floor, ceil before '('");
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t nodes_ = 0;
  std::string trouble_;
};

}  // namespace

Result<NodePointer> parse_template(std::string_view text) {
  std::vector<NodePointer> pieces;
  std::string plain;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.substr(at, 3) == "$${") {
      plain += "${";
      at += 3;
      continue;
    }
    if (text.substr(at, 2) != "${") {
      plain += text[at++];
      continue;
    }
    if (!plain.empty()) {
      pieces.push_back(make_text(std::exchange(plain, {})));
    }
    Parser parser(text, at + 2);
    NodePointer piece = parser.whole();
    if (piece == nullptr) {
      return Error{"", parser.trouble()};
    }
    pieces.push_back(std::move(piece));
    at = parser.at();
    if (pieces.size() > kMostNodes) {
      return Error{"", "expected at most 2000 expressions in one text"};
    }
  }
  if (!plain.empty() || pieces.empty()) {
    pieces.push_back(make_text(std::move(plain)));
  }
  return pieces.size() == 1 ? pieces.front() : make(Operation::Join, std::move(pieces));
}

}  // namespace rehearse::scenarios
