#include "daemon/ingest/loki_push_protobuf.h"

#include <algorithm>

#include "daemon/ingest/protobuf_field.h"

namespace sluice::ingest {

namespace {

std::string_view bytes(protozero::pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

Result<Timestamp> read_timestamp(protozero::pbf_reader reader) {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  while (reader.next()) {
    if (is_field(reader, 1, as_varint))
      seconds = reader.get_int64();
    else if (is_field(reader, 2, as_varint))
      nanos = reader.get_int32();
    else
      reader.skip();
  }
  constexpr std::int64_t seconds_max = INT64_MAX / 1'000'000'000;
  if (seconds >= seconds_max || seconds <= -seconds_max || nanos < 0 || nanos >= 1'000'000'000)
    return invalid_argument("timestamp of " + std::to_string(seconds) + " s and " +
                            std::to_string(nanos) + " ns is out of range");
  return from_unix_ns(seconds * 1'000'000'000 + nanos);
}

Label read_pair(protozero::pbf_reader reader) {
  Label label;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      label.name = bytes(reader);
    else if (is_field(reader, 2, as_bytes))
      label.value = bytes(reader);
    else
      reader.skip();
  }
  return label;
}

Result<PushEntry> read_entry(protozero::pbf_reader reader) {
  PushEntry entry;
  std::vector<Label> metadata;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      SLUICE_TRY(entry.timestamp, read_timestamp(reader.get_message()));
    } else if (is_field(reader, 2, as_bytes)) {
      entry.line = bytes(reader);
    } else if (is_field(reader, 3, as_bytes)) {
      metadata.push_back(read_pair(reader.get_message()));
    } else {
      reader.skip();
    }
  }
  if (!metadata.empty()) entry.metadata = LabelSet::from(std::move(metadata));
  return entry;
}

// As many entries as there will be if they are all like the first. Bounded: what is sent decides.
void reserve_like(std::string_view first, std::size_t bytes_left, std::vector<PushEntry>& entries) {
  constexpr std::size_t most = 8 << 10;
  entries.reserve(std::min(most, 1 + bytes_left / std::max<std::size_t>(1, first.size())));
}

Result<PushStream> read_stream(protozero::pbf_reader reader) {
  PushStream stream;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      SLUICE_TRY(stream.labels, parse_labels(bytes(reader)));
    } else if (is_field(reader, 2, as_bytes)) {
      const std::string_view message = bytes(reader);
      if (stream.entries.empty()) reserve_like(message, reader.length(), stream.entries);
      SLUICE_TRY(auto entry, read_entry(protozero::pbf_reader(message.data(), message.size())));
      stream.entries.push_back(std::move(entry));
    } else {
      reader.skip();
    }
  }
  return stream;
}

Result<std::vector<PushStream>> read_request(protozero::pbf_reader reader) {
  std::vector<PushStream> streams;
  while (reader.next()) {
    if (!is_field(reader, 1, as_bytes)) {
      reader.skip();
      continue;
    }
    auto stream = read_stream(reader.get_message());
    if (!stream)
      return invalid_argument("push: streams[" + std::to_string(streams.size()) +
                              "]: " + stream.error().message);
    streams.push_back(std::move(*stream));
  }
  return streams;
}

}  // namespace

Result<std::vector<PushStream>> decode_loki_protobuf(std::string_view body) {
  try {
    return read_request(protozero::pbf_reader(body.data(), body.size()));
  } catch (const protozero::exception& e) {
    return invalid_argument(std::string("push: not a protobuf PushRequest: ") + e.what());
  }
}

}  // namespace sluice::ingest
