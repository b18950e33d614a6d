#include "daemon/api/prometheus/ast_json.h"

#include "query/engine/binary.h"
#include "query/engine/functions.h"
#include "query/engine/numeric.h"

namespace sluice::api::prometheus {

namespace {

using query::Expr;
using query::QueryDuration;
using query::ValueType;

std::string_view type_text(ValueType type) {
  switch (type) {
    case ValueType::scalar: return "scalar";
    case ValueType::string: return "string";
    case ValueType::range_vector: return "matrix";
    default: return "vector";
  }
}

std::string number_text(double value) {
  const std::string shown = format_sample_value(value);
  return shown.find_first_of("NI") == std::string::npos ? query::format_plain(value) : shown;
}

class TreeWriter {
 public:
  explicit TreeWriter(JsonWriter& json) : json_(json) {}

  void write(const Expr& expr) {
    json_.begin_object();
    std::visit([this](const auto& node) { fields(node); }, expr.node);
    json_.end_object();
  }

 private:
  JsonWriter& child(std::string_view name, const Expr& expr) {
    json_.key(name);
    write(expr);
    return json_;
  }
  void type(std::string_view name) { json_.key("type").string(name); }
  void texts(std::string_view name, const std::vector<std::string>& list) {
    json_.key(name).begin_array();
    for (const std::string& text : list) json_.string(text);
    json_.end_array();
  }
  // Those that only the run decides have their text beside a zero.
  void duration(const std::string& name, const QueryDuration& length) {
    json_.key(name).number(
        std::chrono::duration_cast<std::chrono::milliseconds>(length.fixed).count());
    if (length.expr) json_.key(name + "Expr").string(to_string(*length.expr));
  }
  void start_or_end(const std::optional<query::AtModifier>& at) {
    json_.key("startOrEnd");
    if (!at || at->kind == query::AtModifier::Kind::time)
      json_.null();
    else
      json_.string(at->kind == query::AtModifier::Kind::start ? "start" : "end");
  }
  void timestamp(const std::optional<query::AtModifier>& at) {
    json_.key("timestamp");
    if (!at || at->kind != query::AtModifier::Kind::time)
      json_.null();
    else
      json_.number(at->timestamp_ms);
  }

  void selector_head(const query::VectorSelector& selector) {
    json_.key("matchers").begin_array();
    for (const query::LabelMatcher& matcher : selector.matchers) {
      json_.begin_object().key("name").string(matcher.name());
      json_.key("type").string(to_string(matcher.op()));
      json_.key("value").string(matcher.value()).end_object();
    }
    json_.end_array();
    json_.key("name").string(selector.name);
    duration("offset", selector.offset);
  }
  void selector_tail(const query::VectorSelector& selector, std::string_view name) {
    start_or_end(selector.at);
    timestamp(selector.at);
    type(name);
  }

  void fields(const query::NumberLiteral& number) {
    type("numberLiteral");
    json_.key("val").string(number_text(number.value));
  }
  void fields(const query::StringLiteral& text) {
    type("stringLiteral");
    json_.key("val").string(text.value);
  }
  void fields(const query::VectorSelector& selector) {
    selector_head(selector);
    selector_tail(selector, "vectorSelector");
  }
  void fields(const query::MatrixSelector& matrix) {
    selector_head(matrix.selector);
    duration("range", matrix.range);
    selector_tail(matrix.selector, "matrixSelector");
  }
  void fields(const query::Subquery& subquery) {
    child("expr", *subquery.expr);
    duration("offset", subquery.offset);
    duration("range", subquery.range);
    start_or_end(subquery.at);
    duration("step", subquery.step);
    timestamp(subquery.at);
    type("subquery");
  }
  void fields(const query::Call& call) {
    json_.key("args").begin_array();
    for (const query::ExprPtr& argument : call.arguments) write(*argument);
    json_.end_array();
    const query::Function& function = *query::find_function(call.function);
    json_.key("func").begin_object().key("argTypes").begin_array();
    for (const ValueType argument : function.arguments) json_.string(type_text(argument));
    json_.end_array().key("name").string(call.function);
    json_.key("returnType").string(type_text(function.returns));
    json_.key("variadic").number(function.variadic).end_object();
    type("call");
  }
  void fields(const query::Aggregation& aggregation) {
    child("expr", *aggregation.expr);
    const auto& grouping = aggregation.grouping;
    texts("grouping", grouping ? grouping->labels : std::vector<std::string>());
    json_.key("op").string(aggregation.op);
    json_.key("param");
    if (aggregation.parameter)
      write(*aggregation.parameter);
    else
      json_.null();
    type("aggregation");
    json_.key("without").boolean(grouping && grouping->without);
  }
  void fields(const query::Binary& binary) {
    json_.key("bool").boolean(binary.return_bool);
    child("lhs", *binary.lhs);
    json_.key("matching");
    const bool vectors = binary.lhs->type == ValueType::instant_vector &&
                         binary.rhs->type == ValueType::instant_vector;
    if (vectors)
      matching(binary);
    else
      json_.null();
    json_.key("op").string(to_string(binary.op));
    child("rhs", *binary.rhs);
    type("binaryExpr");
  }
  void matching(const query::Binary& binary) {
    const query::VectorMatching& matching = binary.matching;
    json_.begin_object().key("card").string(card_text(binary));
    if (matching.fill_left || matching.fill_right) {
      json_.key("fillValues").begin_object();
      fill("lhs", matching.fill_left);
      fill("rhs", matching.fill_right);
      json_.end_object();
    }
    texts("include", matching.include);
    texts("labels", matching.labels);
    json_.key("on").boolean(matching.on).end_object();
  }
  void fill(std::string_view side, const std::optional<double>& value) {
    json_.key(side);
    if (value)
      json_.string(number_text(*value));
    else
      json_.null();
  }
  static std::string_view card_text(const query::Binary& binary) {
    if (query::is_set_operator(binary.op)) return "many-to-many";
    switch (binary.matching.card) {
      case query::VectorMatching::Card::many_to_one: return "many-to-one";
      case query::VectorMatching::Card::one_to_many: return "one-to-many";
      default: return "one-to-one";
    }
  }
  void fields(const query::Unary& unary) {
    child("expr", *unary.expr);
    json_.key("op").string(unary.negative ? "-" : "+");
    type("unaryExpr");
  }
  void fields(const query::Paren& paren) {
    child("expr", *paren.expr);
    type("parenExpr");
  }
  // Not in PromQL.
  void fields(const query::LogQuery&) { type("logQuery"); }
  void fields(const query::LogRangeAggregation&) { type("logRangeAggregation"); }

  JsonWriter& json_;
};

}  // namespace

void write_tree(JsonWriter& json, const Expr& expr) {
  TreeWriter(json).write(expr);
}

}  // namespace sluice::api::prometheus
