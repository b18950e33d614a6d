// Random templates, values and needles over a tiny alphabet, so that they meet by chance.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/template.h"

namespace sluice::storage {

class RandomText {
 public:
  explicit RandomText(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  std::string text(std::size_t most, std::string_view alphabet) {
    std::string out(below(most + 1), ' ');
    for (char& c : out) c = alphabet[below(alphabet.size())];
    return out;
  }
  LineTemplate pattern(std::size_t most_slots, std::string_view alphabet) {
    LineTemplate pattern;
    pattern.pieces.resize(below(most_slots + 1) + 1);
    for (auto& piece : pattern.pieces) piece = text(3, alphabet);
    return pattern;
  }

 private:
  std::mt19937 random_;
};

inline std::string line_of(const LineTemplate& pattern, const std::vector<std::string>& values) {
  std::string line = pattern.pieces[0];
  for (std::size_t i = 0; i < values.size(); ++i) line += values[i] + pattern.pieces[i + 1];
  return line;
}

}  // namespace sluice::storage
