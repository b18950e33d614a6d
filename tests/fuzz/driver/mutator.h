// Mutator: turns known inputs into new ones, from a seed.
//
// Not guided by coverage (that is libFuzzer's part): it keeps every target exercised in builds
// without clang. The same seed and corpus give the same inputs.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace sluice::fuzz {

class Mutator {
 public:
  // `corpus` must not be empty.
  Mutator(std::uint64_t seed, std::vector<std::string> corpus);
  // The next input: a corpus entry with a few random changes, at most `max_input_bytes` long.
  std::string next();

  static constexpr std::size_t max_input_bytes = 16 * 1024;

 private:
  std::size_t below(std::size_t limit);
  void change(std::string& input);
  void flip_bit(std::string& input);
  void set_byte(std::string& input);
  void insert_token(std::string& input);
  void erase_range(std::string& input);
  void repeat_range(std::string& input);
  void splice(std::string& input);
  void truncate(std::string& input);

  std::mt19937_64 random_;
  std::vector<std::string> corpus_;
};

}  // namespace sluice::fuzz
