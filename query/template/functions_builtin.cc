// The functions Go's text/template always has.
#include <algorithm>
#include <cmath>

#include "base/http/message.h"
#include "query/template/functions.h"
#include "query/template/printf.h"

namespace sluice::query::tmpl {

namespace {

Result<TemplateValue> and_(Args args) {
  for (const auto& arg : args)
    if (!arg.truth()) return arg;
  return args.back();
}
Result<TemplateValue> or_(Args args) {
  for (const auto& arg : args)
    if (arg.truth()) return arg;
  return args.back();
}
Result<TemplateValue> not_(Args args) {
  return TemplateValue(!args[0].truth());
}

bool is_number(const TemplateValue& v) {
  return v.as_int() || v.as_float();
}

// -1, 0, 1; Error if the two can't be compared. Labels are strings, so a numeric string compares
// with a number by value: {{ if gt .status 499 }} works on parsed lines.
Result<int> compare(const TemplateValue& a, const TemplateValue& b) {
  if (a.as_string() && b.as_string()) {
    const int order = a.as_string()->compare(*b.as_string());
    return order < 0 ? -1 : order > 0;
  }
  if (is_number(a) || is_number(b)) {
    const auto x = a.number();
    const auto y = b.number();
    if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  }
  if (a.as_bool() && b.as_bool()) return int{*a.as_bool()} - int{*b.as_bool()};
  return invalid_argument("incompatible types for comparison: " + std::string(a.type_name()) +
                          " and " + std::string(b.type_name()));
}

Result<bool> equal(const TemplateValue& a, const TemplateValue& b) {
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  SLUICE_TRY(const int order, compare(a, b));
  return order == 0;
}

Result<TemplateValue> eq(Args args) {
  for (std::size_t i = 1; i < args.size(); ++i) {
    SLUICE_TRY(const bool same, equal(args[0], args[i]));
    if (same) return TemplateValue(true);
  }
  return TemplateValue(false);
}
Result<TemplateValue> ne(Args args) {
  SLUICE_TRY(const bool same, equal(args[0], args[1]));
  return TemplateValue(!same);
}

template <class Test>
TemplateFunction ordering(Test test) {
  return {2, 2, [test](Args args) -> Result<TemplateValue> {
            SLUICE_TRY(const int order, compare(args[0], args[1]));
            return TemplateValue(test(order));
          }};
}

Result<TemplateValue> len(Args args) {
  if (auto* s = args[0].as_string()) return TemplateValue(static_cast<std::int64_t>(s->size()));
  if (auto* l = args[0].as_list()) return TemplateValue(static_cast<std::int64_t>(l->size()));
  if (auto* m = args[0].as_map()) return TemplateValue(static_cast<std::int64_t>(m->size()));
  return invalid_argument("len of type " + std::string(args[0].type_name()));
}

Result<TemplateValue> index_one(const TemplateValue& from, const TemplateValue& key) {
  if (from.as_map() || from.as_fields()) return from.field(key.text());
  auto* position = key.as_int();
  if (!position) return invalid_argument("cannot index with a " + std::string(key.type_name()));
  const auto at = static_cast<std::size_t>(*position);
  if (auto* list = from.as_list()) {
    if (*position >= 0 && at < list->size()) return (*list)[at];
  } else if (auto* text = from.as_string()) {
    if (*position >= 0 && at < text->size())
      return TemplateValue(std::int64_t{static_cast<unsigned char>((*text)[at])});
  } else {
    return invalid_argument("can't index item of type " + std::string(from.type_name()));
  }
  return invalid_argument("index out of range: " + std::to_string(*position));
}

Result<TemplateValue> index(Args args) {
  TemplateValue value = args[0];
  for (std::size_t i = 1; i < args.size(); ++i) {
    SLUICE_TRY(value, index_one(value, args[i]));
  }
  return value;
}

Result<TemplateValue> slice(Args args) {
  const auto* text = args[0].as_string();
  const auto* list = args[0].as_list();
  if (!text && !list)
    return invalid_argument("can't slice item of type " + std::string(args[0].type_name()));
  const auto size = static_cast<std::int64_t>(text ? text->size() : list->size());
  std::int64_t from = 0;
  std::int64_t to = size;
  if (args.size() > 1) {
    SLUICE_TRY(from, int_arg(args, 1));
  }
  if (args.size() > 2) {
    SLUICE_TRY(to, int_arg(args, 2));
  }
  if (from < 0 || from > to || to > size)
    return invalid_argument("slice out of range: " + std::to_string(from) + ":" +
                            std::to_string(to));
  if (text)
    return TemplateValue(
        text->substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
  return TemplateValue(TemplateValue::List(list->begin() + from, list->begin() + to));
}

// Go puts spaces between operands when neither is a string.
Result<TemplateValue> print(Args args) {
  std::string out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (i > 0 && !args[i].as_string() && !args[i - 1].as_string()) out += ' ';
    out += args[i].text();
  }
  return TemplateValue(std::move(out));
}
Result<TemplateValue> println(Args args) {
  std::string out;
  for (const auto& arg : args) {
    if (!out.empty()) out += ' ';
    out += arg.text();
  }
  return TemplateValue(out + "\n");
}
Result<TemplateValue> printf_(Args args) {
  return TemplateValue(format(args[0].text(), args.subspan(1)));
}

Result<TemplateValue> html(Args args) {
  std::string out;
  for (char c : text_arg(args, 0)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return TemplateValue(std::move(out));
}

Result<TemplateValue> urlquery(Args args) {
  return TemplateValue(query_escape(text_arg(args, 0)));
}

void append_unicode_escape(std::string& out, char c) {
  static constexpr char digits[] = "0123456789ABCDEF";
  out += "\\u00";
  out += digits[static_cast<unsigned char>(c) >> 4];
  out += digits[static_cast<unsigned char>(c) & 15];
}

// For a string in JavaScript.
Result<TemplateValue> js(Args args) {
  std::string out;
  for (const char c : text_arg(args, 0)) {
    const bool control = static_cast<unsigned char>(c) < 0x20;
    if (c == '\\' || c == '\'' || c == '"')
      (out += '\\') += c;
    else if (control || c == '<' || c == '>' || c == '&' || c == '=')
      append_unicode_escape(out, c);
    else
      out += c;
  }
  return TemplateValue(std::move(out));
}

}  // namespace

// Blanks are '+' in a query.
std::string query_escape(std::string_view text) {
  const std::string encoded = http::percent_encode(text);
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    const bool blank = encoded.compare(i, 3, "%20") == 0;
    out += blank ? '+' : encoded[i];
    if (blank) i += 2;
  }
  return out;
}

void add_builtin(FunctionTable& table) {
  table["and"] = {1, variadic_args, and_};
  table["or"] = {1, variadic_args, or_};
  table["not"] = {1, 1, not_};
  table["eq"] = {2, variadic_args, eq};
  table["ne"] = {2, 2, ne};
  table["lt"] = ordering([](int o) { return o < 0; });
  table["le"] = ordering([](int o) { return o <= 0; });
  table["gt"] = ordering([](int o) { return o > 0; });
  table["ge"] = ordering([](int o) { return o >= 0; });
  table["len"] = {1, 1, len};
  table["index"] = {1, variadic_args, index};
  table["slice"] = {1, 3, slice};
  table["print"] = {0, variadic_args, print};
  table["println"] = {0, variadic_args, println};
  table["printf"] = {1, variadic_args, printf_};
  table["html"] = {1, 1, html};
  table["js"] = {1, 1, js};
  table["urlquery"] = {1, 1, urlquery};
}

}  // namespace sluice::query::tmpl
