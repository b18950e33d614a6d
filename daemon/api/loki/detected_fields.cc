// GET /loki/api/v1/detected_fields: what fields the newest lines of a query have, of which type.
// Logs Drilldown builds its Fields tab from it.

#include <algorithm>
#include <map>
#include <set>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "query/logql/json_document.h"
#include "query/logql/line_labels.h"
#include "query/logql/logfmt.h"
#include "query/logql/units.h"

namespace sluice::api::loki {

namespace {

namespace logql = query::logql;

struct Field {
  std::set<std::string> parsers;
  std::set<std::string, std::less<>> values;
};
using Fields = std::map<std::string, Field, std::less<>>;

// Beyond this many a field's cardinality is "many".
constexpr std::size_t max_values = 1000;

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view type_of(std::string_view value) {
  if (is_integer(value)) return "int";
  if (logql::parse_float(value)) return "float";
  if (value == "true" || value == "false") return "boolean";
  if (logql::parse_duration_seconds(value)) return "duration";
  if (logql::parse_bytes(value)) return "bytes";
  return "string";
}

class FieldCollector : logql::JsonFieldSink {
 public:
  void add(const query::LogStream& stream) {
    for (const auto& [name, value] : stream.metadata) add(name, value, "");
    for (const auto& entry : stream.entries) {
      add_line(entry.line);
      arena_.reset();
    }
  }
  const Fields& fields() const { return fields_; }

 private:
  void add_line(std::string_view line) {
    if (document_.flatten(line, *this).empty()) return;
    logql::LogfmtReader reader(line, arena_);
    logql::LogfmtPair pair;
    for (auto status = reader.next(pair); status != logql::LogfmtReader::Status::end;
         status = reader.next(pair)) {
      if (status != logql::LogfmtReader::Status::pair || pair.value.empty()) continue;
      std::string name;
      logql::append_label_name(name, pair.key);
      add(name, pair.value, "logfmt");
    }
  }
  void field(const logql::JsonField& field) override { add(field.name, field.value, "json"); }

  void add(std::string_view name, std::string_view value, std::string_view parser) {
    auto it = fields_.find(name);
    if (it == fields_.end()) it = fields_.emplace(std::string(name), Field{}).first;
    if (!parser.empty()) it->second.parsers.emplace(parser);
    if (it->second.values.size() < max_values) it->second.values.emplace(value);
  }

  logql::JsonDocument document_;
  logql::LineArena arena_;
  Fields fields_;
};

void write_field(JsonWriter& out, const std::string& name, const Field& field) {
  out.begin_object().key("label").string(name);
  out.key("type").string(type_of(*field.values.begin()));
  out.key("cardinality").number(static_cast<std::uint64_t>(field.values.size()));
  out.key("parsers");
  if (field.parsers.empty()) {
    out.null();
  } else {
    out.begin_array();
    for (const auto& parser : field.parsers) out.string(parser);
    out.end_array();
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

Result<http::Response> answer_detected_fields(const Api& api, http::Request& request) {
  SLUICE_TRY(const auto range, parse_range(request.query, api.clock.now()));
  SLUICE_TRY(const std::size_t lines,
             parse_count(request.query, "line_limit", 100, api.options.limits.max_entries));
  SLUICE_TRY(const std::size_t limit, parse_count(request.query, "limit", 1000, 1000));
  SLUICE_TRY(auto expr, query::parse_logql(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  SLUICE_TRY(auto result, api.sources.engine.logs(*expr, request.tenant, {range, lines}, *context));
  FieldCollector collector;
  for (const auto& stream : std::get<query::Streams>(result.value)) collector.add(stream);
  JsonWriter out;
  out.begin_object().key("fields").begin_array();
  std::size_t written = 0;
  for (const auto& [name, field] : collector.fields())
    if (written++ < limit) write_field(out, name, field);
  out.end_array().key("limit").number(static_cast<std::uint64_t>(limit)).end_object();
  return json(out.take());
}

}  // namespace

http::Response detected_fields(const Api& api, http::Request& request) {
  auto response = answer_detected_fields(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
