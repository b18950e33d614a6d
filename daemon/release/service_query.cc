#include "daemon/release/service_query.h"

#include "base/types/labels.h"

namespace sluice::release {
namespace {

// Where the stream selector ends: after its brace, quotes respected.
std::size_t selector_end(std::string_view query) {
  char quote = '\0';
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (quote != '\0') {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '`') {
      quote = c;
    } else if (c == '}') {
      return i + 1;
    }
  }
  return query.size();
}

}  // namespace

Result<std::string> fill_template(std::string_view text, std::string_view service,
                                  std::string_view env, std::string_view version) {
  std::string out;
  while (true) {
    const auto open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return invalid_argument("\"{{\" without \"}}\"");
    const std::string_view name = text.substr(open + 2, close - open - 2);
    if (name == "service") {
      out += service;
    } else if (name == "env") {
      out += env;
    } else if (name == "version") {
      out += version;
    } else {
      return invalid_argument("unknown {{" + std::string(name) +
                              "}}; there are {{service}}, {{env}} and {{version}}");
    }
    text.remove_prefix(close + 2);
  }
}

Result<ServiceQuery> ServiceQuery::make(const ServiceOptions& options, std::string_view service,
                                        std::string_view env, std::string_view version) {
  ServiceQuery out;
  SLUICE_TRY(out.lines_, fill_template(options.selector, service, env, version));
  SLUICE_TRY(const auto condition, fill_template(options.errors, service, env, version));
  out.errors_ = out.lines_ + " " + condition;
  return out;
}

std::string ServiceQuery::errors_with(const std::vector<std::string>& literals) const {
  std::string filters;
  for (const auto& literal : literals) {
    filters += " |= ";
    append_quoted(filters, literal);
  }
  std::string out = errors_;
  out.insert(selector_end(out), filters);
  return out;
}

}  // namespace sluice::release
