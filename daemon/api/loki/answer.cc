#include "daemon/api/loki/answer.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "daemon/api/loki/explain.h"
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

std::size_t entries_in(const query::Value& value) {
  std::size_t n = 0;
  if (const auto* streams = std::get_if<query::Streams>(&value))
    for (const auto& stream : *streams) n += stream.entries.size();
  return n;
}

void write_summary(JsonWriter& out, const query::QueryResult& result,
                   query::QueryContext& context) {
  const auto& stats = context.stats();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - context.started();
  const double seconds = std::max(took.count(), 1e-6);
  const auto bytes = stats.bytes_processed.load();
  const auto lines = stats.lines_processed.load();
  const auto per_second = [&](std::uint64_t n) {
    return static_cast<std::int64_t>(static_cast<double>(n) / seconds);
  };
  out.begin_object();
  out.key("bytesProcessedPerSecond").number(per_second(bytes));
  out.key("linesProcessedPerSecond").number(per_second(lines));
  out.key("totalBytesProcessed").number(bytes);
  out.key("totalLinesProcessed").number(lines);
  out.key("execTime").number(took.count());
  out.key("queueTime").number(0);
  out.key("subqueries").number(0);
  out.key("totalEntriesReturned").number(static_cast<std::uint64_t>(entries_in(result.value)));
  // Metrics are counted by columns and headers, which do not tell lines apart.
  if (std::holds_alternative<query::Streams>(result.value))
    out.key("totalPostFilterLines").number(stats.lines_kept.load());
  out.key("splits").number(0);
  out.key("shards").number(0);
  out.end_object();
}

// Loki's figures of chunks are ours of batches.
void write_store(JsonWriter& out, const query::QueryStats& stats) {
  out.begin_object().key("store").begin_object();
  out.key("totalChunksRef").number(stats.batches.load() + stats.batches_skipped.load());
  out.key("totalChunksDownloaded").number(stats.batches.load());
  out.key("chunkRefsFetchTime").number(static_cast<std::uint64_t>(stats.plan_ns));
  out.key("chunksDownloadTime").number(static_cast<std::uint64_t>(stats.read_ns));
  out.key("chunk").begin_object();
  out.key("decompressedBytes").number(stats.bytes_processed.load());
  out.key("decompressedLines").number(stats.lines_processed.load());
  out.key("compressedBytes").number(stats.bytes_read.load());
  out.end_object().end_object().end_object();
}

void write_stats(JsonWriter& out, const query::QueryResult& result, query::QueryContext& context) {
  out.begin_object().key("summary");
  write_summary(out, result, context);
  out.key("querier");
  write_store(out, context.stats());
  out.key("ingester").begin_object().end_object();
  out.key("cache").begin_object().end_object();
  out.key("index").begin_object().end_object();
  out.end_object();
}

int status_for(ErrorCode code) {
  return code == ErrorCode::limit_exceeded ? 400 : http::status_of(code);
}

}  // namespace

http::Response json(std::string body) {
  auto response = http::Response::json(200, std::move(body));
  response.headers.set("Content-Type", "application/json; charset=UTF-8");
  return response;
}

http::Response failure(const Error& error) {
  auto response = http::Response::text(status_for(error.code), error.message);
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
  write_stats(out, result, context);
  if (options.explain != nullptr) {
    out.key("explain");
    write_explain(out, *options.explain, context);
  }
  out.end_object().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
