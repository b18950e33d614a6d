// Text whose values are sentences with something in common: cut by value_splitter.h, the varying
// parts as columns of their own. In memory it is text again, or a PatternColumn.
#include <algorithm>
#include <bit>
#include <deque>
#include <unordered_map>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"
#include "daemon/storage/columns/pattern_column.h"
#include "daemon/storage/columns/planes.h"
#include "daemon/storage/columns/value_splitter.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_patterns = 64;  // a writer's; one more for what fits none
constexpr std::size_t max_patterns_read = 256;
constexpr std::size_t max_slots = 32;
// Of the values together: a few bytes must not become as many as they like.
constexpr std::size_t max_text = 64 << 20;

struct TextPattern {
  std::vector<std::string> pieces;
  std::vector<std::vector<std::string_view>> columns;  // one fewer
  std::vector<Timestamp> times;
};

struct TextPatterns {
  std::deque<TextPattern> list;
  std::vector<std::uint32_t> numbers;  // per row
};

// The fixed bytes of a value, a NUL for each slot. Values that hold a NUL themselves fit none.
bool key_of(std::string_view value, const std::vector<SlotRange>& slots, std::string& key) {
  key.clear();
  std::size_t at = 0;
  for (const SlotRange& slot : slots) {
    key.append(value, at, slot.begin - at).push_back('\0');
    at = slot.end;
  }
  key.append(value, at);
  const auto nuls = static_cast<std::size_t>(std::count(key.begin(), key.end(), '\0'));
  return nuls == slots.size() && slots.size() <= max_slots;
}

TextPattern pattern_of_key(std::string_view key) {
  TextPattern pattern;
  for (std::size_t at = 0;;) {
    const std::size_t end = key.find('\0', at);
    pattern.pieces.emplace_back(key.substr(at, end - at));
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  pattern.columns.resize(pattern.pieces.size() - 1);
  return pattern;
}

class PatternBuilder {
 public:
  void add(std::string_view value, Timestamp time) {
    split_value(value, slots_);
    if (!key_of(value, slots_, key_)) whole(value);
    auto found = by_key_.find(key_);
    if (found == by_key_.end() && by_key_.size() >= max_patterns) {
      whole(value);
      found = by_key_.find(key_);
    }
    if (found == by_key_.end()) {
      found = by_key_.emplace(key_, patterns_.list.size()).first;
      patterns_.list.push_back(pattern_of_key(key_));
    }
    TextPattern& pattern = patterns_.list[found->second];
    for (std::size_t i = 0; i < slots_.size(); ++i)
      pattern.columns[i].push_back(value.substr(slots_[i].begin, slots_[i].end - slots_[i].begin));
    pattern.times.push_back(time);
    patterns_.numbers.push_back(static_cast<std::uint32_t>(found->second));
  }
  TextPatterns finish() { return std::move(patterns_); }

 private:
  void whole(std::string_view value) {
    slots_.assign(1, {0, static_cast<std::uint32_t>(value.size())});
    key_.assign(1, '\0');
  }

  TextPatterns patterns_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<SlotRange> slots_;
  std::string key_;
};

TextPatterns find_patterns(Values values, Times times) {
  PatternBuilder builder;
  for (std::size_t i = 0; i < values.size(); ++i) builder.add(values[i], times[i]);
  return builder.finish();
}

void put_patterns(const TextPatterns& patterns, std::string& out) {
  put_varint(out, patterns.list.size());
  for (const TextPattern& pattern : patterns.list) {
    put_varint(out, pattern.columns.size());
    for (const std::string& piece : pattern.pieces) put_string(out, piece);
  }
  const auto& numbers = patterns.numbers;
  const unsigned bits = plane_bits(static_cast<unsigned>(std::bit_width(patterns.list.size() - 1)));
  const std::size_t before = out.size();
  out.resize(before + 1 + planes_size(bits, numbers.size()));
  out[before] = static_cast<char>(bits);
  fill_planes(out.data() + before + 1, bits, numbers.size(),
              [&](std::size_t i) -> std::uint64_t { return numbers[i]; });
  std::string payload;
  for (const TextPattern& pattern : patterns.list)
    for (const auto& column : pattern.columns) {
      payload.clear();
      put_column_info(out, encode_plain(column, pattern.times, payload));
      put_string(out, payload);
    }
}

// From a few values: whether they have few patterns, and parts that vary less than the whole.
bool looks_patterned(Values values) {
  constexpr std::size_t samples = 48;
  constexpr std::size_t few = 12;
  std::vector<SlotRange> slots;
  std::vector<std::string> keys;
  std::string key;
  std::size_t useful = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const std::string_view value = values[i * values.size() / samples];
    split_value(value, slots);
    if (!key_of(value, slots, key)) return false;
    if (!slots.empty() && key.size() > 1) ++useful;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    if (keys.size() > few) return false;
  }
  return useful > samples / 2;
}

