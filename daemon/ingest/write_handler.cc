#include "daemon/ingest/write_handler.h"

#include "base/codec/compress.h"
#include "daemon/ingest/answers.h"
#include "daemon/ingest/remote_write.h"
#include "daemon/ingest/validate_samples.h"

namespace sluice::ingest {

namespace {

Error unsupported(const std::string& what) {
  return {ErrorCode::unsupported_media,
          what + "; send remote write 1.0: application/x-protobuf in a snappy block"};
}

Result<void> check_content_type(const http::Request& request) {
  const std::string_view header = request.headers.get("Content-Type");
  if (header.find("io.prometheus.write.v2.Request") != std::string_view::npos)
    return unsupported("remote write 2.0 is not spoken here");
  const std::string type = media_type(header);
  if (type.empty() || type == "application/x-protobuf" || type == "application/octet-stream")
    return {};
  return unsupported("Content-Type \"" + type + "\" is not accepted");
}

std::size_t count_samples(const WriteRequest& request) {
  std::size_t samples = 0;
  for (const auto& series : request.series) samples += series.samples.size();
  return samples;
}

}  // namespace

http::Response WriteHandler::handle(http::Request& request) {
  metrics_.requests.inc();
  auto response = write(request);
  if (response) return std::move(*response);
  const auto code = response.error().code;
  if (code != ErrorCode::no_space && code != ErrorCode::limit_exceeded) metrics_.invalid.inc();
  return error_answer(response.error());
}

Result<http::Response> WriteHandler::write(http::Request& request) {
  SLUICE_CHECK(check_content_type(request));
  if (request.content_encoding.empty()) {
    SLUICE_TRY(request.body, snappy_decompress(request.body, limits_.write_body_bytes));
  }
  metrics_.bytes.inc(static_cast<double>(request.body.size()));
  SLUICE_TRY(auto decoded, decode_remote_write(request.body));
  metrics_.count_skipped("exemplar", decoded.exemplars);
  metrics_.count_skipped("histogram", decoded.histograms);
  const std::size_t samples = count_samples(decoded);
  if (samples > limits_.samples_per_write)
    return invalid_argument("write of " + std::to_string(samples) + " samples, limit " +
                            std::to_string(limits_.samples_per_write) + "; send smaller batches");
  Rejections rejections;
  auto series = validate_samples(decoded, limits_, clock_.now(), rejections);
  metrics_.count(rejections);
  SLUICE_TRY(const std::size_t accepted,
             store_.write(request.tenant, std::move(series), std::move(decoded.metadata)));
  metrics_.items.inc(static_cast<double>(accepted));
  if (rejections.empty()) return http::Response::no_content();
  return http::Response::text(400, rejections.message(samples, "samples"));
}

}  // namespace sluice::ingest
