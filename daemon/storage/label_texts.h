// LabelTexts: names or values of labels that were found, each once, charged to the query as long as
// its context lives. For one thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "query/context.h"

namespace sluice::storage {

class LabelTexts {
 public:
  explicit LabelTexts(query::QueryContext& context) : context_(context) {}

  bool contains(std::string_view text) const { return texts_.contains(text); }
  // Error: the query's budget or time is used up.
  Result<void> add(std::string_view text) {
    if (contains(text)) return {};
    if (texts_.size() % texts_between_checks == 0) SLUICE_CHECK(context_.check());
    texts_.emplace(text);
    return context_.charge(static_cast<std::int64_t>(node_bytes + text.size()));
  }
  // In order.
  std::vector<std::string> take() {
    std::vector<std::string> all(texts_.begin(), texts_.end());
    texts_.clear();
    return all;
  }

 private:
  static constexpr std::size_t texts_between_checks = 1024;
  static constexpr std::size_t node_bytes = 64;
  query::QueryContext& context_;
  std::set<std::string, std::less<>> texts_;
};

}  // namespace sluice::storage
