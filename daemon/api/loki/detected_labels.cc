// GET /loki/api/v1/detected_labels: the stream labels worth browsing, with how many values each
// has. Labels whose values are all numbers or UUIDs name instances of something, not groups.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/types/ascii.h"
#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

using Values = std::set<std::string, std::less<>>;

constexpr std::array<std::string_view, 4> always_shown = {"cluster", "namespace", "instance",
                                                          "pod"};

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (shape[i] == '-' ? c != '-' : !is_hex_digit(c)) return false;
  }
  return true;
}

bool worth_showing(const std::string& name, const Values& values) {
  if (std::find(always_shown.begin(), always_shown.end(), name) != always_shown.end()) return true;
  const bool flag =
      std::all_of(values.begin(), values.end(), [](const auto& v) { return v == "0" || v == "1"; });
  return flag || !std::all_of(values.begin(), values.end(),
                              [](const auto& v) { return is_number(v) || is_uuid(v); });
}

Result<std::map<std::string, Values>> collect(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(const auto matchers, parse_optional_selector(request.query));
  SLUICE_TRY(const auto streams, api.sources.logs.streams(request.tenant, matchers, range));
  std::map<std::string, Values> labels;
  for (const auto& stream : streams)
    for (const auto& label : stream) labels[label.name].insert(label.value);
  return labels;
}

}  // namespace

http::Response detected_labels(const Api& api, http::Request& request) {
  const auto labels = collect(api, request);
  if (!labels) return failure(labels.error());
  JsonWriter out;
  out.begin_object().key("detectedLabels").begin_array();
  for (const auto& [name, values] : *labels) {
    if (!worth_showing(name, values)) continue;
    out.begin_object().key("label").string(name);
    out.key("cardinality").number(static_cast<std::uint64_t>(values.size())).end_object();
  }
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
