#include "query/template/exec.h"

#include <optional>

#include "query/template/lexer.h"

namespace sluice::query::tmpl {

namespace {

enum class Flow { next, break_loop, continue_loop };

class Executor {
 public:
  Executor(const Template::Program& program, const TemplateValue& dot,
           const std::map<std::string, TemplateValue>& variables)
      : program_(program) {
    for (const auto& [name, value] : variables) variables_.push_back({name, value});
    variables_.push_back({"$", dot});
  }

  Result<std::string> run(const TemplateValue& dot) {
    SLUICE_CHECK(nodes(program_.root, dot));
    return std::move(out_);
  }

 private:
  struct Named {
    std::string name;
    TemplateValue value;
  };

  Result<Flow> nodes(const Nodes& list, const TemplateValue& dot) {
    const auto scope = variables_.size();
    Flow flow = Flow::next;
    for (const Node& node : list) {
      SLUICE_TRY(flow, std::visit([&](const auto& n) { return step(n, dot); }, node.node));
      if (flow != Flow::next) break;
    }
    variables_.resize(scope);
    return flow;
  }

  Result<void> spend(TemplatePos pos) {
    if (++actions_ > template_actions_max)
      return template_error(pos, "template runs too long (more than 1,000,000 actions)");
    return {};
  }

  Result<void> emit(std::string_view text) {
    if (out_.size() + text.size() > template_output_max)
      return Error{ErrorCode::too_large, "template: output is larger than 1 MiB"};
    out_ += text;
    return {};
  }

  Result<Flow> step(const Text& node, const TemplateValue&) {
    SLUICE_CHECK(emit(node.text));
    return Flow::next;
  }

  Result<Flow> step(const Action& node, const TemplateValue& dot) {
    SLUICE_TRY(auto value, evaluate(*node.pipeline, dot));
    if (node.pipeline->variables.empty()) SLUICE_CHECK(emit(value.text()));
    return Flow::next;
  }

  Result<Flow> step(const If& node, const TemplateValue& dot) {
    const auto scope = variables_.size();
    SLUICE_TRY(auto value, evaluate(*node.condition, dot));
    SLUICE_TRY(auto flow, nodes(value.truth() ? *node.then : *node.otherwise, dot));
    variables_.resize(scope);
    return flow;
  }

  Result<Flow> step(const With& node, const TemplateValue& dot) {
    const auto scope = variables_.size();
    SLUICE_TRY(auto value, evaluate(*node.value, dot));
    SLUICE_TRY(auto flow, value.truth() ? nodes(*node.body, value) : nodes(*node.otherwise, dot));
    variables_.resize(scope);
    return flow;
  }

  Result<Flow> step(const Range& node, const TemplateValue& dot) {
    const auto scope = variables_.size();
    SLUICE_TRY(auto over, evaluate_plain(*node.over, dot));
    Flow flow = Flow::next;
    bool any = false;
    std::int64_t index = 0;
    if (auto* list = over.as_list()) {
      for (const auto& item : *list) {
        any = true;
        SLUICE_TRY(flow, iterate(node, TemplateValue(index++), item));
        if (flow == Flow::break_loop) break;
      }
    } else if (auto* map = over.as_map()) {
      for (const auto& [key, item] : *map) {
        any = true;
        SLUICE_TRY(flow, iterate(node, TemplateValue(key), item));
        if (flow == Flow::break_loop) break;
      }
    } else if (!over.is_nil()) {
      return template_error(node.over->pos,
                            "range can't iterate over " + std::string(over.type_name()));
    }
    if (!any) SLUICE_CHECK(nodes(*node.otherwise, dot));
    variables_.resize(scope);
    return Flow::next;
  }

  Result<Flow> iterate(const Range& node, TemplateValue key, const TemplateValue& item) {
    SLUICE_CHECK(spend(node.over->pos));
    const auto scope = variables_.size();
    const auto& names = node.over->variables;
    if (names.size() == 1) bind(*node.over, names[0], item);
    if (names.size() == 2) {
      bind(*node.over, names[0], std::move(key));
      bind(*node.over, names[1], item);
    }
    SLUICE_TRY(auto flow, nodes(*node.body, item));
    variables_.resize(scope);
    return flow;
  }

  Result<Flow> step(const Include& node, const TemplateValue& dot) {
    auto it = program_.definitions.find(node.name);
    if (it == program_.definitions.end())
      return template_error(node.pos, "template \"" + node.name + "\" not defined");
    if (++depth_ > template_depth_max)
      return template_error(node.pos, "templates include each other too deeply");
    TemplateValue argument;
    if (node.argument) {
      SLUICE_TRY(argument, evaluate(*node.argument, dot));
    }
    std::vector<Named> outer = std::move(variables_);
    variables_ = {{"$", argument}};
    SLUICE_CHECK(nodes(it->second, argument));
    variables_ = std::move(outer);
    --depth_;
    return Flow::next;
  }

