// Metrics that other programs leave in files NAME.prom, in Prometheus' text format.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "agent/host/family.h"
#include "base/types/result.h"

namespace sluice::agent {

// Takes one file after the other; a file counts as a whole or not at all.
class TextfileReader {
 public:
  explicit TextfileReader(std::size_t max_samples) : left_(max_samples) {}
  // Families without help say which file they are from. An Error names the line: text that does not
  // parse, a timestamp (it would soon be too old to be taken), a name outside the classic alphabet,
  // a series that was there before, a family of two types, more samples than are left.
  Result<void> add(const std::string& path, std::string_view text, Families& out);

 private:
  std::size_t left_;
  std::set<LabelSet> seen_;                  // series of all files, with their names
  std::map<std::string, MetricType> types_;  // of families of all files
};

}  // namespace sluice::agent
