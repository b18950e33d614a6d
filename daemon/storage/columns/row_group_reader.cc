#include "daemon/storage/columns/row_group_reader.h"

#include <algorithm>
#include <iterator>

#include "base/types/assert.h"
#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/touched.h"

namespace sluice::storage {

namespace {

Error bad_group(std::string_view what) {
  return {ErrorCode::corrupt, "row group: " + std::string(what)};
}

std::size_t kept_bytes(const std::vector<Timestamp>& timestamps) {
  return timestamps.capacity() * sizeof(Timestamp);
}

template <typename T>
std::size_t kept_bytes(const T& value) {
  return value.memory_bytes();
}

}  // namespace

template <typename T, typename Load>
Result<std::shared_ptr<const T>> RowGroupReader::item(std::uint32_t number, Load load) {
  if (kept_)
    if (auto found = kept_->find(number)) {
      ++reads_.cached;
      return std::static_pointer_cast<const T>(found);
    }
  ++reads_.decoded;
  SLUICE_TRY(T made, load());
  auto value = std::make_shared<const T>(std::move(made));
  if (kept_) kept_->keep(number, value, kept_bytes(*value));
  return value;
}

Result<std::unique_ptr<RowGroupReader>> RowGroupReader::open(
    std::shared_ptr<const RowGroupHeader> header, std::shared_ptr<const TemplateList> templates,
    FetchChunk fetch, std::unique_ptr<DecodedItems> kept) {
  for (const auto& group : header->templates)
    if (group.number >= templates->size() || (*templates)[group.number].slots() != group.slots)
      return bad_group("names a template that its part does not have");
  return std::unique_ptr<RowGroupReader>(new RowGroupReader(std::move(header), std::move(templates),
                                                            std::move(fetch), std::move(kept)));
}

RowGroupReader::RowGroupReader(std::shared_ptr<const RowGroupHeader> header,
                               std::shared_ptr<const TemplateList> templates, FetchChunk fetch,
                               std::unique_ptr<DecodedItems> kept)
    : header_(std::move(header)),
      templates_(std::move(templates)),
      fetch_(std::move(fetch)),
      kept_(std::move(kept)) {}

// Most readers are asked for no column: their filters tell that there is nothing to find.
void RowGroupReader::make_room() {
  if (!columns_.empty()) return;
  columns_.resize(header_->columns.size());
  parts_.resize(columns_.size());
  line_columns_.resize(columns_.size());
}

Result<std::string_view> RowGroupReader::raw_chunk(std::uint32_t number) {
  for (const RawChunk& known : raw_)
    if (known.number == number) return std::string_view(known.bytes);
  SLUICE_TRY(const std::string stored, fetch_(number));
  ++reads_.chunks;
  reads_.bytes += stored.size();
  RawChunk& slot = raw_[next_raw_];
  next_raw_ = (next_raw_ + 1) % raw_.size();
  slot.number = ColumnPlace::in_header;  // until there is something
  SLUICE_TRY(slot.bytes, zstd_block(stored, header_->chunks[number]));
  slot.number = number;
  return std::string_view(slot.bytes);
}

Result<std::string_view> RowGroupReader::bytes_of(const ColumnPlace& place) {
  if (place.chunk == ColumnPlace::in_header)
    return std::string_view(header_->small).substr(place.offset, place.size);
  SLUICE_TRY(const std::string_view raw, raw_chunk(place.chunk));
  return raw.substr(place.offset, place.size);
}

Result<std::vector<std::int64_t>> RowGroupReader::integers(const ColumnPlace& place) {
  SLUICE_TRY(const std::string_view bytes, bytes_of(place));
  ByteReader in(bytes);
  SLUICE_TRY(auto values, decode_integers(in, header_->rows));
  if (!in.finished()) return bad_group("a column of integers is too long");
  return values;
}

Result<RowPartition> RowGroupReader::partition(const ColumnPlace& place,
                                               std::span<const std::uint32_t> counts) {
  SLUICE_TRY(const std::string_view bytes, bytes_of(place));
  ByteReader in(bytes);
  SLUICE_TRY(auto kinds, decode_small_integers(in, header_->rows));
  if (!in.finished()) return bad_group("a column of kinds is too long");
  auto rows = RowPartition::of(std::move(kinds), counts);
  if (rows.empty()) return bad_group("rows do not fit their templates or metadata");
  return rows;
}

Result<std::span<const Timestamp>> RowGroupReader::timestamps() {
  if (!timestamps_) {
    const auto load = [this]() -> Result<std::vector<Timestamp>> {
      SLUICE_TRY(const auto ns, integers(header_->timestamps));
      std::vector<Timestamp> times;
      reserve_touched(times, ns.size());
      std::transform(ns.begin(), ns.end(), std::back_inserter(times), from_unix_ns);
      return times;
    };
    SLUICE_TRY(timestamps_, item<std::vector<Timestamp>>(DecodedItem::timestamps, load));
  }
  return std::span<const Timestamp>(*timestamps_);
}

Result<std::span<const std::uint64_t>> RowGroupReader::sequences() {
  if (sequences_.empty()) {
    ++reads_.decoded;
    SLUICE_TRY(const auto values, integers(header_->sequences));
    sequences_.reserve(values.size());
    for (const std::int64_t n : values) sequences_.push_back(static_cast<std::uint64_t>(n));
  }
  return std::span<const std::uint64_t>(sequences_);
}

Result<void> RowGroupReader::load_row_templates() {
  if (by_template_) return {};
  make_room();
  const auto load = [this]() -> Result<RowPartition> {
    std::vector<std::uint32_t> counts;
    for (const auto& group : header_->templates) counts.push_back(group.rows);
    return partition(header_->row_templates, counts);
  };
  SLUICE_TRY(by_template_, item<RowPartition>(DecodedItem::by_template, load));
  ordinals_.emplace(*by_template_);
  return {};
}

Result<const RowPartition*> RowGroupReader::by_template() {
  SLUICE_CHECK(load_row_templates());
  return by_template_.get();
}

Result<std::span<const RowNumber>> RowGroupReader::rows_of(std::uint32_t template_number) {
  const std::size_t index = header_->find(template_number);
  if (index == header_->templates.size()) return std::span<const RowNumber>();
  SLUICE_CHECK(load_row_templates());
  return by_template_->rows(index);
}

const ColumnInfo& RowGroupReader::column_info(std::uint32_t template_number,
                                              std::uint32_t slot) const {
  const GroupTemplate& group = header_->templates[header_->find(template_number)];
  return header_->columns[group.first_column + slot].info;
}

bool RowGroupReader::may_contain(std::uint32_t template_number, std::uint32_t slot,
                                 std::string_view text, bool fold) const {
  const GroupTemplate& group = header_->templates[header_->find(template_number)];
  const ByteSet* const bytes = header_->bytes_of(group.first_column + slot);
  return bytes == nullptr || bytes->may_contain(text, fold);
}

Result<const SlotColumn*> RowGroupReader::column(std::uint32_t template_number,
                                                 std::uint32_t slot) {
  const std::size_t index = header_->find(template_number);
  SLUICE_ASSERT(index < header_->templates.size() && slot < header_->templates[index].slots);
  SLUICE_CHECK(load_row_templates());
  return load_column(header_->templates[index].first_column + slot, by_template_->rows(index));
}

Result<const SlotColumn*> RowGroupReader::parts(std::uint32_t template_number, std::uint32_t slot) {
  const std::size_t index = header_->find(template_number);
  SLUICE_ASSERT(index < header_->templates.size() && slot < header_->templates[index].slots);
  SLUICE_CHECK(load_row_templates());
  return load_parts(header_->templates[index].first_column + slot, by_template_->rows(index));
}

// Text that is kept from before serves as well.
Result<const SlotColumn*> RowGroupReader::load_parts(std::size_t column,
                                                     std::span<const RowNumber> rows) {
  const GroupColumn& stored = header_->columns[column];
  if (columns_[column] || !is_pattern(stored.info)) return load_column(column, rows);
  auto& parts = parts_[column];
  if (parts) return parts.get();
  const auto text = DecodedItem::first_column + static_cast<std::uint32_t>(column);
  if (kept_ && kept_->find(text)) return load_column(column, rows);
  const auto number = text + static_cast<std::uint32_t>(2 * columns_.size());
  SLUICE_TRY(parts, item<SlotColumn>(number, [&] { return decode(stored, rows, decode_parts); }));
  column_bytes_ += parts->memory_bytes();
  return parts.get();
}

Result<const TextCodes*> RowGroupReader::text_codes(std::uint32_t template_number,
                                                    std::uint32_t slot) {
  const std::size_t column = header_->templates[header_->find(template_number)].first_column + slot;
  if (text_codes_.empty()) text_codes_.resize(columns_.size());
  auto& codes = text_codes_[column];
  if (codes) return codes.get();
  const auto number =
      DecodedItem::first_column + static_cast<std::uint32_t>(columns_.size() + column);
  SLUICE_TRY(codes, item<TextCodes>(number, [&]() -> Result<TextCodes> {
               return TextCodes(columns_[column] ? columns_[column] : parts_[column]);
             }));
  column_bytes_ += codes->memory_bytes();
  return codes.get();
}

Result<SlotColumn> RowGroupReader::decode(const GroupColumn& stored,
                                          std::span<const RowNumber> rows, Decode how) {
  SLUICE_TRY(std::string_view bytes, bytes_of(stored.place));
  if (!needs_times(stored.info, rows.size(), bytes))
    return how(stored.info, rows.size(), {}, bytes);
  std::vector<Timestamp> times;
  SLUICE_TRY(const auto all, timestamps());
  times.reserve(rows.size());
  for (const RowNumber row : rows) times.push_back(all[row]);
  SLUICE_TRY(bytes, bytes_of(stored.place));  // their chunk may have taken its place
  return how(stored.info, rows.size(), times, bytes);
}

Result<const SlotColumn*> RowGroupReader::load_column(std::size_t column,
                                                      std::span<const RowNumber> rows) {
  if (columns_[column]) return columns_[column].get();
  const auto number = DecodedItem::first_column + static_cast<std::uint32_t>(column);
  SLUICE_TRY(columns_[column], item<SlotColumn>(number, [&] {
               return decode(header_->columns[column], rows, decode_column);
             }));
  column_bytes_ += columns_[column]->memory_bytes();
  return columns_[column].get();
}

Result<void> RowGroupReader::load_lines(std::span<const std::uint32_t> rows) {
  SLUICE_CHECK(load_row_templates());
  std::vector<char> wanted(header_->templates.size());
  for (const std::uint32_t row : rows) wanted[by_template_->kind(row)] = 1;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const GroupTemplate& group = header_->templates[i];
    for (std::size_t slot = 0; slot < group.slots; ++slot) {
      const std::size_t column = group.first_column + slot;
      SLUICE_TRY(line_columns_[column], load_parts(column, by_template_->rows(i)));
    }
  }
  return {};
}

