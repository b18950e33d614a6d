#include "base/types/utf8.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {
namespace {

TEST_CASE("UTF-8 is told from what is not", "[utf8]") {
  for (const char* good : {"", "plain", "h\xc3\xa9", "\xe6\xb8\xa9\xe5\xba\xa6", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(valid_utf8(good));
  for (const char* bad : {"\xff", "\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
                          "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "a\xe6\xb8", "\xe6\xb8z"})
    CHECK_FALSE(valid_utf8(bad));
  CHECK(valid_utf8(std::string_view("\0", 1)));
  CHECK_FALSE(valid_utf8_name(""));
  CHECK(valid_utf8_name("a b.c"));
}

TEST_CASE("code points of all lengths are written", "[utf8]") {
  std::string out;
  for (const std::uint32_t code : {0x61, 0xE9, 0x20AC, 0x1F600, 0x10FFFF})
    append_code_point(out, code);
  CHECK(out == "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf");
  CHECK(valid_utf8(out));
}

TEST_CASE("escaped names are what they were", "[utf8]") {
  CHECK(unescape_name("plain") == "plain");
  CHECK(unescape_name("U__http_2e_requests") == "http.requests");
  CHECK(unescape_name("U__a__b") == "a_b");
  CHECK(unescape_name("U__k_f6_ln") == "k\xc3\xb6ln");
  CHECK(unescape_name("U___1f600_") == "\xf0\x9f\x98\x80");
  CHECK(unescape_name("U__") == "");
  // What cannot have been escaped stays.
  for (const char* odd : {"U__a_zz_", "U__a_2e", "U__a_110000_", "U__a_d800_", "U_x"})
    CHECK(unescape_name(odd) == odd);
}

TEST_CASE("names for those who know only identifiers", "[utf8]") {
  CHECK(underscored_name("up") == "up");
  CHECK(underscored_name("job:rate5m") == "job:rate5m");
  CHECK(underscored_name("http.requests") == "http_requests");
  CHECK(underscored_name("1st k\xc3\xb6ln") == "_st_k_ln");
}

}  // namespace
}  // namespace sluice
