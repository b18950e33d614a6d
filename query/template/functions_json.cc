// fromJson: a JSON document as a value that fields, index and range work on. What is no JSON is no
// value, as in Loki: `range` of it is empty.
#include <simdjson.h>

#include "query/template/functions.h"

namespace sluice::query::tmpl {

namespace {

TemplateValue from_element(const simdjson::dom::element& element);

TemplateValue from_array(const simdjson::dom::array& array) {
  TemplateValue::List list;
  for (const auto item : array) list.push_back(from_element(item));
  return TemplateValue(std::move(list));
}

TemplateValue from_object(const simdjson::dom::object& object) {
  TemplateValue::Map map;
  for (const auto& [key, value] : object)
    map.insert_or_assign(std::string(key), from_element(value));
  return TemplateValue(std::move(map));
}

// Go reads every number as a float. The parser bounds the depth.
TemplateValue from_element(const simdjson::dom::element& element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::ARRAY: return from_array(simdjson::dom::array(element));
    case Type::OBJECT: return from_object(simdjson::dom::object(element));
    case Type::STRING: return TemplateValue(std::string_view(element));
    case Type::BOOL: return TemplateValue(bool(element));
    case Type::INT64:
    case Type::UINT64:
    case Type::DOUBLE: return TemplateValue(element.get_double().value());
    default: return {};
  }
}

Result<TemplateValue> from_json(Args args) {
  simdjson::dom::parser parser;
  if (parser.allocate(0, 100) != simdjson::SUCCESS) return invalid_argument("out of memory");
  simdjson::dom::element document;
  const std::string text = text_arg(args, 0);
  if (parser.parse(text).get(document) != simdjson::SUCCESS) return TemplateValue();
  return from_element(document);
}

}  // namespace

void add_json(FunctionTable& table) {
  table["fromJson"] = {1, 1, from_json};
}

}  // namespace sluice::query::tmpl
