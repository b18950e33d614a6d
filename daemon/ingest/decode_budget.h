// DecodeBudget: what a remote write may become while it is decoded. Empty messages take two bytes
// in a body and a hundred in memory, and references of 2.0 repeat a text of any length: so a
// decoder charges what it makes before the whole is there. A value; for one thread.
#pragma once

#include <algorithm>
#include <exception>

#include "base/types/limits.h"
#include "base/types/result.h"

namespace sluice::ingest {

// Thrown in the decoders, beside protozero's exceptions, and caught where those are.
class OverBudget : public std::exception {
 public:
  explicit OverBudget(std::string what) : error_(invalid_argument(std::move(what))) {}
  const char* what() const noexcept override { return error_.message.c_str(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

class DecodeBudget {
 public:
  DecodeBudget(std::size_t body_bytes, const Limits& limits)
      : items_max_(limits.samples_per_write),
        bytes_max_((1 << 20) + std::min(32 * body_bytes, 8 * limits.write_body_bytes)) {}

  // A sample, native histogram or exemplar.
  void take_item() {
    if (++items_ > items_max_)
      throw OverBudget("write of more than " + std::to_string(items_max_) +
                       " samples and exemplars; send smaller batches");
  }
  void take_bytes(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > bytes_max_)
      throw OverBudget("write takes more than " + std::to_string(bytes_max_) +
                       " bytes decoded; send smaller batches");
  }
  // An element of a vector that grows as it comes, which may take twice the room.
  template <class T>
  void take_element(std::size_t texts = 0) {
    take_bytes(2 * sizeof(T) + texts);
  }

 private:
  std::size_t items_max_;
  std::size_t bytes_max_;
  std::size_t items_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::ingest
