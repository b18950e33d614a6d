#include "daemon/ingest/long_lines.h"

#include <algorithm>
#include <string_view>

namespace sluice::ingest {

namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How much of the text to take: at most `limit` bytes, at least one.
std::size_t cut_length(std::string_view text, std::size_t limit) {
  limit = std::max<std::size_t>(limit, 1);
  if (text.size() <= limit) return text.size();
  constexpr std::size_t longest_character = 4;
  for (std::size_t back = 0; back < longest_character && back < limit; ++back)
    if (!continues_character(text[limit - back])) return limit - back;
  return limit;  // no UTF-8
}

void append_parts(const LogEntry& entry, std::size_t limit, std::vector<LogEntry>& out) {
  std::string_view rest = entry.line;
  const char* part = "first";
  while (!rest.empty()) {
    const std::size_t length = cut_length(rest, limit);
    if (length == rest.size()) part = "last";
    auto& piece = out.emplace_back(
        LogEntry{entry.timestamp, std::string(rest.substr(0, length)), entry.metadata});
    piece.metadata.set("line_part", part);
    rest.remove_prefix(length);
    part = "middle";
  }
}

void truncate_line(LogEntry& entry, std::size_t limit) {
  const std::size_t length = cut_length(entry.line, limit);
  entry.metadata.set("line_cut_bytes", std::to_string(entry.line.size() - length));
  entry.line.resize(length);
}

std::size_t truncate_lines(StreamEntries& stream, std::size_t limit) {
  std::size_t truncated = 0;
  for (auto& entry : stream.entries) {
    if (entry.line.size() <= limit) continue;
    truncate_line(entry, limit);
    ++truncated;
  }
  return truncated;
}

std::size_t split_lines(StreamEntries& stream, BatchIdentity* identity, std::size_t limit) {
  std::vector<LogEntry> entries;
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

LongLines cut_long_lines(StreamEntries& stream, BatchIdentity* identity, const Limits& limits) {
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
