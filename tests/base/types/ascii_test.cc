#include "base/types/ascii.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

using namespace sluice;

TEST_CASE("letters, digits and cases of every byte, one at a time and eight at once") {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool upper = i >= 'A' && i <= 'Z';
    const bool lower = i >= 'a' && i <= 'z';
    const bool digit = i >= '0' && i <= '9';
    CHECK(is_ascii_letter(c) == (upper || lower));
    CHECK(is_digit(c) == digit);
    CHECK(is_hex_digit(c) == (digit || (i >= 'a' && i <= 'f') || (i >= 'A' && i <= 'F')));
    CHECK(to_lower(c) == static_cast<char>(upper ? i + 32 : i));
    std::uint64_t word = 0;
    std::memset(&word, i, sizeof(word));
    std::uint64_t expected = 0;
    std::memset(&expected, to_lower(c), sizeof(expected));
    CHECK(to_lower(word) == expected);
  }
  CHECK(lower_case("ABC-Ä-xyz-09") == "abc-Ä-xyz-09");
  CHECK(same_letters("Content-TYPE", "content-type"));
  CHECK_FALSE(same_letters("a", "ab"));
  CHECK_FALSE(same_letters("@", "`"));
}
