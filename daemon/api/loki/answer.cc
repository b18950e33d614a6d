#include "daemon/api/loki/answer.h"

#include <algorithm>
#include <map>

#include "daemon/api/loki/explain.h"
#include "daemon/api/loki/statistics.h"
#include "daemon/api/prometheus/answer.h"

namespace sluice::api::loki {

namespace {

using prometheus::format_seconds;

// An entry of a result stream, with what tells its labels apart.
struct Row {
  const LogEntry* entry;
  const query::LogStream* stream;
};
using Rows = std::vector<Row>;

LabelSet stream_labels(const query::LogStream& stream, bool categorize) {
  LabelSet labels = stream.labels;
  if (!categorize) return labels;
  for (const auto& label : stream.metadata) labels.erase(label.name);
  for (const auto& label : stream.parsed) labels.erase(label.name);
  return labels;
}

// Result streams by the labels they are shown under: with categories several may share them.
std::map<LabelSet, Rows> rows_by_labels(const query::Streams& streams, bool categorize) {
  std::map<LabelSet, Rows> out;
  for (const auto& stream : streams) {
    auto& rows = out[stream_labels(stream, categorize)];
    for (const auto& entry : stream.entries) rows.push_back({&entry, &stream});
  }
  return out;
}

void sort_rows(Rows& rows, query::Direction direction) {
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return direction == query::Direction::backward ? a.entry->timestamp > b.entry->timestamp
                                                   : a.entry->timestamp < b.entry->timestamp;
  });
}

void write_row(JsonWriter& out, const Row& row, bool categorize) {
  out.begin_array();
  out.string(std::to_string(unix_ns(row.entry->timestamp))).string(row.entry->line);
  if (categorize) {
    out.begin_object();
    if (!row.stream->metadata.empty()) {
      out.key("structuredMetadata");
      write_labels(out, row.stream->metadata);
    }
    if (!row.stream->parsed.empty()) {
      out.key("parsed");
      write_labels(out, row.stream->parsed);
    }
    out.end_object();
  }
  out.end_array();
}

void write_point(JsonWriter& out, std::int64_t timestamp_ms, double value) {
  out.begin_array()
      .raw(format_seconds(timestamp_ms))
      .string(format_sample_value(value))
      .end_array();
}

class ResultWriter {
 public:
  ResultWriter(JsonWriter& out, const AnswerOptions& options) : out_(out), options_(options) {}

  void operator()(const query::Scalar& scalar) {
    type("scalar");
    write_point(out_, scalar.timestamp_ms, scalar.value);
  }
  void operator()(const query::StringValue& text) {
    type("string");
    out_.begin_array().raw(format_seconds(text.timestamp_ms)).string(text.value).end_array();
  }
  void operator()(const query::Vector& vector) {
    type("vector");
    out_.begin_array();
    for (const auto& sample : vector) {
      out_.begin_object().key("metric");
      write_labels(out_, sample.labels);
      out_.key("value");
      write_point(out_, sample.timestamp_ms, sample.value);
      out_.end_object();
    }
    out_.end_array();
  }
  void operator()(const query::Matrix& matrix) {
    type("matrix");
    out_.begin_array();
    for (const auto& series : matrix) {
      out_.begin_object().key("metric");
      write_labels(out_, series.labels);
      out_.key("values").begin_array();
      for (const auto& sample : series.samples)
        write_point(out_, sample.timestamp_ms, sample.value);
      out_.end_array().end_object();
    }
    out_.end_array();
  }
  void operator()(const query::Streams& streams) {
    type("streams");
    write_streams(out_, streams, options_);
  }

 private:
  void type(std::string_view name) { out_.key("resultType").string(name).key("result"); }

  JsonWriter& out_;
  const AnswerOptions& options_;
};

int status_for(ErrorCode code) {
  return code == ErrorCode::limit_exceeded ? 400 : http::status_of(code);
}

std::string text_of(const Error& error) {
  if (error.code != ErrorCode::timeout) return error.message;
  return "request timed out, decrease the duration of the request or add more label matchers "
         "(prefer exact match over regex match) to reduce the amount of data processed";
}

}  // namespace

http::Response json(std::string body) {
  auto response = http::Response::json(200, std::move(body));
  response.headers.set("Content-Type", "application/json; charset=UTF-8");
  return response;
}

http::Response failure(const Error& error) {
  auto response = http::Response::text(status_for(error.code), text_of(error));
  if (response.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

http::Response string_list(const std::vector<std::string>& items) {
  JsonWriter out;
  out.begin_object().key("status").string("success").key("data").begin_array();
  for (const auto& item : items) out.string(item);
  out.end_array().end_object();
  return json(out.take());
}

void write_labels(JsonWriter& out, const LabelSet& labels) {
  prometheus::write_labels(out, labels);
}

bool wants_categories(const http::Request& request) {
  return request.headers.get("X-Loki-Response-Encoding-Flags").find("categorize-labels") !=
         std::string_view::npos;
}

void write_streams(JsonWriter& out, const query::Streams& streams, const AnswerOptions& options) {
  out.begin_array();
  for (auto& [labels, rows] : rows_by_labels(streams, options.categorize)) {
    auto sorted = rows;
    sort_rows(sorted, options.direction);
    out.begin_object().key("stream");
    write_labels(out, labels);
    out.key("values").begin_array();
    for (const auto& row : sorted) write_row(out, row, options.categorize);
    out.end_array().end_object();
  }
  out.end_array();
}

http::Response query_answer(const query::QueryResult& result, query::QueryContext& context,
                            const AnswerOptions& options) {
  JsonWriter out;
  out.begin_object().key("status").string("success");
  if (!result.warnings.empty()) {
    out.key("warnings").begin_array();
    for (const auto& warning : result.warnings) out.string(warning);
    out.end_array();
  }
  out.key("data").begin_object();
  const bool streams = std::holds_alternative<query::Streams>(result.value);
  if (options.categorize && streams)
    out.key("encodingFlags").begin_array().string("categorize-labels").end_array();
  std::visit(ResultWriter(out, options), result.value);
  out.key("stats");
  write_statistics(out, {context, result.value, options.sent});
  if (options.explain != nullptr) {
    out.key("explain");
    write_explain(out, *options.explain, context);
  }
  out.end_object().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
