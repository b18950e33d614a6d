// PerMetadata: remembers what was found out for the entries of a Stream that share their metadata.
//
// Entries of one batch often point to the same LabelSet, so the pointer is the key; it means
// nothing for the next batch.
#pragma once

#include <unordered_map>

#include "base/types/labels.h"

namespace sluice::query {

template <class T>
class PerMetadata {
 public:
  void clear() {
    found_.clear();
    last_ = nullptr;
  }

  // `make` gives a Result<T>.
  template <class Make>
  Result<const T*> of(const LabelSet* metadata, Make make) {
    if (last_ != nullptr && metadata == last_metadata_) return last_;
    auto it = found_.find(metadata);
    if (it == found_.end()) {
      SLUICE_TRY(T made, make());
      it = found_.emplace(metadata, std::move(made)).first;
    }
    last_metadata_ = metadata;
    return last_ = &it->second;
  }

 private:
  std::unordered_map<const LabelSet*, T> found_;  // its values stay where they are
  const LabelSet* last_metadata_ = nullptr;
  const T* last_ = nullptr;
};

}  // namespace sluice::query
