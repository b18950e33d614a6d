#include "daemon/ingest/long_lines.h"

#include <algorithm>
#include <string_view>

#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

namespace {

constexpr std::size_t longest_character = 4;  // bytes in UTF-8

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How much of the text to take: at most `limit` bytes, at least one.
std::size_t cut_length(std::string_view text, std::size_t limit) {
  limit = std::max<std::size_t>(limit, 1);
  if (text.size() <= limit) return text.size();
  for (std::size_t back = 0; back < longest_character && back < limit; ++back)
    if (!continues_character(text[limit - back])) return limit - back;
  return limit;  // no UTF-8
}

// Of a line; a cut that spares a character shortens a part by less than one.
std::size_t most_parts(std::size_t bytes, std::size_t limit) {
  if (bytes <= limit) return 1;
  const std::size_t least = limit < longest_character ? 1 : limit - (longest_character - 1);
  return (bytes + least - 1) / least;
}

void append_parts(const PushEntry& entry, std::size_t limit, std::vector<PushEntry>& out) {
  std::string_view rest = entry.line;
  const char* part = "first";
  while (!rest.empty()) {
    const std::size_t length = cut_length(rest, limit);
    if (length == rest.size()) part = "last";
    auto& piece =
        out.emplace_back(PushEntry{entry.timestamp, rest.substr(0, length), entry.metadata});
    piece.metadata.set("line_part", part);
    rest.remove_prefix(length);
    part = "middle";
  }
}

void truncate_line(PushEntry& entry, std::size_t limit) {
  const std::size_t length = cut_length(entry.line, limit);
  entry.metadata.set("line_cut_bytes", std::to_string(entry.line.size() - length));
  entry.line = entry.line.substr(0, length);
}

std::size_t truncate_lines(PushStream& stream, std::size_t limit) {
  std::size_t truncated = 0;
  for (auto& entry : stream.entries) {
    if (entry.line.size() <= limit) continue;
    truncate_line(entry, limit);
    ++truncated;
  }
  return truncated;
}

std::size_t split_lines(PushStream& stream, BatchIdentity* identity, std::size_t limit) {
  std::vector<PushEntry> entries;
  std::vector<std::uint64_t> ends;
  std::size_t split = 0;
  for (std::size_t i = 0; i < stream.entries.size(); ++i) {
    auto& entry = stream.entries[i];
    if (entry.line.size() > limit) {
      append_parts(entry, limit, entries);
      ++split;
    } else {
      entries.push_back(std::move(entry));
    }
    if (identity) ends.resize(entries.size(), identity->ends[i]);
  }
  stream.entries = std::move(entries);
  if (identity) identity->ends = std::move(ends);
  return split;
}

}  // namespace

Result<void> check_split(const std::vector<PushStream>& streams, const Limits& limits) {
  if (limits.long_lines != LongLinePolicy::split) return {};
  std::size_t entries = 0;
  std::size_t copied = 0;
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries) {
      const std::size_t more = most_parts(entry.line.size(), limits.line_bytes) - 1;
      entries += 1 + more;
      if (more > 0) copied += more * metadata_bytes(entry.metadata);
    }
  const std::string cut = "cut into parts of " + std::to_string(limits.line_bytes) + " bytes";
  if (entries > limits.entries_per_push)
    return invalid_argument("push of " + std::to_string(entries) + " entries once long lines are " +
                            cut + ", limit " + std::to_string(limits.entries_per_push) +
                            "; send smaller batches");
  if (copied > limits.push_body_bytes)
    return invalid_argument("push with " + std::to_string(copied) +
                            " bytes of structured metadata to copy once long lines are " + cut +
                            ", limit " + std::to_string(limits.push_body_bytes) +
                            "; send smaller batches or less metadata");
  return {};
}

LongLines cut_long_lines(PushStream& stream, BatchIdentity* identity, const Limits& limits) {
  LongLines done;
  const bool any = std::any_of(stream.entries.begin(), stream.entries.end(), [&](const auto& e) {
    return e.line.size() > limits.line_bytes;
  });
  if (!any || limits.long_lines == LongLinePolicy::refuse) return done;
  if (limits.long_lines == LongLinePolicy::truncate)
    done.truncated = truncate_lines(stream, limits.line_bytes);
  else
    done.split = split_lines(stream, identity, limits.line_bytes);
  return done;
}

}  // namespace sluice::ingest
