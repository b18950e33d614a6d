#include "tests/query/script/http_target.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/query/script/write_request.h"

namespace sluice::query::script {

using Json = nlohmann::json;

namespace {

double number(const Json& text) {
  const auto& word = text.get_ref<const std::string&>();
  return word == "NaN" ? std::nan("") : std::strtod(word.c_str(), nullptr);
}

std::int64_t milliseconds(const Json& seconds) {
  return std::llround(seconds.get<double>() * 1000);
}

std::string seconds(std::int64_t ms) {
  const bool negative = ms < 0;
  const std::string digits = std::to_string(std::llabs(ms) % 1000 + 1000).substr(1);
  return (negative ? "-" : "") + std::to_string(std::llabs(ms) / 1000) + "." + digits;
}

LabelSet labels_of(const Json& metric) {
  LabelSet labels;
  for (const auto& [name, value] : metric.items()) labels.set(name, value.get<std::string>());
  return labels;
}

ShownHistogram histogram_of(const Json& object) {
  ShownHistogram shown{number(object.at("count")), number(object.at("sum")), {}};
  for (const Json& bucket : object.value("buckets", Json::array()))
    shown.bars.push_back({number(bucket.at(1)), number(bucket.at(2)), number(bucket.at(3))});
  return shown;
}

class ResultReader {
 public:
  explicit ResultReader(std::map<const NativeHistogram*, ShownHistogram>& histograms)
      : histograms_(histograms) {}

  Value read(const Json& data) {
    const auto type = data.at("resultType").get<std::string>();
    const Json& result = data.at("result");
    if (type == "scalar") return Scalar{milliseconds(result.at(0)), number(result.at(1))};
    if (type == "string")
      return StringValue{milliseconds(result.at(0)), result.at(1).get<std::string>()};
    if (type == "vector") return vector(result);
    return matrix(result);
  }

 private:
  Vector vector(const Json& result) {
    Vector vector;
    for (const Json& one : result) {
      VectorSample sample{labels_of(one.at("metric"))};
      const Json& pair = one.contains("histogram") ? one.at("histogram") : one.at("value");
      sample.timestamp_ms = milliseconds(pair.at(0));
      if (one.contains("histogram"))
        sample.histogram = stand_in(pair.at(1));
      else
        sample.value = number(pair.at(1));
      vector.push_back(std::move(sample));
    }
    return vector;
  }

  Matrix matrix(const Json& result) {
    Matrix matrix;
    for (const Json& one : result) {
      MatrixSeries series{labels_of(one.at("metric")), {}};
      for (const Json& pair : one.value("values", Json::array()))
        series.samples.push_back({milliseconds(pair.at(0)), number(pair.at(1))});
      for (const Json& pair : one.value("histograms", Json::array()))
        series.samples.push_back(
            {milliseconds(pair.at(0)), add_histogram(series.histograms, stand_in(pair.at(1)))});
      std::stable_sort(
          series.samples.begin(), series.samples.end(),
          [](const Sample& a, const Sample& b) { return a.timestamp_ms < b.timestamp_ms; });
      matrix.push_back(std::move(series));
    }
    return matrix;
  }

  HistogramPtr stand_in(const Json& object) {
    auto pointer = std::make_shared<const NativeHistogram>();
    histograms_.emplace(pointer.get(), histogram_of(object));
    return pointer;
  }

  std::map<const NativeHistogram*, ShownHistogram>& histograms_;
};

std::vector<std::string> texts(const Json& answer, const char* key) {
  return answer.value(key, std::vector<std::string>());
}

}  // namespace

Result<void> HttpTarget::clear() {
  ++tenant_;
  return {};
}

Result<void> HttpTarget::load(const std::vector<SeriesSamples>& series) {
  SLUICE_TRY(const auto answer,
             send("/api/v1/write", "application/x-protobuf", write_request(series)));
  if (answer.status == 204) return {};
  return Error{ErrorCode::internal, "write: " + std::to_string(answer.status) + answer.body};
}

Result<void> HttpTarget::load_logs(const std::vector<StreamEntries>&) {
  return invalid_argument("scripts with logs are not run over HTTP");
}

Result<QueryResult> HttpTarget::eval(const Eval& eval) {
  if (eval.language != Language::promql) return invalid_argument("only PromQL is run over HTTP");
  http::Params form;
  form.add("query", eval.expr);
  const auto* range = std::get_if<EvalRange>(&eval.how);
  if (range) {
    form.add("start", seconds(range->start_ms));
    form.add("end", seconds(range->end_ms));
    form.add("step", seconds(range->step_ms));
  } else {
    form.add("time", seconds(std::get<EvalInstant>(eval.how).time_ms));
  }
  SLUICE_TRY(const auto answer, send(range ? "/api/v1/query_range" : "/api/v1/query",
                                     "application/x-www-form-urlencoded", form.encode()));
  const Json json = Json::parse(answer.body, nullptr, false);
  if (json.is_discarded())
    return Error{ErrorCode::internal, "not JSON: " + answer.body.substr(0, 200)};
  if ((answer.status == 200) != (json.value("status", "") == "success"))
    return Error{ErrorCode::internal, "status and body disagree: " + answer.body.substr(0, 200)};
  if (answer.status != 200) return Error{ErrorCode::invalid_argument, json.value("error", "")};
  histograms_.clear();
  return QueryResult{ResultReader(histograms_).read(json.at("data")), texts(json, "warnings"),
                     texts(json, "infos")};
}

const ShownHistogram* HttpTarget::shown(const NativeHistogram* histogram) const {
  const auto found = histograms_.find(histogram);
  return found == histograms_.end() ? nullptr : &found->second;
}

Result<http::ClientResponse> HttpTarget::send(std::string path, std::string type,
                                              std::string body) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url_ + path;
  request.headers.set("Content-Type", type);
  if (type == "application/x-protobuf") request.headers.set("Content-Encoding", "snappy");
  request.headers.set("X-Scope-OrgID", name_ + "-" + std::to_string(tenant_));
  request.body = std::move(body);
  return client_.request(std::move(request));
}

}  // namespace sluice::query::script