void RowGroupReader::append_line(std::uint32_t row, std::string& out) {
  const GroupTemplate& group = header_->templates[by_template_->kind(row)];
  const auto& pieces = (*templates_)[group.number].pieces;
  const std::uint32_t ordinal = ordinals_->of(row);
  out += pieces[0];
  for (std::size_t slot = 0; slot < group.slots; ++slot) {
    line_columns_[group.first_column + slot]->append(ordinal, out);
    out += pieces[slot + 1];
  }
}

Result<void> RowGroupReader::line(std::uint32_t row, std::string& out) {
  SLUICE_CHECK(load_lines(std::span(&row, 1)));
  out.clear();
  append_line(row, out);
  ++reads_.lines;
  return {};
}

Result<void> RowGroupReader::lines(std::span<const std::uint32_t> rows, std::string& arena,
                                   std::vector<std::string_view>& views) {
  SLUICE_CHECK(load_lines(rows));
  arena.clear();
  views.clear();
  reads_.lines += rows.size();
  std::vector<std::size_t> ends;
  ends.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    append_line(row, arena);
    ends.push_back(arena.size());
  }
  views.reserve(rows.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    views.push_back(std::string_view(arena).substr(begin, end - begin));
    begin = end;
  }
  return {};
}

Result<std::uint32_t> RowGroupReader::line_length(std::uint32_t row) {
  SLUICE_CHECK(load_lines(std::span(&row, 1)));
  const GroupTemplate& group = header_->templates[by_template_->kind(row)];
  std::size_t length = (*templates_)[group.number].static_bytes();
  const std::uint32_t ordinal = ordinals_->of(row);
  for (std::size_t slot = 0; slot < group.slots; ++slot)
    length += line_columns_[group.first_column + slot]->length(ordinal);
  return static_cast<std::uint32_t>(length);
}

