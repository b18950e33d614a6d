// Rejections: what of a request was refused, counted by reason, with the first few told in full.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace sluice::ingest {

class Rejections {
 public:
  // `items` entries or samples are refused; `reason` is a label value for metrics.
  void add(const std::string& reason, std::size_t items, std::string text);

  void add(const Rejections& others);

  bool empty() const { return counts_.empty(); }
  std::size_t items() const { return items_; }
  const std::map<std::string, std::size_t>& counts() const { return counts_; }
  // What was told first.
  std::string first() const { return texts_.empty() ? std::string() : texts_.front(); }
  // "2 of 5 entries refused: ...", one reason a line.
  std::string message(std::size_t total, const std::string& unit) const;

 private:
  std::map<std::string, std::size_t> counts_;
  std::vector<std::string> texts_;
  std::size_t told_ = 0;
  std::size_t items_ = 0;
};

}  // namespace sluice::ingest
