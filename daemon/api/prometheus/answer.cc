#include "daemon/api/prometheus/answer.h"

#include <algorithm>
#include <cstdio>

#include "query/engine/histogram_read.h"

namespace sluice::api::prometheus {

namespace {

struct Kind {
  int status;
  std::string_view type;
};

Kind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::timeout: return {503, "timeout"};
    case ErrorCode::cancelled: return {499, "canceled"};
    case ErrorCode::unavailable: return {503, "unavailable"};
    case ErrorCode::not_found: return {404, "not_found"};
    case ErrorCode::internal:
    case ErrorCode::corrupt:
    case ErrorCode::io: return {500, "internal"};
    default: return {422, "execution"};
  }
}

http::Response error(Kind kind, std::string_view message) {
  JsonWriter json;
  json.begin_object();
  json.key("status").string("error");
  json.key("errorType").string(kind.type);
  json.key("error").string(message);
  json.end_object();
  auto response = http::Response::json(kind.status, json.take());
  if (kind.type == "unavailable") response.headers.set("Retry-After", "1");
  return response;
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(key).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_point(JsonWriter& json, std::int64_t timestamp_ms, double value) {
  json.begin_array();
  json.raw(format_seconds(timestamp_ms));
  json.string(format_sample_value(value));
  json.end_array();
}

// Which ends of the interval belong to it, in Prometheus' numbers.
std::int64_t boundary_rule(const query::HistogramBar& bar) {
  if (bar.lower_inclusive()) return bar.upper_inclusive() ? 3 : 1;
  return bar.upper_inclusive() ? 0 : 2;
}

void write_histogram(JsonWriter& json, std::int64_t timestamp_ms,
                     const NativeHistogram& histogram) {
  json.begin_array().raw(format_seconds(timestamp_ms));
  json.begin_object();
  json.key("count").string(format_sample_value(histogram.count));
  json.key("sum").string(format_sample_value(histogram.sum));
  const auto bars = query::bars_of(histogram);
  if (!bars.empty()) json.key("buckets").begin_array();
  for (const query::HistogramBar& bar : bars) {
    json.begin_array().number(boundary_rule(bar));
    json.string(format_sample_value(bar.lower)).string(format_sample_value(bar.upper));
    json.string(format_sample_value(bar.count)).end_array();
  }
  if (!bars.empty()) json.end_array();
  json.end_object().end_array();
}

class ResultWriter {
 public:
  explicit ResultWriter(JsonWriter& json) : json_(json) {}

  void operator()(const query::Scalar& scalar) {
    head("scalar");
    write_point(json_, scalar.timestamp_ms, scalar.value);
  }
  void operator()(const query::StringValue& text) {
    head("string");
    json_.begin_array();
    json_.raw(format_seconds(text.timestamp_ms)).string(text.value);
    json_.end_array();
  }
  void operator()(const query::Vector& vector) {
    head("vector");
    json_.begin_array();
    for (const query::VectorSample& sample : vector) {
      json_.begin_object().key("metric");
      write_labels(json_, sample.labels);
      if (sample.histogram) {
        json_.key("histogram");
        write_histogram(json_, sample.timestamp_ms, *sample.histogram);
      } else {
        json_.key("value");
        write_point(json_, sample.timestamp_ms, sample.value);
      }
      json_.end_object();
    }
    json_.end_array();
  }
  void operator()(const query::Matrix& matrix) {
    head("matrix");
    json_.begin_array();
    for (const query::MatrixSeries& series : matrix) {
      json_.begin_object().key("metric");
      write_labels(json_, series.labels);
      write_floats(series);
      write_histograms(series);
      json_.end_object();
    }
    json_.end_array();
  }
  // Log queries are refused before they are run (language.cc).
  void operator()(const query::Streams&) { head("streams"), json_.begin_array().end_array(); }

 private:
  void write_floats(const query::MatrixSeries& series) {
    const auto& samples = series.samples;
    const auto of_histogram = [](const Sample& sample) { return is_histogram(sample.value); };
    if (!samples.empty() && std::all_of(samples.begin(), samples.end(), of_histogram)) return;
    json_.key("values").begin_array();
    for (const Sample& sample : samples)
      if (!of_histogram(sample)) write_point(json_, sample.timestamp_ms, sample.value);
    json_.end_array();
  }
  void write_histograms(const query::MatrixSeries& series) {
    if (series.histograms.empty()) return;
    json_.key("histograms").begin_array();
    for (const Sample& sample : series.samples)
      if (is_histogram(sample.value))
        write_histogram(json_, sample.timestamp_ms,
                        *series.histograms.at(histogram_place(sample.value)));
    json_.end_array();
  }
  void head(std::string_view type) { json_.key("resultType").string(type).key("result"); }

  JsonWriter& json_;
};

}  // namespace

http::Response success(const std::function<void(JsonWriter&)>& write_data,
                       const std::vector<std::string>& warnings,
                       const std::vector<std::string>& infos) {
  JsonWriter json;
  json.begin_object();
  json.key("status").string("success");
  json.key("data");
  write_data(json);
  write_texts(json, "warnings", warnings);
  write_texts(json, "infos", infos);
  json.end_object();
  return http::Response::json(200, json.take());
}

http::Response bad_data(const std::string& message) {
  return error({400, "bad_data"}, message);
}

http::Response bad_parameter(std::string_view name, const std::string& message) {
  return bad_data("invalid parameter \"" + std::string(name) + "\": " + message);
}

http::Response failure(const Error& e) {
  return error(kind_of(e.code), e.message);
}

void write_result(JsonWriter& json, const query::Value& value) {
  std::visit(ResultWriter(json), value);
}

void write_labels(JsonWriter& json, const LabelSet& labels) {
  json.begin_object();
  for (const Label& label : labels) json.key(label.name).string(label.value);
  json.end_object();
}

std::string format_seconds(std::int64_t ms) {
  const bool negative = ms < 0;
  const std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(ms) + 1 : static_cast<std::uint64_t>(ms);
  std::string out = (negative ? "-" : "") + std::to_string(magnitude / 1000);
  if (const auto fraction = static_cast<unsigned>(magnitude % 1000); fraction != 0) {
    char text[8];
    std::snprintf(text, sizeof text, ".%03u", fraction);
    out += text;
  }
  return out;
}

}  // namespace sluice::api::prometheus
