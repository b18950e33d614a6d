#include "agent/ship/push_encode.h"

#include <protozero/pbf_writer.hpp>

#include "base/codec/compress.h"

namespace sluice::agent {
namespace {

void write_timestamp(protozero::pbf_writer& entry, Timestamp t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t);
  protozero::pbf_writer w(entry, 1);
  w.add_int64(1, seconds.time_since_epoch().count());
  w.add_int32(2, static_cast<std::int32_t>((t - seconds).count()));
}

void write_metadata(protozero::pbf_writer& entry, std::string_view name, std::string_view value) {
  protozero::pbf_writer pair(entry, 3);
  pair.add_string(1, name.data(), name.size());
  pair.add_string(2, value.data(), value.size());
}

void write_entry(protozero::pbf_writer& stream, const Batch& batch, const BatchLine& line) {
  protozero::pbf_writer entry(stream, 2);
  write_timestamp(entry, line.timestamp);
  const auto text = batch.text(line);
  entry.add_string(2, text.data(), text.size());
  if (line.part != LinePart::whole) write_metadata(entry, "line_part", to_string(line.part));
  if (batch.loss_marker) write_metadata(entry, "sluice_loss", "1");
}

}  // namespace

std::string encode_push(const Batch& batch) {
  std::string out;
  out.reserve(batch.bytes.size() + batch.lines.size() * 24 + 256);
  protozero::pbf_writer request(out);
  {
    protozero::pbf_writer stream(request, 1);
    stream.add_string(1, batch.labels.to_string());
    for (const auto& line : batch.lines) write_entry(stream, batch, line);
  }
  return out;
}

std::string encode_push_body(const Batch& batch) {
  return snappy_compress(encode_push(batch));
}

}  // namespace sluice::agent
