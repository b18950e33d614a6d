// Random row groups whose columns take every shape, and filters that meet their lines by chance.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "query/ast/line_filter.h"
#include "tests/daemon/storage/columns/memory_group.h"

namespace sluice::storage {

// How the values of one slot look.
class RandomValues {
 public:
  explicit RandomValues(RandomText& random)
      : random_(random), kind_(random.below(11)), width_(random.below(20) + 1) {}

  std::string next() {
    const std::size_t n = random_.below(3) == 0 ? random_.below(20) : random_.below(100'000);
    switch (kind_) {
      case 0: return random_.text(4, "aAb-1");
      case 1: return random_.below(2) == 0 ? "GET" : "pOst";
      case 2: return "constant";
      case 3: return std::to_string(static_cast<long>(n) - 50);
      case 4: return format("%06zu", n);
      case 5: return format("%zu.", n / 100) + format("%02zu", n % 100);
      case 6: return hex(width_);
      case 7: return hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12);
      case 8: return "10." + std::to_string(n % 256) + ".0." + std::to_string(n % 7);
      case 9: return "2026-11-27T01:" + format("%02zu", n % 60) + ":1" + format("%zuZ", n % 10);
      default: return random_.text(12, "abcdefghijkKsS 0123456789\"\xC5\xBF");
    }
  }

 private:
  static std::string format(const char* pattern, std::size_t n) {
    char text[64];
    return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, pattern, n))};
  }
  std::string hex(std::size_t digits) {
    std::string text(digits, '0');
    for (char& c : text) c = "0123456789abcdef"[random_.below(16)];
    return text;
  }

  RandomText& random_;
  std::size_t kind_;
  std::size_t width_;
};

inline std::vector<LineTemplate> random_templates(RandomText& random) {
  std::vector<LineTemplate> templates(random.below(4) + 1);
  for (auto& pattern : templates) {
    pattern = random.pattern(4, "aAb-1 ");
    if (random.below(2) == 0) pattern.pieces[0] = "level=Error took ";
  }
  return templates;
}

inline std::vector<MemoryRow> random_rows(RandomText& random,
                                          const std::vector<LineTemplate>& templates) {
  std::vector<std::vector<RandomValues>> kinds(templates.size());
  for (std::size_t i = 0; i < templates.size(); ++i)
    for (std::size_t slot = 0; slot < templates[i].slots(); ++slot) kinds[i].emplace_back(random);
  std::vector<MemoryRow> rows(random.below(150) + 1);
  for (MemoryRow& row : rows) {
    row.template_number = static_cast<std::uint32_t>(random.below(templates.size()));
    for (auto& kind : kinds[row.template_number]) row.values.push_back(kind.next());
  }
  return rows;
}

// A part of some line, or a text of letters that lines have, or nothing they have.
inline std::string random_needle(RandomText& random, const MemoryGroup& group) {
  if (random.below(4) == 0) return random.text(3, "aAb-1");
  if (random.below(10) == 0) return "absent";
  const std::string line = group.line_at(random.below(group.rows()));
  const std::size_t from = random.below(line.size() + 1);
  std::string part = line.substr(from, random.below(random.below(2) == 0 ? 4 : 24));
  if (random.below(8) == 0) part += "x";
  return part;
}

}  // namespace sluice::storage