  Result<Flow> step(const Break&, const TemplateValue&) { return Flow::break_loop; }
  Result<Flow> step(const Continue&, const TemplateValue&) { return Flow::continue_loop; }

  Result<TemplateValue> evaluate(const Pipeline& pipeline, const TemplateValue& dot) {
    SLUICE_TRY(auto value, evaluate_plain(pipeline, dot));
    for (const auto& name : pipeline.variables) bind(pipeline, name, value);
    return value;
  }

  void bind(const Pipeline& pipeline, const std::string& name, TemplateValue value) {
    if (!pipeline.assign) {
      variables_.push_back({name, std::move(value)});
      return;
    }
    if (auto* slot = find(name)) *slot = std::move(value);
  }

  Result<TemplateValue> evaluate_plain(const Pipeline& pipeline, const TemplateValue& dot) {
    SLUICE_CHECK(spend(pipeline.pos));
    std::optional<TemplateValue> piped;
    for (const Command& command : pipeline.commands) {
      SLUICE_TRY(piped, run_command(command, dot, piped));
    }
    return std::move(*piped);
  }

  Result<TemplateValue> run_command(const Command& command, const TemplateValue& dot,
                                    const std::optional<TemplateValue>& piped) {
    const Operand& head = command.operands.front();
    auto* function = std::get_if<Function>(&head.base);
    if (!function) {
      if (piped) return template_error(head.pos, "can't pipe into a value that is not a function");
      return operand(head, dot);
    }
    std::vector<TemplateValue> arguments;
    for (std::size_t i = 1; i < command.operands.size(); ++i) {
      SLUICE_TRY(auto value, operand(command.operands[i], dot));
      arguments.push_back(std::move(value));
      // and/or stop early, as in Go.
      if (function->name == "and" && !arguments.back().truth()) return arguments.back();
      if (function->name == "or" && arguments.back().truth()) return arguments.back();
    }
    if (piped) arguments.push_back(*piped);
    SLUICE_TRY(auto value, call(*function, head.pos, arguments));
    return fields(std::move(value), head);
  }

  static Result<TemplateValue> call(const Function& function, TemplatePos pos,
                                    const std::vector<TemplateValue>& arguments) {
    const auto& f = function.function;
    if (arguments.size() < f.min_args || arguments.size() > f.max_args)
      return template_error(pos, "wrong number of arguments for " + function.name + ": want " +
                                     arity(f) + ", got " + std::to_string(arguments.size()));
    auto value = f.call(arguments);
    if (!value)
      return template_error(pos, "error calling " + function.name + ": " + value.error().message);
    return value;
  }

  static std::string arity(const TemplateFunction& f) {
    if (f.max_args == variadic_args) return "at least " + std::to_string(f.min_args);
    if (f.min_args == f.max_args) return std::to_string(f.min_args);
    return std::to_string(f.min_args) + " to " + std::to_string(f.max_args);
  }

  Result<TemplateValue> operand(const Operand& operand, const TemplateValue& dot) {
    TemplateValue value;
    if (std::holds_alternative<Dot>(operand.base)) {
      value = dot;
    } else if (auto* variable = std::get_if<Variable>(&operand.base)) {
      if (auto* slot = find(variable->name)) value = *slot;
    } else if (auto* literal = std::get_if<Literal>(&operand.base)) {
      value = literal->value;
    } else if (auto* nested = std::get_if<Nested>(&operand.base)) {
      SLUICE_TRY(value, evaluate(*nested->pipeline, dot));
    } else if (auto* function = std::get_if<Function>(&operand.base)) {
      SLUICE_TRY(value, call(*function, operand.pos, {}));
    }
    return fields(std::move(value), operand);
  }

  static Result<TemplateValue> fields(TemplateValue value, const Operand& operand) {
    for (const auto& name : operand.fields) {
      if (!value.is_nil() && !value.as_map() && !value.as_fields())
        return template_error(operand.pos, "can't read field \"" + name + "\" of a " +
                                               std::string(value.type_name()));
      value = value.field(name);
    }
    return value;
  }

  TemplateValue* find(const std::string& name) {
    for (auto it = variables_.rbegin(); it != variables_.rend(); ++it)
      if (it->name == name) return &it->value;
    return nullptr;
  }

  const Template::Program& program_;
  std::vector<Named> variables_;
  std::string out_;
  std::size_t actions_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<std::string> execute(const Template::Program& program, const TemplateValue& dot,
                            const std::map<std::string, TemplateValue>& variables) {
  return Executor(program, dot, variables).run(dot);
}

}  // namespace sluice::query::tmpl
