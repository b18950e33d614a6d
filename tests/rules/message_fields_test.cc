#include "rules/message_fields.h"

#include <catch2/catch_test_macros.hpp>

#include "rules/log_message.h"

namespace sluice::rules {
namespace {

using Strings = std::vector<std::string>;

Strings raw(std::string_view line) {
  Strings out;
  for (const auto text : raw_message_fields(line, default_message_fields())) out.emplace_back(text);
  return out;
}

std::string pattern(std::string_view line) {
  return pattern_text(line, default_message_fields());
}

}  // namespace

TEST_CASE("message fields stand in lines as they were written", "[template]") {
  CHECK(raw(R"({"level":"error","msg":"cart \"7\" lost","user":"bob"})") ==
        Strings{R"(cart \"7\" lost)"});
  CHECK(raw(R"( {"a":{"msg":"inner"},"b":[1,"}",{"x":"]"}],"error":"e1" , "msg" : "m1"} )") ==
        Strings({"e1", "m1"}));
  CHECK(raw(R"({"msg":7,"message":"","err":null})") == Strings{});
  CHECK(raw(R"(level=error msg="cart \"7\" lost" err=timeout)") ==
        Strings({R"(cart \"7\" lost)", "timeout"}));
  CHECK(raw("words then msg=x") == Strings{"x"});
  CHECK(raw("").empty());
  CHECK(raw("plain text 7").empty());
}

TEST_CASE("what is no JSON object or logfmt has no message fields", "[template]") {
  for (const char* line :
       {"{", R"({"msg)", R"({"msg")", R"({"msg":)", R"({"msg":"x)", R"({"msg":"x\")", R"({"a":"x)",
        R"({"msg":"x" "y":1})", R"({"msg":"x","b":[1,"2)", "msg=\"open", "msg=\"open\\", "=x"})
    CHECK(raw(line).empty());
}

TEST_CASE("patterns are of the message, and filters of the line", "[template]") {
  CHECK(pattern("user 17 failed after 5ms") == "user <_> failed after <_>");
  CHECK(pattern(R"({"ts":17,"user":"bob","msg":"order 7 lost"})") == "<_>order <_> lost<_>");
  CHECK(pattern(R"({"ts":17,"user":"ann","msg":"order 8 lost"})") == "<_>order <_> lost<_>");
  CHECK(pattern(R"({"msg":"failed","n":1,"err":"7 timeouts"})") == "<_>failed<_> timeouts<_>");
  CHECK(pattern(R"({"ts":17,"user":"bob"})") == R"({"ts":<_>,"user":"bob"})");
  CHECK(pattern("level=info msg=\"took 7 s\" n=1") == "<_>took <_> s<_>");
  CHECK(pattern("") == "");
}

}  // namespace sluice::rules
