#include "base/types/letter_case.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice;

TEST_CASE("letters of all scripts change their case") {
  CHECK(to_lower_utf8("ÄRGER in Ὀδυσσεύς ДОМ 7") == "ärger in ὀδυσσεύς дом 7");
  CHECK(to_upper_utf8("naïve дом straße") == "NAÏVE ДОМ STRAßE");
  CHECK(to_lower_utf8("") == "");
}

TEST_CASE("of bytes that are no UTF-8 only ASCII letters change") {
  CHECK(to_lower_utf8("A\xff\xc3Z") == "a\xff\xc3z");
  CHECK(to_upper_utf8("a\xe4z") == "A\xe4Z");
  CHECK(to_title_utf8("a\xe4z b") == "A\xe4z B");
}

TEST_CASE("words begin with a capital, the rest stays") {
  CHECK(to_title_utf8("her royal-highness élan is_old 2nd gET") ==
        "Her Royal-Highness Élan Is_old 2nd GET");
}
