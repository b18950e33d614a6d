#include "daemon/storage/head_encode.h"

#include <algorithm>
#include <functional>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

// A little more than it takes: growing would copy, shrinking too.
std::size_t encoded_size_at_most(const std::vector<PushStream>& streams, bool with_lines) {
  constexpr std::size_t entry_numbers = 10 + 10 + 5 + 2;  // timestamp, gap, size, of metadata
  std::size_t bytes = 512;
  for (const auto& stream : streams) {
    bytes += 32 + label_bytes(stream.labels);
    for (const auto& entry : stream.entries)
      bytes += entry_numbers + (with_lines ? entry.line.size() : 0) + label_bytes(entry.metadata);
  }
  return bytes;
}

// Writes lines, or where in the text they lie.
class LineWriter {
 public:
  LineWriter(std::string& out, std::string_view text) : out_(out), text_(text) {}

  void put(std::string_view line) {
    if (text_.data() == nullptr) return put_string(out_, line);
    // An empty line lies anywhere, even elsewhere.
    const std::int64_t begin = line.empty() ? line_end_ : line.data() - text_.data();
    put_zigzag(out_, begin - line_end_);
    put_varint(out_, line.size());
    line_end_ = begin + static_cast<std::int64_t>(line.size());
  }

 private:
  std::string& out_;
  std::string_view text_;
  std::int64_t line_end_ = 0;
};

void put_entries(std::string& out, const std::vector<PushEntry>& entries, LineWriter& lines) {
  put_varint(out, entries.size());
  std::int64_t previous = 0;
  for (const PushEntry& entry : entries) {
    put_zigzag(out, wrapping_sub(unix_ns(entry.timestamp), previous));
    previous = unix_ns(entry.timestamp);
    lines.put(entry.line);
    put_labels(out, entry.metadata);
  }
}

// Of pointers into different objects std::less knows an order, < does not.
bool lies_in(std::string_view part, std::string_view text) {
  const std::less_equal<> at_most;
  return part.empty() || (at_most(text.data(), part.data()) &&
                          at_most(part.data() + part.size(), text.data() + text.size()));
}

std::string pack_inside(std::string_view entries) {
  std::string payload;
  put_varint(payload, entries.size());
  append_lz4(payload, entries);
  return payload;
}

std::string pack_sent(std::string_view entries, std::string_view block) {
  std::string index;
  append_lz4(index, entries);
  constexpr std::size_t numbers = 3 * 10;
  std::string payload;
  payload.reserve(numbers + index.size() + block.size());
  put_varint(payload, 0);
  put_varint(payload, entries.size());
  put_string(payload, index);
  payload += block;
  return payload;
}

Result<HeadBody> unpack_sent(ByteReader in) {
  const std::uint64_t raw_size = in.varint();
  const std::string_view index = in.bytes(in.varint());
  if (!in.ok() || raw_size == 0) return damaged_head("index is cut");
  HeadBody body;
  SLUICE_TRY(body.entries, lz4_block(index, raw_size));
  auto text = snappy_decompress_raw(in.bytes(in.left()), max_block_bytes);
  if (!text) return damaged_head(text.error().message);
  body.text = std::move(*text);
  return body;
}

}  // namespace

HeadBody encode_head_batch(const TenantId& tenant, Timestamp received,
                           const std::vector<PushStream>& streams, const RawBytes& text) {
  HeadBody body{{}, text};
  std::string& out = body.entries;
  out.reserve(encoded_size_at_most(streams, text.data == nullptr));
  put_string(out, tenant.value);
  put_zigzag(out, unix_ns(received));
  const auto filled = std::count_if(streams.begin(), streams.end(),
                                    [](const auto& stream) { return !stream.entries.empty(); });
  put_varint(out, static_cast<std::uint64_t>(filled));
  LineWriter lines(out, text.view());
  for (const auto& stream : streams) {
    if (stream.entries.empty()) continue;
    put_labels(out, stream.labels);
    put_entries(out, stream.entries, lines);
  }
  return body;
}

bool worth_keeping(const SentText& sent, const std::vector<PushStream>& streams) {
  const std::string_view text = sent.text.view();
  if (text.data() == nullptr || text.size() > max_block_bytes) return false;
  if (sent.block.size() > text.size() / 4 * 3) return false;
  std::size_t bytes = 0;
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries) {
      if (!lies_in(entry.line, text)) return false;
      bytes += entry.line.size();
    }
  return bytes >= text.size() / 2;
}

std::string pack_head(const HeadBody& body, std::string_view block) {
  return body.text.data == nullptr ? pack_inside(body.entries) : pack_sent(body.entries, block);
}

Result<HeadBody> unpack_head(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t raw_size = in.varint();
  if (!in.ok()) return damaged_head("no size");
  if (raw_size == 0) return unpack_sent(in);
  SLUICE_TRY(std::string entries, lz4_block(in.bytes(in.left()), raw_size));
  return HeadBody{std::move(entries), {}};
}

}  // namespace sluice::storage
