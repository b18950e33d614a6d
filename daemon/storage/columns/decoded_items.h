// DecodedItems: what is decoded of one row group, kept beyond the reader that decoded it, for the
// next one. A cache stands behind it: anything may be gone at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sluice::storage {

class DecodedItems {
 public:
  virtual ~DecodedItems() = default;
  // Null: not there. A number always names the same type.
  virtual std::shared_ptr<const void> find(std::uint32_t item) = 0;
  virtual void keep(std::uint32_t item, std::shared_ptr<const void> value, std::size_t bytes) = 0;
};

}  // namespace sluice::storage
