// FieldCodes: gives the values of a field small numbers, from the bytes that stand in
// lines. One per field and row group; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/code_table.h"
#include "query/log_projection.h"

namespace sluice::storage {

class FieldCodes {
 public:
  explicit FieldCodes(query::LogProjection::Parser parser) : parser_(parser) {}

  // FieldColumn::absent if the parser makes no label of the bytes. `lasting`: the bytes stay where
  // they are for as long as this lives, so they need not be copied. `hash`: XXH3 of the bytes.
  std::uint32_t code_of(bool quoted, std::string_view bytes, bool lasting);
  std::uint32_t code_of(bool quoted, std::string_view bytes, bool lasting, std::uint64_t hash);
  // The codes of all these values, which last and are what the parser makes of their bytes. Of a
  // great many, looking for equal ones would take longer than it spares: each gets a new code.
  // `hashes` may be empty.
  std::vector<std::uint32_t> add_all(std::span<const std::string_view> values,
                                     std::span<const std::uint64_t> hashes);
  // By code; the parser's values, unescaped.
  std::span<const std::string_view> values() const { return values_; }
  std::span<const std::uint64_t> hashes() const { return hashes_; }
  std::size_t memory_bytes() const;

 private:
  std::uint32_t find_or_add(std::string_view value, std::uint64_t hash, bool lasting);

  query::LogProjection::Parser parser_;
  CodeTable table_{64};
  std::vector<std::string_view> values_;
  std::vector<std::uint64_t> hashes_;  // XXH3 of each
  std::deque<std::string> copies_;
  std::size_t copied_bytes_ = 0;
  std::string scratch_;
};

}  // namespace sluice::storage
