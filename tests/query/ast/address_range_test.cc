// ip("..."): what it names, and which addresses are found in a text.

#include "query/ast/address_range.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace sluice;
using namespace sluice::query;

namespace {

bool found(const std::string& range, std::string_view text) {
  auto parsed = AddressRange::parse(range);
  REQUIRE(parsed.has_value());
  return parsed->found_in(text);
}

}  // namespace

TEST_CASE("an address, a range and a block name addresses") {
  CHECK(found("192.168.4.5", "from 192.168.4.5 port 22"));
  CHECK_FALSE(found("192.168.4.5", "from 192.168.4.50"));
  CHECK_FALSE(found("192.168.4.5", "from 1192.168.4.5"));
  CHECK(found("10.0.0.1-10.0.0.9", "10.0.0.9"));
  CHECK_FALSE(found("10.0.0.1-10.0.0.9", "10.0.0.10"));
  CHECK(found("192.168.4.0/22", "192.168.7.255"));
  CHECK_FALSE(found("192.168.4.0/22", "192.168.8.0"));
  CHECK(found("192.168.4.77/24", "192.168.4.1"));
  CHECK(found("0.0.0.0/0", "8.8.8.8"));
  CHECK(found("2001:db8::/32", "peer=2001:db8:1::5"));
  CHECK_FALSE(found("2001:db8::/32", "2001:db9::5"));
  CHECK(found("::1", "host ::1 said"));
  CHECK_FALSE(found("0.0.0.0/0", "::1"));
  CHECK_FALSE(found("::/0", "10.0.0.1"));
}

TEST_CASE("addresses are found among other text") {
  const std::string all = "0.0.0.0/0";
  CHECK(found(all, "x10.0.0.1"));
  CHECK(found(all, "10.0.0.1:8080"));
  CHECK(found(all, "(10.0.0.1)"));
  CHECK(found(all, "reached 10.0.0.1."));
  CHECK(found(all, "1.2.3.4.5 then 5.6.7.8"));
  CHECK_FALSE(found(all, "1.2.3.4.5"));
  CHECK_FALSE(found(all, "version 1.2.3"));
  CHECK_FALSE(found(all, "01.2.3.4"));
  CHECK_FALSE(found(all, "256.1.1.1"));
  CHECK_FALSE(found(all, ""));
  CHECK(found("::/0", "[2001:db8::7]:443"));
  CHECK(found("::/0", "fe80::1: up"));
  CHECK_FALSE(found("::/0", "12:30:45 noon"));
  CHECK_FALSE(found("::/0", "a: b: c"));
}

TEST_CASE("what is no address, range or block is refused") {
  for (const char* bad :
       {"", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "::/129", "10.0.0.9-10.0.0.1",
        "10.0.0.1-::1", "10.0.0.1-", "1.2.3.4/8/8", " ::1"}) {
    CAPTURE(bad);
    auto range = AddressRange::parse(bad);
    REQUIRE_FALSE(range.has_value());
    CHECK(range.error().message.starts_with("ip: invalid pattern"));
  }
}

TEST_CASE("octets that all addresses share are text that lines must hold") {
  const auto common = [](const char* text) { return AddressRange::parse(text)->common_text(); };
  CHECK(common("10.1.2.3") == "10.1.2.3");
  CHECK(common("10.1.0.0/16") == "10.1.");
  CHECK(common("10.1.0.0/17") == "10.1.");
  CHECK(common("0.0.0.0/0").empty());
  CHECK(common("10.1.2.3-10.1.2.9") == "10.1.2.");
  CHECK(common("::1").empty());
}
