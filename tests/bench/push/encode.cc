#include "tests/bench/push/encode.h"

#include <protozero/pbf_writer.hpp>

#include "base/codec/compress.h"
#include "base/codec/json_writer.h"
#include "base/types/labels.h"

namespace sluice::bench {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

// {a="b"} as a JSON object.
std::string labels_json(const std::string& text) {
  const auto labels = parse_labels(text).value();
  JsonWriter w;
  w.begin_object();
  for (const auto& [name, value] : labels) w.key(name).string(value);
  return w.end_object().take();
}

std::string encode_json(const Batch& batch) {
  JsonWriter w;
  w.begin_object().key("streams").begin_array();
  for (const auto& stream : batch.streams) {
    w.begin_object().key("stream").raw(labels_json(*stream.labels)).key("values").begin_array();
    for (const auto& entry : stream.entries)
      w.begin_array().string(std::to_string(entry.unix_ns)).string(entry.line).end_array();
    w.end_array().end_object();
  }
  return w.end_array().end_object().take();
}

std::string encode_protobuf(const Batch& batch) {
  std::string body;
  body.reserve(batch.bytes + 32 * batch.lines);
  protozero::pbf_writer writer(body);
  for (const auto& stream : batch.streams) {
    protozero::pbf_writer stream_writer(writer, 1);
    stream_writer.add_string(1, *stream.labels);
    for (const auto& entry : stream.entries) {
      protozero::pbf_writer entry_writer(stream_writer, 2);
      {
        protozero::pbf_writer time(entry_writer, 1);
        time.add_int64(1, entry.unix_ns / second_ns);
        time.add_int32(2, static_cast<std::int32_t>(entry.unix_ns % second_ns));
      }
      entry_writer.add_string(2, entry.line.data(), entry.line.size());
    }
  }
  return snappy_compress(body);
}

}  // namespace

std::optional<PushFormat> push_format(std::string_view name) {
  if (name == "json") return PushFormat::json;
  if (name == "gzip") return PushFormat::gzip;
  if (name == "protobuf") return PushFormat::protobuf;
  return std::nullopt;
}

http::ClientRequest make_request(const std::string& url, PushFormat format, const Batch& batch) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url + "/loki/api/v1/push";
  if (format == PushFormat::protobuf) {
    request.headers.set("Content-Type", "application/x-protobuf");
    request.body = encode_protobuf(batch);
    return request;
  }
  request.headers.set("Content-Type", "application/json");
  request.body = encode_json(batch);
  if (format == PushFormat::gzip) {
    request.headers.set("Content-Encoding", "gzip");
    request.body = gzip_compress(request.body);
  }
  return request;
}

}  // namespace sluice::bench
