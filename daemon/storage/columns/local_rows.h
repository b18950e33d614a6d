// LocalRows: rows of one template, as positions among them. None and all take no bitmap.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "daemon/storage/columns/row_set.h"

namespace sluice::storage {

class LocalRows {
 public:
  static LocalRows none(std::size_t rows) { return {rows, Extent::none}; }
  static LocalRows all(std::size_t rows) { return {rows, Extent::all}; }
  // The positions i for which `rows`[i], row numbers of a row group, is one of `candidates`.
  static LocalRows among(std::span<const RowNumber> rows, const RowSet& candidates) {
    RowSet local = RowSet::none(rows.size());
    std::size_t found = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!candidates.contains(rows[i])) continue;
      local.insert(i);
      ++found;
    }
    return found == rows.size() ? all(rows.size()) : some(std::move(local));
  }
  static LocalRows some(RowSet set) {
    LocalRows rows(set.rows(), Extent::some);
    rows.set_ = std::move(set);
    return std::move(rows).settled();
  }

  bool is_none() const { return extent_ == Extent::none; }
  bool is_all() const { return extent_ == Extent::all; }
  std::size_t rows() const { return rows_; }

  RowSet as_set() const {
    if (is_none()) return RowSet::none(rows_);
    return is_all() ? RowSet::all(rows_) : *set_;
  }
  void unite(const LocalRows& other) {
    if (is_all() || other.is_none()) return;
    if (is_none() || other.is_all())
      *this = other;
    else
      set_->unite(*other.set_);
  }
  void intersect(const LocalRows& other) {
    if (is_none() || other.is_all()) return;
    if (is_all() || other.is_none())
      *this = other;
    else
      *this = some_after([&](RowSet& set) { set.intersect(*other.set_); });
  }
  void subtract(const LocalRows& other) {
    if (is_none() || other.is_none()) return;
    if (other.is_all())
      *this = none(rows_);
    else
      *this = some_after([&](RowSet& set) { set.subtract(*other.set_); });
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    if (is_all())
      for (std::size_t i = 0; i < rows_; ++i) visit(i);
    else if (!is_none())
      set_->for_each(visit);
  }

 private:
  enum class Extent : std::uint8_t { none, all, some };
  LocalRows(std::size_t rows, Extent extent) : rows_(rows), extent_(extent) {}

  LocalRows settled() && {
    if (set_->empty()) return none(rows_);
    return std::move(*this);
  }
  template <typename Change>
  LocalRows some_after(Change change) const {
    RowSet set = as_set();
    change(set);
    return some(std::move(set));
  }

  std::size_t rows_;
  Extent extent_;
  std::optional<RowSet> set_;  // of some
};

}  // namespace sluice::storage