Result<void> RowGroupReader::load_shapes() {
  if (!by_shape_.empty()) return {};
  make_room();
  ++reads_.decoded;
  std::vector<std::uint32_t> counts = {header_->rows};
  for (const auto& shape : header_->shapes) {
    counts.push_back(shape.rows);
    counts[0] -= shape.rows;
  }
  SLUICE_TRY(by_shape_, partition(header_->row_shapes, counts));
  shape_ordinals_.emplace(by_shape_);
  return {};
}

Result<const LabelSet*> RowGroupReader::metadata_of(std::uint32_t row) {
  const std::uint32_t kind = by_shape_.kind(row);
  if (kind == 0) return nullptr;
  const MetadataShape& shape = header_->shapes[kind - 1];
  shape_columns_.clear();
  for (std::size_t i = 0; i < shape.names.size(); ++i) {
    SLUICE_TRY(const SlotColumn* column, load_column(shape.first_column + i, by_shape_.rows(kind)));
    shape_columns_.push_back(column);
  }
  return sets_.get(kind, shape, shape_columns_, shape_ordinals_->of(row));
}

Result<void> RowGroupReader::metadata(std::span<const std::uint32_t> rows,
                                      std::vector<const LabelSet*>& out) {
  out.clear();
  if (!has_metadata()) {
    out.resize(rows.size());
    return {};
  }
  SLUICE_CHECK(load_shapes());
  out.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    SLUICE_TRY(const LabelSet* labels, metadata_of(row));
    out.push_back(labels);
  }
  return {};
}

std::size_t RowGroupReader::memory_bytes() const {
  std::size_t bytes = column_bytes_ + sets_.memory_bytes() + sequences_.size() * 8 +
                      by_shape_.memory_bytes() + columns_.size() * sizeof(columns_[0]);
  if (timestamps_) bytes += kept_bytes(*timestamps_);
  if (by_template_) bytes += by_template_->memory_bytes();
  for (const RawChunk& chunk : raw_) bytes += chunk.bytes.size();
  return bytes;
}

}  // namespace sluice::storage
