#include "query/template/value.h"

#include <charconv>

#include "base/codec/json_writer.h"

namespace sluice::query {

namespace {

std::string list_text(const TemplateValue::List& list) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ' ';
    out += item.text();
  }
  return out + "]";
}

std::string map_text(const TemplateValue::Map& map) {
  std::string out = "map[";
  for (const auto& [key, value] : map) {
    if (out.size() > 4) out += ' ';
    out += key + ":" + value.text();
  }
  return out + "]";
}

}  // namespace

const TemplateValue::List* TemplateValue::as_list() const {
  auto* p = std::get_if<std::shared_ptr<const List>>(&value_);
  return p ? p->get() : nullptr;
}

const TemplateValue::Map* TemplateValue::as_map() const {
  auto* p = std::get_if<std::shared_ptr<const Map>>(&value_);
  return p ? p->get() : nullptr;
}

const Fields* TemplateValue::as_fields() const {
  auto* p = std::get_if<const Fields*>(&value_);
  return p ? *p : nullptr;
}

bool TemplateValue::truth() const {
  if (is_nil()) return false;
  if (auto* b = as_bool()) return *b;
  if (auto* i = as_int()) return *i != 0;
  if (auto* f = as_float()) return *f != 0;
  if (auto* s = as_string()) return !s->empty();
  if (auto* l = as_list()) return !l->empty();
  if (auto* m = as_map()) return !m->empty();
  return as_fields() != nullptr;
}

std::string TemplateValue::text() const {
  if (auto* b = as_bool()) return *b ? "true" : "false";
  if (auto* i = as_int()) return std::to_string(*i);
  if (auto* f = as_float()) return format_sample_value(*f);
  if (auto* s = as_string()) return *s;
  if (auto* l = as_list()) return list_text(*l);
  if (auto* m = as_map()) return map_text(*m);
  return as_fields() ? "map[...]" : "<no value>";
}

std::string_view TemplateValue::type_name() const {
  static constexpr std::string_view names[] = {"nil",    "bool", "int", "float64",
                                               "string", "list", "map", "map"};
  return names[value_.index()];
}

TemplateValue TemplateValue::field(std::string_view name) const {
  if (auto* m = as_map()) {
    auto it = m->find(name);
    return it == m->end() ? TemplateValue("") : it->second;
  }
  if (auto* f = as_fields()) return TemplateValue(f->get(name).value_or(std::string_view()));
  return {};
}

std::optional<double> TemplateValue::number() const {
  if (auto* i = as_int()) return static_cast<double>(*i);
  if (auto* f = as_float()) return *f;
  auto* s = as_string();
  if (!s) return std::nullopt;
  double v = 0;
  const auto [end, ec] = std::from_chars(s->data(), s->data() + s->size(), v);
  if (ec != std::errc{} || end != s->data() + s->size()) return std::nullopt;
  return v;
}

}  // namespace sluice::query
