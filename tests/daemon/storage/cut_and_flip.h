// What every decoder of stored values is shown: its input cut everywhere, and each bit flipped.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace sluice::storage::test {

// Damage must be refused or at least not crash; the envelope's checksum is what really guards.
template <class Decode>
void cut_and_flip(const std::string& whole, const Decode& decode) {
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO("cut at " << n);
    CHECK_FALSE(decode(whole.substr(0, n)));
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    static_cast<void>(decode(damaged));
  }
}

}  // namespace sluice::storage::test