// Whether patterns of some values in the middle are clearly smaller than their text.
bool smaller_as_pattern(Values values, Times times) {
  constexpr std::size_t most = 2048;
  const std::size_t count = std::min(most, values.size());
  const std::size_t from = (values.size() - count) / 2;
  const Values some = values.subspan(from, count);
  std::string text;
  std::string parts;
  (void)encode_text(some, text);
  put_patterns(find_patterns(some, times.subspan(from, count)), parts);
  std::string small_text;
  std::string small_parts;
  append_zstd(small_text, text, 1);
  append_zstd(small_parts, parts, 1);
  return small_parts.size() < small_text.size() - small_text.size() / 10;
}

// A pattern that is being read.
struct StoredPattern {
  std::vector<std::string_view> pieces;
  std::vector<Timestamp> times;  // of its rows, if times are needed
  PatternColumn::Pattern decoded;
};

bool read_pieces(ByteReader& in, std::vector<StoredPattern>& patterns) {
  const std::size_t count = in.count(2);
  if (!in.ok() || count == 0 || count > max_patterns_read) return false;
  patterns.resize(count);
  for (StoredPattern& pattern : patterns) {
    const std::size_t slots = in.count(1);
    if (slots > max_slots) return false;
    for (std::size_t i = 0; i <= slots; ++i) pattern.pieces.push_back(in.string());
  }
  return in.ok();
}

Result<void> read_columns(ByteReader& in, StoredPattern& pattern) {
  for (std::size_t i = 0; i + 1 < pattern.pieces.size(); ++i) {
    SLUICE_TRY(const ColumnInfo info, read_column_info(in));
    if (info.encoding == static_cast<std::uint8_t>(ColumnEncoding::pattern))
      return corrupt_column("a pattern lies within a pattern");
    SLUICE_TRY(auto column, decode_column(info, pattern.decoded.rows, pattern.times, in.string()));
    pattern.decoded.columns.push_back(std::move(column));
  }
  return {};
}

}  // namespace

std::optional<ColumnInfo> encode_pattern(Values values, Times times, std::string& out) {
  constexpr std::size_t least_rows = 64;
  if (values.size() < least_rows || !looks_patterned(values)) return std::nullopt;
  std::size_t total = 0;
  for (const std::string_view value : values) total += value.size();
  if (total > max_text || !smaller_as_pattern(values, times)) return std::nullopt;
  put_patterns(find_patterns(values, times), out);
  return info_of(ColumnEncoding::pattern);
}

// What does not decode is for the decoder to say.
bool pattern_needs_times(std::size_t rows, std::string_view encoded) {
  ByteReader in(encoded);
  std::vector<StoredPattern> patterns;
  if (!read_pieces(in, patterns)) return false;
  const std::string_view bits = in.bytes(1);
  if (!in.ok()) return false;
  in.bytes(planes_size(static_cast<unsigned char>(bits[0]), rows));
  for (const StoredPattern& pattern : patterns)
    for (std::size_t i = 0; i + 1 < pattern.pieces.size(); ++i) {
      const auto info = read_column_info(in);
      if (!info || info->encoding == static_cast<std::uint8_t>(ColumnEncoding::pattern))
        return false;
      if (needs_times(*info, 0, in.string())) return true;
    }
  return false;
}

Result<void> ColumnDecoder::pattern() {
  std::vector<StoredPattern> patterns;
  std::vector<std::uint32_t> numbers(rows_);
  if (!read_pieces(in_, patterns) || !get_planes(in_, numbers))
    return corrupt_column("patterns do not decode");
  for (std::size_t i = 0; i < rows_; ++i) {
    if (numbers[i] >= patterns.size()) return corrupt_column("a row has no pattern");
    ++patterns[numbers[i]].decoded.rows;
    if (!times_.empty()) patterns[numbers[i]].times.push_back(times_[i]);
  }
  std::vector<PatternColumn::Pattern> decoded;
  for (StoredPattern& pattern : patterns) {
    SLUICE_CHECK(read_columns(in_, pattern));
    pattern.decoded.pieces.assign(pattern.pieces.begin(), pattern.pieces.end());
    decoded.push_back(std::move(pattern.decoded));
  }
  column_.parts_ = std::make_shared<const PatternColumn>(std::move(decoded), numbers);
  if (!column_.parts_->text_fits(max_text)) return corrupt_column("patterns give too much text");
  return {};
}

void ColumnDecoder::render() {
  column_.parts_->render(column_.bytes_, column_.offsets_);
  column_.parts_.reset();
}

}  // namespace sluice::storage
