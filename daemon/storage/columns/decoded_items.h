// DecodedItems: what is decoded of one row group, kept beyond the reader that decoded it, for the
// next one. A cache stands behind it: anything may be gone at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::storage {

// Items by number; columns follow from first_column on, then the TextCodes of each, then
// the columns of patterns with these left as they are.
struct DecodedItem {
  static constexpr std::uint32_t timestamps = 0;
  static constexpr std::uint32_t by_template = 1;
  static constexpr std::uint32_t first_column = 2;
};

class DecodedItems {
 public:
  virtual ~DecodedItems() = default;
  // Null: not there. A number always names the same type.
  virtual std::shared_ptr<const void> find(std::uint32_t item) = 0;
  virtual void keep(std::uint32_t item, std::shared_ptr<const void> value, std::size_t bytes) = 0;
};

}  // namespace sluice::storage
