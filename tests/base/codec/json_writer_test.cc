#include "base/codec/json_writer.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace sluice {

TEST_CASE("commas come by themselves", "[json]") {
  JsonWriter w;
  w.begin_object().key("a").begin_array().number(1).number(2.5).null().end_array();
  w.key("b").begin_object().end_object().key("c").boolean(true).end_object();
  CHECK(w.text() == R"({"a":[1,2.5,null],"b":{},"c":true})");
}

TEST_CASE("strings are escaped and always valid UTF-8", "[json]") {
  std::string out;
  append_json_string(out, std::string_view("a\"\\\n\0é\xff\xed\xa0\x80z", 12));
  CHECK(out == "\"a\\\"\\\\\\n\\u0000é\uFFFD\uFFFD\uFFFD\uFFFDz\"");
}

TEST_CASE("sample values print as Prometheus prints them", "[json]") {
  CHECK(format_sample_value(1) == "1");
  CHECK(format_sample_value(0.1) == "0.1");
  CHECK(format_sample_value(1e6) == "1000000");
  CHECK(format_sample_value(1e21) == "1e+21");
  CHECK(format_sample_value(1e-7) == "1e-07");
  CHECK(format_sample_value(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(format_sample_value(std::numeric_limits<double>::quiet_NaN()) == "NaN");
}

}  // namespace sluice
