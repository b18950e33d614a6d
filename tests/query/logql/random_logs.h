// Random logs and random LogQL over them, with the names of both meeting often.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/query/memory_source.h"

namespace sluice::query::test {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  std::string of(const std::vector<std::string>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  std::uint32_t seed() { return static_cast<std::uint32_t>(random_()); }

 private:
  std::mt19937 random_;
};

void fill(MemoryLogSource& logs, Dice& dice, bool with_metadata);
// What may follow a selector: line filters, parsers, label filters, ...
std::string random_stages(Dice& dice);
// A range aggregation, or an aggregation of one that is done while reading.
std::string random_metric(Dice& dice);

}  // namespace sluice::query::test
