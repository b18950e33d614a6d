#include "daemon/storage/columns/row_group_writer.h"

#include <numeric>

#include "base/types/assert.h"
#include "daemon/storage/columns/chunk_packer.h"

namespace sluice::storage {

namespace {

// Encodes the columns of one row group, in the order of the format page.
class GroupEncoder {
 public:
  GroupEncoder(const LineGroups& lines, std::span<const Timestamp> timestamps, int zstd_level)
      : lines_(lines), timestamps_(timestamps), packer_(zstd_level) {}

  RowGroupHeader header;

  ColumnPlace add_integers(std::span<const std::int64_t> values) {
    encoded_.clear();
    encode_integers(values, encoded_);
    return packer_.add(encoded_);
  }

  void add_row_templates(const std::vector<LineGroups::Group>& groups) {
    std::vector<std::int64_t> kinds(timestamps_.size());
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (const std::uint32_t row : groups[g].rows) kinds[row] = static_cast<std::int64_t>(g);
    header.row_templates = add_integers(kinds);
  }

  void add_row_shapes(const std::vector<MetadataColumns::Shape>& shapes) {
    if (shapes.empty()) {
      header.row_shapes = packer_.add({});
      return;
    }
    std::vector<std::int64_t> kinds(timestamps_.size());
    for (std::size_t s = 0; s < shapes.size(); ++s)
      for (const std::uint32_t row : shapes[s].rows) kinds[row] = static_cast<std::int64_t>(s + 1);
    header.row_shapes = add_integers(kinds);
  }

  void add_template(const LineGroups::Group& group, LineKind kind) {
    header.templates.push_back({group.number, static_cast<std::uint32_t>(group.rows.size()),
                                group.slots, static_cast<std::uint32_t>(header.columns.size())});
    gather_times(group.rows);
    values_.resize(group.rows.size());
    for (std::size_t slot = 0; slot < group.slots; ++slot) {
      for (std::size_t i = 0; i < group.rows.size(); ++i)
        values_[i] = lines_.value(group.ranges[i * group.slots + slot]);
      add_column();
      look_at_values(kind == LineKind::json);
    }
  }

  void add_shape(const MetadataColumns::Shape& shape) {
    header.shapes.push_back({shape.names, static_cast<std::uint32_t>(shape.rows.size()),
                             static_cast<std::uint32_t>(header.columns.size())});
    gather_times(shape.rows);
    values_.resize(shape.rows.size());
    const std::string_view bytes = shape.values;
    for (std::size_t name = 0; name < shape.names.size(); ++name) {
      for (std::size_t i = 0; i < shape.rows.size(); ++i) {
        const std::size_t value = i * shape.names.size() + name;
        const std::uint32_t begin = value == 0 ? 0 : shape.ends[value - 1];
        values_[i] = bytes.substr(begin, shape.ends[value] - begin);
      }
      add_column();
    }
  }

  RowGroupWriter::Encoded finish(int zstd_level) {
    packer_.finish();
    header.chunks = std::move(packer_.raw_sizes);
    header.small = std::move(packer_.small);
    header.grams = grams_.finish();
    return {encode_header(header, zstd_level), std::move(packer_.chunks)};
  }

 private:
  void gather_times(const std::vector<std::uint32_t>& rows) {
    times_.clear();
    for (const std::uint32_t row : rows) times_.push_back(timestamps_[row]);
  }

  void add_column() {
    encoded_.clear();
    GroupColumn column;
    column.info = encode_column(values_, times_, encoded_);
    column.place = packer_.add(encoded_);
    header.columns.push_back(column);
  }

  // Of the column just added: what the header says of texts. Numbers are not looked at.
  void look_at_values(bool json) {
    const ColumnInfo& info = header.columns.back().info;
    if (info.shape == ColumnShape::text) return look_at(values_, json);
    if (info.shape != ColumnShape::dictionary) return;
    const auto column = decode_column(info, values_.size(), {}, encoded_);
    SLUICE_ASSERT(column.has_value());
    look_at(column->values(), json);
  }

  void look_at(std::span<const std::string_view> values, bool json) {
    for (const std::string_view value : values) {
      grams_.add(value);
      if (json && (value.find("\\ud") != value.npos || value.find("\\uD") != value.npos))
        header.surrogates = true;
    }
  }

  const LineGroups& lines_;
  std::span<const Timestamp> timestamps_;
  ChunkPacker packer_;
  GramFilterBuilder grams_;
  std::string encoded_;
  std::vector<std::string_view> values_;
  std::vector<Timestamp> times_;
};

std::vector<std::int64_t> nanoseconds(const std::vector<Timestamp>& timestamps) {
  std::vector<std::int64_t> ns;
  ns.reserve(timestamps.size());
  for (const Timestamp t : timestamps) ns.push_back(unix_ns(t));
  return ns;
}

}  // namespace

RowGroupWriter::RowGroupWriter(TemplateTable& templates) : templates_(templates) {
  add_plain_template(templates_);
}

std::size_t RowGroupWriter::Encoded::bytes() const {
  return std::accumulate(chunks.begin(), chunks.end(), header.size(),
                         [](std::size_t sum, const auto& chunk) { return sum + chunk.size(); });
}

void RowGroupWriter::add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                         const LabelSet* metadata) {
  metadata_.add(static_cast<std::uint32_t>(rows()), metadata);
  minutes_.add(timestamp, line.size());
  timestamps_.push_back(timestamp);
  sequences_.push_back(static_cast<std::int64_t>(sequence));
  lines_.add(line);
}

bool RowGroupWriter::full() const {
  return rows() >= row_group_rows_max || lines_.bytes() + metadata_.bytes() >= row_group_bytes_max;
}

RowGroupWriter::Encoded RowGroupWriter::finish(int zstd_level) {
  const auto groups = lines_.finish(templates_);
  GroupEncoder encoder(lines_, timestamps_, zstd_level);
  RowGroupHeader& header = encoder.header;
  header.rows = static_cast<std::uint32_t>(rows());
  header.line_bytes = lines_.bytes();
  encoder.add_row_templates(groups);
  header.timestamps = encoder.add_integers(nanoseconds(timestamps_));
  header.sequences = encoder.add_integers(sequences_);
  encoder.add_row_shapes(metadata_.shapes());
  for (const auto& group : groups) encoder.add_template(group, templates_.at(group.number).kind);
  for (const auto& shape : metadata_.shapes()) encoder.add_shape(shape);
  auto minutes = MinuteCounts::decode(minutes_.finish(), rows());
  SLUICE_ASSERT(minutes.has_value());
  header.minutes = std::move(*minutes);
  Encoded encoded = encoder.finish(zstd_level);
  clear();
  return encoded;
}

void RowGroupWriter::clear() {
  lines_.clear();
  metadata_ = {};
  minutes_ = {};
  timestamps_.clear();
  sequences_.clear();
}

}  // namespace sluice::storage
