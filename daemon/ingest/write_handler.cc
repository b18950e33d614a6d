#include "daemon/ingest/write_handler.h"

#include <algorithm>

#include "daemon/ingest/answers.h"
#include "daemon/ingest/validate_samples.h"

namespace sluice::ingest {

namespace {

Error unsupported(const std::string& what) {
  return {ErrorCode::unsupported_media,
          what + "; send remote write 1.0 or 2.0: application/x-protobuf in a snappy block"};
}

// 1 or 2, by the media type and its parameter `proto`.
Result<int> version_of(const http::Request& request) {
  const std::string_view header = request.headers.get("Content-Type");
  const std::string type = media_type(header);
  if (!type.empty() && type != "application/x-protobuf" && type != "application/octet-stream")
    return unsupported("Content-Type \"" + type + "\" is not accepted");
  const auto at = header.find("proto=");
  if (at == std::string_view::npos) return 1;
  auto proto = header.substr(at + 6);
  proto = proto.substr(0, proto.find_first_of("; ,"));
  if (proto == "prometheus.WriteRequest") return 1;
  if (proto == "io.prometheus.write.v2.Request") return 2;
  return unsupported("message \"" + std::string(proto) + "\" is not known");
}

std::size_t count_histograms(const std::vector<SeriesSamples>& series) {
  std::size_t histograms = 0;
  for (const auto& one : series)
    histograms += static_cast<std::size_t>(
        std::count_if(one.samples.begin(), one.samples.end(),
                      [](const Sample& sample) { return is_histogram(sample.value); }));
  return histograms;
}

std::size_t count_exemplars(const std::vector<SeriesExemplars>& series) {
  std::size_t exemplars = 0;
  for (const auto& one : series) exemplars += one.exemplars.size();
  return exemplars;
}

// Senders of 2.0 check by these that nothing was lost on the way.
void add_statistics(http::Response& response, std::size_t samples, std::size_t histograms,
                    std::size_t exemplars) {
  const std::string prefix = "X-Prometheus-Remote-Write-";
  response.headers.set(prefix + "Samples-Written", std::to_string(samples));
  response.headers.set(prefix + "Histograms-Written", std::to_string(histograms));
  response.headers.set(prefix + "Exemplars-Written", std::to_string(exemplars));
}

std::size_t count_samples(const WriteRequest& request) {
  std::size_t samples = 0;
  for (const auto& series : request.series)
    samples += series.samples.size() + series.bad_histograms;
  return samples;
}

}  // namespace

void WriteHandler::refuse_series(const storage::WriteOutcome& outcome,
                                 Rejections& rejections) const {
  if (outcome.refused == 0) return;
  metrics_.count_refused("too_many_series", outcome.refused);
  rejections.add("too_many_series", outcome.refused,
                 "too many series: " + std::to_string(outcome.refused) + " samples of " +
                     std::to_string(outcome.refused_series) +
                     " new series, past limits.active_series; those that are there go on");
}

http::Response WriteHandler::handle(http::Request& request) {
  metrics_.requests.inc();
  auto response = write(request);
  if (response) return std::move(*response);
  const auto code = response.error().code;
  if (code != ErrorCode::no_space && code != ErrorCode::limit_exceeded) metrics_.invalid.inc();
  return error_answer(response.error());
}

Result<FlatWrite> WriteHandler::decode(int version, std::string_view body) const {
  const auto decode = version == 1 ? decode_flat_write : decode_flat_write_2;
  return decode(body, limits_, clock_.now());
}

// Of a body that came plain nothing but a view is made.
Result<RawBytes> WriteHandler::decompress(http::Request& request) const {
  if (!request.content_encoding.empty()) {
    const auto kept = std::make_shared<const std::string>(std::move(request.body));
    return RawBytes{{kept, kept->data()}, kept->size()};
  }
  SLUICE_TRY(auto body, snappy_decompress_raw(request.body, limits_.write_body_bytes));
  request.body = {};
  return body;
}

Result<http::Response> WriteHandler::write(http::Request& request) {
  SLUICE_TRY(const int version, version_of(request));
  SLUICE_TRY(const RawBytes body, decompress(request));
  metrics_.bytes.inc(static_cast<double>(body.size));
  SLUICE_TRY(FlatWrite decoded, decode(version, body.view()));
  const std::size_t samples = decoded.samples.samples.size() + count_samples(decoded.rest);
  Rejections rejections;
  auto valid = validate_samples(decoded.rest, limits_, clock_.now(), rejections);
  metrics_.count(rejections);
  metrics_.count(valid.skipped);
  const std::size_t histograms = count_histograms(valid.series);
  const std::size_t exemplars = count_exemplars(valid.exemplars);
  for (const SeriesSamples& one : valid.series) decoded.samples.add(one);
  SLUICE_TRY(const auto outcome,
             store_.write_flat(request.tenant, decoded.samples, std::move(decoded.rest.metadata),
                               std::move(valid.exemplars)));
  metrics_.items.inc(static_cast<double>(outcome.accepted));
  refuse_series(outcome, rejections);
  auto response = rejections.empty()
                      ? http::Response::no_content()
                      : http::Response::text(400, rejections.message(samples, "samples"));
  if (version == 2)
    add_statistics(response, outcome.accepted - std::min(outcome.accepted, histograms),
                   std::min(outcome.accepted, histograms), exemplars);
  return response;
}

}  // namespace sluice::ingest
