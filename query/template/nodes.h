// The parsed form of a template. Private to query/template.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "query/template/template.h"

namespace sluice::query {

struct TemplatePos {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

namespace tmpl {

struct Pipeline;
using PipelinePtr = std::shared_ptr<const Pipeline>;

// One operand: what it starts from, then a chain of fields.
struct Dot {};
struct Variable {
  std::string name;  // with the $
};
struct Literal {
  TemplateValue value;
};
struct Nested {
  PipelinePtr pipeline;
};
struct Function {
  std::string name;
  TemplateFunction function;
};
struct Operand {
  std::variant<Dot, Variable, Literal, Nested, Function> base;
  std::vector<std::string> fields;
  TemplatePos pos;
};

// `operand arg arg ...`: a function with arguments, or a single operand.
struct Command {
  std::vector<Operand> operands;
};
struct Pipeline {
  std::vector<std::string> variables;  // $x := or $i, $x :=
  bool assign = false;                 // = instead of :=
  std::vector<Command> commands;
  TemplatePos pos;
};

struct Node;
using Nodes = std::vector<Node>;

struct Text {
  std::string text;
};
struct Action {
  PipelinePtr pipeline;
};
struct If {
  PipelinePtr condition;
  std::shared_ptr<const Nodes> then, otherwise;
};
struct Range {
  PipelinePtr over;
  std::shared_ptr<const Nodes> body, otherwise;
};
struct With {
  PipelinePtr value;
  std::shared_ptr<const Nodes> body, otherwise;
};
struct Include {  // {{ template "name" pipeline }}
  std::string name;
  PipelinePtr argument;
  TemplatePos pos;
};
struct Break {};
struct Continue {};
struct Node {
  std::variant<Text, Action, If, Range, With, Include, Break, Continue> node;
};

}  // namespace tmpl

struct Template::Program {
  tmpl::Nodes root;
  std::map<std::string, tmpl::Nodes> definitions;
};

inline constexpr std::size_t template_source_max = 64 << 10;    // what a person writes by hand
inline constexpr std::size_t template_output_max = 1 << 20;     // the largest line we store
inline constexpr std::size_t template_actions_max = 1'000'000;  // stops runaway ranges in about 1 s
inline constexpr int template_depth_max = 100;  // the C++ stack is the limit behind it

}  // namespace sluice::query
