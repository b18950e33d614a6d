#include "query/template/parser.h"

#include <algorithm>
#include <charconv>

namespace sluice::query::tmpl {

namespace {

// How a list of nodes ended.
struct Ending {
  std::string word;  // "end", "else" or "" at the end of the text
  TemplatePos pos;
};

class Parser {
 public:
  Parser(std::vector<Token> tokens, const FunctionTable& functions,
         const std::vector<std::string>& predeclared)
      : tokens_(std::move(tokens)), functions_(functions), variables_(predeclared) {
    variables_.push_back("$");
  }

  Result<Template::Program> run() {
    Ending ending;
    SLUICE_TRY(program_.root, parse_nodes(ending));
    if (!ending.word.empty())
      return template_error(ending.pos, "unexpected {{" + ending.word + "}}");
    return std::move(program_);
  }

 private:
  const Token& peek() const { return tokens_[next_]; }
  Token take() { return tokens_[next_ + 1 < tokens_.size() ? next_++ : next_]; }
  bool is(TokenKind kind, std::string_view value) const {
    return peek().kind == kind && peek().value == value;
  }
  bool take_symbol(std::string_view value) {
    if (!is(TokenKind::symbol, value)) return false;
    take();
    return true;
  }
  Error unexpected(std::string_view where) const {
    const Token& token = peek();
    const std::string what =
        token.kind == TokenKind::end ? "end of template" : "\"" + token.value + "\"";
    return template_error(token.pos, "unexpected " + what + " in " + std::string(where));
  }
  Result<void> expect_close(std::string_view where) {
    if (peek().kind != TokenKind::close) return unexpected(where);
    take();
    return {};
  }

  // Nodes up to {{end}}, {{else}} or the end of the text. Variables live until there.
  Result<Nodes> parse_nodes(Ending& ending) {
    if (++depth_ > template_depth_max)
      return template_error(peek().pos, "nested too deeply (more than 100 levels)");
    const auto scope = variables_.size();
    Nodes nodes;
    ending = {};
    while (peek().kind != TokenKind::end) {
      const Token token = take();
      if (token.kind == TokenKind::text) {
        nodes.push_back({Text{token.value}});
        continue;
      }
      if (is(TokenKind::identifier, "end") || is(TokenKind::identifier, "else")) {
        ending = {peek().value, peek().pos};
        take();
        if (ending.word == "end") SLUICE_CHECK(expect_close("end"));
        break;
      }
      SLUICE_CHECK(parse_action(nodes));
    }
    --depth_;
    variables_.resize(scope);
    return nodes;
  }

  Result<void> parse_action(Nodes& nodes) {
    if (peek().kind == TokenKind::identifier) {
      const std::string word = peek().value;
      if (word == "if") return parse_branch<If>(nodes, "if");
      if (word == "with") return parse_branch<With>(nodes, "with");
      if (word == "range") return parse_branch<Range>(nodes, "range");
      if (word == "define") return parse_define();
      if (word == "template") return parse_include(nodes);
      if (word == "block") return parse_block(nodes);
      if (word == "break" || word == "continue") return parse_jump(nodes, word);
    }
    SLUICE_TRY(auto pipeline, parse_pipeline("action", false));
    SLUICE_CHECK(expect_close("action"));
    nodes.push_back({Action{std::move(pipeline)}});
    return {};
  }

  Result<void> parse_jump(Nodes& nodes, const std::string& word) {
    const Token token = take();
    if (loops_ == 0) return template_error(token.pos, "{{" + word + "}} outside {{range}}");
    SLUICE_CHECK(expect_close(word));
    if (word == "break")
      nodes.push_back({Break{}});
    else
      nodes.push_back({Continue{}});
    return {};
  }

  template <class Branch>
  Result<void> parse_branch(Nodes& nodes, const char* word) {
    const TemplatePos pos = take().pos;
    const auto scope = variables_.size();
    constexpr bool loop = std::is_same_v<Branch, Range>;
    SLUICE_TRY(auto pipeline, parse_pipeline(word, loop));
    SLUICE_CHECK(expect_close(word));
    loops_ += loop;
    Ending ending;
    SLUICE_TRY(auto body, parse_nodes(ending));
    loops_ -= loop;
    Nodes otherwise;
    if (ending.word == "else")
      SLUICE_CHECK(parse_else(otherwise, word));
    else if (ending.word.empty())
      return template_error(pos, std::string("{{") + word + "}} has no {{end}}");
    variables_.resize(scope);
    nodes.push_back({Branch{std::move(pipeline), std::make_shared<const Nodes>(std::move(body)),
                            std::make_shared<const Nodes>(std::move(otherwise))}});
    return {};
  }

