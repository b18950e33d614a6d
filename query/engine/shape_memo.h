// ShapeMemo: remembers what was found out of a line for all lines of its shape (LogBatch::shapes).
#pragma once

#include <vector>

#include "query/engine/batch_filter.h"

namespace sluice::query {

// T is a pointer; null means that nothing is remembered.
template <class T>
class ShapeMemo {
 public:
  // `make(line)` gives a Result<T>; it is asked once per shape.
  template <class Make>
  Result<T> of(const LogBatch& batch, std::size_t row, Make make) {
    const std::uint32_t shape = batch.shapes.empty() ? 0 : batch.shapes[row];
    if (batch.shape_scope != scope_) known_.clear();
    scope_ = batch.shape_scope;
    if (shape != 0 && shape < known_.size() && known_[shape] != nullptr) return known_[shape];
    SLUICE_TRY(const std::string_view line, line_of(batch, row));
    SLUICE_TRY(const T made, make(line));
    if (shape == 0) return made;
    if (shape >= known_.size()) known_.resize(shape + 1);
    known_[shape] = made;
    return made;
  }

 private:
  std::uint64_t scope_ = 0;
  std::vector<T> known_;  // by shape
};

}  // namespace sluice::query
