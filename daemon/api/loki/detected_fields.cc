// GET /loki/api/v1/detected_fields: what fields the newest lines of a query have, of which type;
// GET /loki/api/v1/detected_field/{name}/values: the values of one of them. Logs Drilldown builds
// its Fields tab from both.

#include <algorithm>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/field_collector.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

void write_texts(JsonWriter& out, const auto& texts) {
  out.begin_array();
  for (const auto& text : texts) out.string(text);
  out.end_array();
}

void write_field(JsonWriter& out, const std::string& name, const DetectedField& field) {
  out.begin_object().key("label").string(name);
  out.key("type").string(field_type(*field.values.begin()));
  out.key("cardinality").number(static_cast<std::uint64_t>(field.values.size()));
  out.key("parsers");
  if (field.parsers.empty())
    out.null();
  else
    write_texts(out, field.parsers);
  if (!field.json_path.empty()) {
    out.key("jsonPath");
    write_texts(out, field.json_path);
  }
  out.end_object();
}

Result<std::size_t> parse_count(const http::Params& params, std::string_view name,
                                std::size_t fallback, std::size_t most) {
  http::Params one;
  if (const auto text = params.get(name)) one.add("limit", *text);
  SLUICE_TRY(const std::size_t count, parse_limit(one, fallback));
  return std::min(count, most);
}

Result<std::size_t> parse_field_limit(const http::Params& params) {
  const bool old_name = params.get("field_limit").has_value();
  return parse_count(params, old_name ? "field_limit" : "limit", 1000, 1000);
}

Result<FieldCollector::Fields> collect_fields(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(const std::size_t lines,
             parse_count(request.query, "line_limit", 100, limits_of(api, request).max_entries));
  SLUICE_TRY(auto expr, query::parse_logql(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  context->ask_for_levels();
  SLUICE_TRY(auto result, api.sources.engine.logs(*expr, request.tenant, {range, lines}, *context));
  FieldCollector collector;
  for (const auto& stream : std::get<query::Streams>(result.value)) collector.add(stream);
  return collector.fields();
}

Result<http::Response> answer_fields(const Api& api, http::Request& request) {
  SLUICE_TRY(const std::size_t limit, parse_field_limit(request.query));
  SLUICE_TRY(const auto fields, collect_fields(api, request));
  JsonWriter out;
  out.begin_object().key("fields").begin_array();
  std::size_t written = 0;
  for (const auto& [name, field] : fields)
    if (written++ < limit) write_field(out, name, field);
  out.end_array().key("limit").number(static_cast<std::uint64_t>(limit)).end_object();
  return json(out.take());
}

// A field nobody has is an empty success: clients probe.
Result<http::Response> answer_values(const Api& api, http::Request& request) {
  SLUICE_TRY(const std::size_t limit, parse_field_limit(request.query));
  SLUICE_TRY(const auto fields, collect_fields(api, request));
  JsonWriter out;
  out.begin_object().key("values").begin_array();
  const auto field = fields.find(request.path_params["name"]);
  std::size_t written = 0;
  if (field != fields.end())
    for (const auto& value : field->second.values)
      if (written++ < limit) out.string(value);
  out.end_array().key("limit").number(static_cast<std::uint64_t>(limit)).end_object();
  return json(out.take());
}

}  // namespace

http::Response detected_fields(const Api& api, http::Request& request) {
  auto response = answer_fields(api, request);
  return response ? std::move(*response) : failure(response.error());
}

http::Response detected_field_values(const Api& api, http::Request& request) {
  auto response = answer_values(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