  // After {{else: either `if`/`with` again (one more level, same {{end}}) or }} and nodes.
  Result<void> parse_else(Nodes& otherwise, std::string_view word) {
    if (is(TokenKind::identifier, word) && word == "if") return parse_branch<If>(otherwise, "if");
    if (is(TokenKind::identifier, word) && word == "with")
      return parse_branch<With>(otherwise, "with");
    SLUICE_CHECK(expect_close("else"));
    Ending ending;
    SLUICE_TRY(otherwise, parse_nodes(ending));
    if (ending.word != "end")
      return template_error(ending.word.empty() ? peek().pos : ending.pos, "expected {{end}}");
    return {};
  }

  Result<std::string> parse_name(std::string_view where) {
    if (peek().kind != TokenKind::string) return unexpected(where);
    return take().value;
  }

  Result<void> parse_define() {
    const TemplatePos pos = take().pos;
    SLUICE_TRY(const std::string name, parse_name("define"));
    SLUICE_CHECK(expect_close("define"));
    return parse_definition(name, pos);
  }

  Result<void> parse_definition(const std::string& name, TemplatePos pos) {
    std::vector<std::string> outer = std::move(variables_);
    variables_ = {"$"};
    Ending ending;
    SLUICE_TRY(auto nodes, parse_nodes(ending));
    variables_ = std::move(outer);
    if (ending.word != "end") return template_error(pos, "{{define}} has no {{end}}");
    program_.definitions[name] = std::move(nodes);
    return {};
  }

  Result<void> parse_include(Nodes& nodes) {
    const TemplatePos pos = take().pos;
    SLUICE_TRY(std::string name, parse_name("template"));
    PipelinePtr argument;
    if (peek().kind != TokenKind::close) {
      SLUICE_TRY(argument, parse_pipeline("template", false));
    }
    SLUICE_CHECK(expect_close("template"));
    nodes.push_back({Include{std::move(name), std::move(argument), pos}});
    return {};
  }

  Result<void> parse_block(Nodes& nodes) {
    const TemplatePos pos = take().pos;
    SLUICE_TRY(std::string name, parse_name("block"));
    SLUICE_TRY(auto argument, parse_pipeline("block", false));
    SLUICE_CHECK(expect_close("block"));
    SLUICE_CHECK(parse_definition(name, pos));
    nodes.push_back({Include{std::move(name), std::move(argument), pos}});
    return {};
  }

  Result<PipelinePtr> parse_pipeline(std::string_view where, bool two_variables) {
    if (++depth_ > template_depth_max)
      return template_error(peek().pos, "nested too deeply (more than 100 levels)");
    Pipeline pipeline;
    pipeline.pos = peek().pos;
    SLUICE_CHECK(parse_declaration(pipeline, two_variables));
    do {
      SLUICE_TRY(auto command, parse_command(where));
      pipeline.commands.push_back(std::move(command));
    } while (take_symbol("|"));
    // Declared only now: {{ $x := $x }} means an outer $x on the right.
    if (!pipeline.assign)
      variables_.insert(variables_.end(), pipeline.variables.begin(), pipeline.variables.end());
    --depth_;
    return std::make_shared<const Pipeline>(std::move(pipeline));
  }

  Result<void> parse_declaration(Pipeline& pipeline, bool two_variables) {
    if (peek().kind != TokenKind::variable) return {};
    const auto symbol = [&](std::size_t ahead) -> std::string_view {
      const auto& token = tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
      return token.kind == TokenKind::symbol ? std::string_view(token.value) : std::string_view();
    };
    const bool pair = two_variables && symbol(1) == ",";
    const auto op = symbol(pair ? 3 : 1);
    if (op != ":=" && op != "=") return {};
    pipeline.variables.push_back(take().value);
    if (pair) {
      take();
      if (peek().kind != TokenKind::variable) return unexpected("range");
      pipeline.variables.push_back(take().value);
    }
    pipeline.assign = take().value == "=";
    if (!pipeline.assign) return {};
    for (const auto& name : pipeline.variables)
      if (!declared(name))
        return template_error(pipeline.pos, "undefined variable \"" + name + "\"");
    return {};
  }

