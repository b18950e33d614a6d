#include "daemon/storage/columns/group_encoder.h"

#include <numeric>

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

std::vector<std::int64_t> nanoseconds(std::span<const Timestamp> timestamps) {
  std::vector<std::int64_t> ns;
  ns.reserve(timestamps.size());
  for (const Timestamp t : timestamps) ns.push_back(unix_ns(t));
  return ns;
}

}  // namespace

std::size_t EncodedGroup::bytes() const {
  return std::accumulate(chunks.begin(), chunks.end(), header.size(),
                         [](std::size_t sum, const auto& chunk) { return sum + chunk.size(); });
}

void GroupEncoder::begin(std::span<const std::int64_t> template_of,
                         std::span<const std::int64_t> sequences,
                         const std::vector<MetadataColumns::Shape>& shapes) {
  header_.row_templates = add_integers(template_of);
  encoded_.clear();
  encode_timestamps(nanoseconds(timestamps_), level_, encoded_);
  header_.timestamps = packer_.add(encoded_, ColumnClass::time);
  header_.sequences = add_integers(sequences);
  add_row_shapes(shapes);
}

ColumnPlace GroupEncoder::add_integers(std::span<const std::int64_t> values) {
  encoded_.clear();
  encode_integers(values, encoded_);
  return packer_.add(encoded_, ColumnClass::number);
}

void GroupEncoder::add_row_shapes(const std::vector<MetadataColumns::Shape>& shapes) {
  if (shapes.empty()) {
    header_.row_shapes = packer_.add({}, ColumnClass::number);
    return;
  }
  std::vector<std::int64_t> kinds(timestamps_.size());
  for (std::size_t s = 0; s < shapes.size(); ++s)
    for (const std::uint32_t row : shapes[s].rows) kinds[row] = static_cast<std::int64_t>(s + 1);
  header_.row_shapes = add_integers(kinds);
}

void GroupEncoder::begin_template(std::uint32_t number, std::uint32_t slots, LineKind kind,
                                  std::span<const std::uint32_t> rows) {
  header_.templates.push_back({number, static_cast<std::uint32_t>(rows.size()), slots,
                               static_cast<std::uint32_t>(header_.columns.size())});
  gather_times(rows);
  json_ = kind == LineKind::json;
}

void GroupEncoder::add_slot(std::span<const std::string_view> values) {
  encoded_.clear();
  const ColumnInfo info = encode_column(values, times_, encoded_, &distinct_, effort_);
  add_column(info);
  if (info.shape == ColumnShape::dictionary)
    for (const std::uint32_t row : distinct_) look_at(values[row]);
  else if (info.shape == ColumnShape::text)
    for (const std::string_view value : values) look_at(value);
  note_bytes();
}

void GroupEncoder::add_slot(std::span<const JoinSource> sources,
                            std::span<const JoinOrigin> origins) {
  encoded_.clear();
  add_column(join_.encode(sources, origins, times_, encoded_));
  join_.each_text([this](std::string_view value) { look_at(value); });
  note_bytes();
}

void GroupEncoder::add_metadata(const std::vector<MetadataColumns::Shape>& shapes) {
  for (const auto& shape : shapes) add_shape(shape);
}

void GroupEncoder::add_shape(const MetadataColumns::Shape& shape) {
  header_.shapes.push_back({shape.names, static_cast<std::uint32_t>(shape.rows.size()),
                            static_cast<std::uint32_t>(header_.columns.size())});
  gather_times(shape.rows);
  values_.resize(shape.rows.size());
  const std::string_view bytes = shape.values;
  for (std::size_t name = 0; name < shape.names.size(); ++name) {
    for (std::size_t i = 0; i < shape.rows.size(); ++i) {
      const std::size_t value = i * shape.names.size() + name;
      const std::uint32_t begin = value == 0 ? 0 : shape.ends[value - 1];
      values_[i] = bytes.substr(begin, shape.ends[value] - begin);
    }
    encoded_.clear();
    add_column(encode_column(values_, times_, encoded_, nullptr, effort_));
  }
}

void GroupEncoder::gather_times(std::span<const std::uint32_t> rows) {
  times_.clear();
  for (const std::uint32_t row : rows) times_.push_back(timestamps_[row]);
}

void GroupEncoder::add_column(const ColumnInfo& info) {
  header_.columns.push_back({info, packer_.add(encoded_, class_of(info.shape))});
}

void GroupEncoder::look_at(std::string_view value) {
  grams_.add(value);
  bytes_.add(value);
  if (json_ && value.find('\\') != value.npos &&
      (value.find("\\ud") != value.npos || value.find("\\uD") != value.npos))
    header_.surrogates = true;
}

void GroupEncoder::note_bytes() {
  GroupColumn& column = header_.columns.back();
  if (column.info.shape != ColumnShape::dictionary && column.info.shape != ColumnShape::text)
    return;
  const ByteSet set = bytes_.take();
  const std::string key(reinterpret_cast<const char*>(set.bits.data()), sizeof(set.bits));
  const auto [at, added] =
      byte_sets_.try_emplace(key, static_cast<std::uint32_t>(header_.byte_sets.size()));
  if (added) header_.byte_sets.push_back(set);
  column.bytes = at->second;
}

EncodedGroup GroupEncoder::finish(std::size_t line_bytes, std::string_view minutes) {
  packer_.finish();
  header_.line_bytes = line_bytes;
  header_.chunks = std::move(packer_.raw_sizes);
  header_.small = std::move(packer_.small);
  header_.grams = grams_.finish();
  auto counts = MinuteCounts::decode(minutes, timestamps_.size());
  SLUICE_ASSERT(counts.has_value());
  header_.minutes = std::move(*counts);
  return {encode_header(header_, level_), std::move(packer_.chunks)};
}

}  // namespace sluice::storage
