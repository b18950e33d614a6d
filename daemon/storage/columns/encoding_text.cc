#include "base/types/assert.h"
#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/columns/column_codec.h"

namespace sluice::storage {

ColumnInfo encode_text(Values values, std::string& out) {
  std::vector<std::int64_t> lengths;
  lengths.reserve(values.size());
  std::size_t total = 0;
  for (const std::string_view value : values) {
    lengths.push_back(static_cast<std::int64_t>(value.size()));
    total += value.size();
  }
  SLUICE_ASSERT(total <= max_block_bytes);
  encode_integers(lengths, out);
  out.reserve(out.size() + total);
  for (const std::string_view value : values) out.append(value);
  return info_of(ColumnEncoding::text);
}

Result<void> ColumnDecoder::text() {
  SLUICE_TRY(const auto lengths, decode_integers(in_, rows_));
  const std::string_view bytes = in_.bytes(in_.left());
  auto& offsets = column_.offsets_;
  offsets.resize(rows_ + 1);
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < rows_; ++i) {
    const auto length = static_cast<std::uint64_t>(lengths[i]);
    if (length > bytes.size() - end) return corrupt_column("text is longer than its bytes");
    end += length;
    offsets[i + 1] = static_cast<std::uint32_t>(end);
  }
  if (end != bytes.size() || end > max_block_bytes)
    return corrupt_column("text has bytes that belong to no value");
  keep_bytes(bytes);
  return {};
}

}  // namespace sluice::storage