  Result<Command> parse_command(std::string_view where) {
    Command command;
    while (starts_operand()) {
      SLUICE_TRY(auto operand, parse_operand());
      command.operands.push_back(std::move(operand));
    }
    if (command.operands.empty()) {
      if (peek().kind == TokenKind::close)
        return template_error(peek().pos, "missing value for " + std::string(where));
      return unexpected(where);
    }
    SLUICE_CHECK(check_call(command));
    return command;
  }

  static Result<void> check_call(const Command& command) {
    const auto& first = command.operands.front();
    if (command.operands.size() == 1 || std::holds_alternative<Function>(first.base)) return {};
    return template_error(first.pos, "can't give arguments to a value that is not a function");
  }

  bool starts_operand() const {
    switch (peek().kind) {
      case TokenKind::identifier:
      case TokenKind::field:
      case TokenKind::dot:
      case TokenKind::variable:
      case TokenKind::string:
      case TokenKind::number: return true;
      case TokenKind::symbol: return peek().value == "(";
      default: return false;
    }
  }

  Result<Operand> parse_operand() {
    Operand operand;
    operand.pos = peek().pos;
    const Token token = take();
    switch (token.kind) {
      case TokenKind::dot: operand.base = Dot{}; break;
      case TokenKind::field:
        operand.base = Dot{};
        operand.fields.push_back(token.value);
        break;
      case TokenKind::string: operand.base = Literal{TemplateValue(token.value)}; break;
      case TokenKind::number: SLUICE_CHECK(number_operand(token, operand)); break;
      case TokenKind::variable: SLUICE_CHECK(variable_operand(token, operand)); break;
      case TokenKind::identifier: SLUICE_CHECK(word_operand(token, operand)); break;
      default: SLUICE_CHECK(nested_operand(operand));
    }
    // A field directly after, without white space, belongs to this operand.
    while (peek().kind == TokenKind::field && !peek().after_space)
      operand.fields.push_back(take().value);
    return operand;
  }

  Result<void> nested_operand(Operand& operand) {
    SLUICE_TRY(auto pipeline, parse_pipeline("parentheses", false));
    if (!take_symbol(")")) return unexpected("parentheses: expected ')'");
    operand.base = Nested{std::move(pipeline)};
    return {};
  }

  Result<void> variable_operand(const Token& token, Operand& operand) {
    if (!declared(token.value))
      return template_error(token.pos, "undefined variable \"" + token.value + "\"");
    operand.base = Variable{token.value};
    return {};
  }

  Result<void> word_operand(const Token& token, Operand& operand) {
    if (token.value == "true" || token.value == "false") {
      operand.base = Literal{TemplateValue(token.value == "true")};
    } else if (token.value == "nil") {
      operand.base = Literal{};
    } else if (auto it = functions_.find(token.value); it != functions_.end()) {
      operand.base = Function{it->first, it->second};
    } else {
      return template_error(token.pos, "function \"" + token.value + "\" not defined");
    }
    return {};
  }

  static Result<void> number_operand(const Token& token, Operand& operand) {
    std::string_view text = token.value;
    if (text.starts_with('+')) text.remove_prefix(1);
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    std::int64_t integer = 0;
    const char* begin = text.data() + (hex ? 2 : 0);
    const char* end = text.data() + text.size();
    if (auto [p, ec] = std::from_chars(begin, end, integer, hex ? 16 : 10);
        ec == std::errc{} && p == end) {
      operand.base = Literal{TemplateValue(integer)};
      return {};
    }
    double real = 0;
    if (auto [p, ec] = std::from_chars(text.data(), end, real); ec == std::errc{} && p == end) {
      operand.base = Literal{TemplateValue(real)};
      return {};
    }
    return template_error(token.pos, "bad number \"" + token.value + "\"");
  }

  bool declared(const std::string& name) const {
    return std::find(variables_.begin(), variables_.end(), name) != variables_.end();
  }

  std::vector<Token> tokens_;
  const FunctionTable& functions_;
  std::vector<std::string> variables_;
  std::size_t next_ = 0;
  int depth_ = 0;
  int loops_ = 0;
  Template::Program program_;
};

}  // namespace

Result<Template::Program> parse_tokens(std::vector<Token> tokens, const FunctionTable& functions,
                                       const std::vector<std::string>& predeclared) {
  return Parser(std::move(tokens), functions, predeclared).run();
}

}  // namespace sluice::query::tmpl
