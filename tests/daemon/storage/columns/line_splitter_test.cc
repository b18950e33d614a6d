// Splitting: what varies in which line, and what holds for every line.
#include "daemon/storage/columns/line_splitter.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "daemon/storage/columns/template.h"
#include "tests/daemon/storage/columns/line_samples.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

// The line with its values between angle brackets.
std::string marked(std::string_view line, Detail detail = Detail::fine) {
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, detail, split);
  std::string out;
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    out.append(line.substr(at, slot.begin - at));
    out += '<';
    out.append(line.substr(slot.begin, slot.end - slot.begin));
    out += '>';
    at = slot.end;
  }
  return out.append(line.substr(at));
}

LineKind kind_of(std::string_view line) {
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, Detail::fine, split);
  return split.kind;
}

bool cuts_token(std::string_view line, std::size_t at) {
  return at > 0 && at < line.size() && is_token(line[at - 1]) && is_token(line[at]);
}

// What must hold for any line; returns the first thing that does not.
std::string broken(std::string_view line, Detail detail) {
  static LineSplitter splitter;
  SplitLine split;
  SplitLine again;
  splitter.split(line, detail, split);
  LineSplitter().split(line, detail, again);
  if (split.hash != again.hash || split.slots.size() != again.slots.size()) return "not alike";
  if (split.slots.size() > max_line_slots) return "too many slots";
  if (detail == Detail::coarse && split.kind != LineKind::text) return "coarse, but not text";
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    if (slot.begin < at || slot.end < slot.begin || slot.end > line.size()) return "not ascending";
    if (cuts_token(line, slot.begin) || cuts_token(line, slot.end)) return "a token is cut";
    at = slot.end;
  }
  const auto pattern = LineTemplate::from(line, split);
  if (!pattern.fits(line, split)) return "does not fit its template";
  std::string rebuilt = pattern.pieces[0];
  for (std::size_t i = 0; i < split.slots.size(); ++i) {
    const auto& slot = split.slots[i];
    rebuilt.append(line.substr(slot.begin, slot.end - slot.begin)).append(pattern.pieces[i + 1]);
  }
  return rebuilt == line ? "" : "not rebuilt";
}

void check_any(std::string_view line) {
  for (const auto detail : {Detail::fine, Detail::coarse}) {
    const std::string problem = broken(line, detail);
    if (problem.empty()) continue;
    CAPTURE(line, detail == Detail::fine);
    FAIL_CHECK(problem);
  }
}

}  // namespace

TEST_CASE("text: tokens with digits vary, words stay") {
  CHECK(marked("") == "");
  CHECK(marked("no digits here") == "no digits here");
  CHECK(marked("user42 did 7 things") == "<user42> did <7> things");
  CHECK(marked("x1y2_z3 f\xC3\xBCr7") == "<x1y2_z3> <f\xC3\xBCr7>");
  CHECK(marked("081109 203615 148 INFO") == "<081109> <203615> <148> INFO");
}

TEST_CASE("text: shapes with punctuation are one slot") {
  CHECK(marked("took 12.345 s") == "took <12.345> s");
  CHECK(marked("took 12.5ms, 1.5e-05.") == "took <12.5ms>, <1.5e-05>.");
  CHECK(marked("at (-5) and -6 and a-7") == "at (<-5>) and <-6> and a-<7>");
  CHECK(marked("blk_-17 blk_17") == "<blk_-17> <blk_17>");
  CHECK(marked("from 10.251.73.220:50010 ok") == "from <10.251.73.220>:<50010> ok");
  CHECK(marked("id 38101a0b-2096-447d-96ea-a692162415ae!") ==
        "id <38101a0b-2096-447d-96ea-a692162415ae>!");
  CHECK(marked("req-abcdefab-2096-447d-96ea-a692162415ae") ==
        "req-<abcdefab-2096-447d-96ea-a692162415ae>");
  CHECK(marked("mac aa:bb:cc:00:ee:ff up") == "mac <aa:bb:cc:00:ee:ff> up");
  CHECK(marked("ip fe80::1ff:fe23:4567:890a: up") == "ip <fe80::1ff:fe23:4567:890a>: up");
  CHECK(marked("ip 2001:db8:0:0:0:0:cafe:1 up") == "ip <2001:db8:0:0:0:0:cafe:1> up");
  CHECK(marked("a 1:2 b:3") == "a <1>:<2> b:<3>");
}

TEST_CASE("text: timestamps are one slot in every layout") {
  for (const char* stamp : {"2026-11-27T00:49:05Z",
                            "2026-11-27T00:49:05.123Z",
                            "2026-11-27T00:49:05.123456+01:00",
                            "2026-11-27 00:49:05,978",
                            "2026-11-27 00:49:05.123456789",
                            "2026/11/27 00:49:05",
                            "2026-11-27 00:49:05 +0000",
                            "2026-11-27T00:49:05-0730",
                            "2005.11.09",
                            "2026-11-27",
                            "Nov  7 00:49:05",
                            "Nov 17 00:49:05",
                            "Nov 7 00:49:05.123",
                            "Sun Dec 04 04:47:44 2005",
                            "07/Nov/2026:00:49:05 +0000",
                            "07/Nov/2026:00:49:05",
                            "27 Nov 2026 00:49:05.123",
                            "17/06/09 20:10:40",
                            "27/11/2026 00:49:05",
                            "00:49:05",
                            "00:49:05.123",
                            "00:49:05,123",
                            "2017-05-16_13:53:08"}) {
    INFO(stamp);
    CHECK(marked(stamp) == "<" + std::string(stamp) + ">");
    CHECK(marked("[" + std::string(stamp) + "] x") == "[<" + std::string(stamp) + ">] x");
    CHECK(marked("a " + std::string(stamp) + ": x") == "a <" + std::string(stamp) + ">: x");
  }
}

TEST_CASE("text: almost a timestamp is not one") {
  CHECK(marked("2026-11-27T00:49 x") == "<2026>-<11>-<27T00>:<49> x");
  CHECK(marked("Foo 17 00:49:05") == "Foo <17> <00:49:05>");
  CHECK(marked("00:49:05x") == "<00>:<49>:<05x>");
  CHECK(marked("00:49:05,5 x") == "<00:49:05>,<5> x");
}

TEST_CASE("text: what follows key= varies, also nothing") {
  CHECK(marked("failure; logname= uid=0 tty=NODEVssh ruser= rhost=a.b.c ") ==
        "failure; logname=<> uid=<0> tty=<NODEVssh> ruser=<> rhost=<a.b.c> ");
  CHECK(marked("a == b, c => d, e = f") == "a == b, c => d, e = f");
  CHECK(marked("at t=2026-11-27 00:49:05,123, done x=y.") ==
        "at t=<2026-11-27 00:49:05,123>, done x=<y>.");
}

TEST_CASE("text: the content of quotes varies") {
  CHECK(marked("got \"GET / HTTP\" from 'bob'") == "got \"<GET / HTTP>\" from '<bob>'");
  CHECK(marked("say \"a \\\" b\" now") == "say \"<a \\\" b>\" now");
  CHECK(marked("it's Bob's \"") == "it's Bob's \"");
  CHECK(marked("payload \"key\": \"\"") == "payload \"key\": \"<>\"");
}

TEST_CASE("text: the last slot there may be runs to the end") {
  std::string line;
  for (int i = 0; i < 300; ++i) line += "n 1 ";
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, Detail::fine, split);
  REQUIRE(split.slots.size() == max_line_slots);
  CHECK(split.slots.back().end == line.size());
}

TEST_CASE("coarse: words are slots too") {
  CHECK(marked("Nov  7 00:49:05 h: Invalid user bob from 10.0.0.1 x= \"a b\"", Detail::coarse) ==
        "<Nov  7 00:49:05> <h>: <Invalid> <user> <bob> <from> <10.0.0.1> <x>=<> \"<a b>\"");
  CHECK(marked(R"({"a":"b c"})", Detail::coarse) == R"({"<a>":"<b c>"})");
}

TEST_CASE("JSON: every value is a slot, keys are static") {
  CHECK(marked(R"({"a":"x y","b":1.5,"c":null})") == R"({"a":"<x y>","b":<1.5>,"c":<null>})");
  CHECK(marked(R"( {"a" : {"b": [1, {"x":2}], "c":{}} , "d":""} )") ==
        R"( {"a" : {"b": <[1, {"x":2}]>, "c":{}} , "d":"<>"} )");
  CHECK(kind_of("{}") == LineKind::json);
}

TEST_CASE("JSON: what a reader would not take, or take otherwise, is text") {
  for (const char* line : {"{",
                           "{\"a\":1",
                           "{\"a\":1}x",
                           "{\"a\":01}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":+1}",
                           "{\"a\":tru}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\t\"}",
                           "{\"a\" 1}",
                           "{\"a\":1,}",
                           "{\"a\":[1,]}",
                           "{\"a\":[}",
                           "{a:1}",
                           "[1]",
                           "{\"a\":1,\"a\":2}",
                           "{\"\\u0061\":1}",
                           "{\"a\":\"\xC3\"}",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "{\"a\":1}{}"}) {
    INFO(line);
    CHECK(kind_of(line) == LineKind::text);
  }
}

TEST_CASE("JSON: depth and slots are bounded") {
  const auto nested = [](std::size_t depth, const char* open, const char* close) {
    std::string line = "{\"a\":";
    for (std::size_t i = 1; i < depth; ++i) line += open;
    line += "1";
    for (std::size_t i = 1; i < depth; ++i) line += close;
    return line + "}";
  };
  CHECK(kind_of(nested(max_line_depth, "{\"a\":", "}")) == LineKind::json);
  CHECK(kind_of(nested(max_line_depth + 1, "{\"a\":", "}")) == LineKind::text);
  CHECK(kind_of(nested(max_line_depth, "[", "]")) == LineKind::json);
  CHECK(kind_of(nested(max_line_depth + 1, "[", "]")) == LineKind::text);
  std::string many = "{";
  for (std::size_t i = 0; i < max_line_slots; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(kind_of(many.substr(0, many.size() - 1) + "}") == LineKind::json);
  CHECK(kind_of(many + "\"more\":1}") == LineKind::text);
}

TEST_CASE("logfmt: values are slots") {
  CHECK(marked("level=info msg=\"it \\\"is\\\" up\" took=5ms retried empty=") ==
        "level=<info> msg=\"<it \\\"is\\\" up>\" took=<5ms> retried empty=<>");
  CHECK(kind_of("a=1 b=2 c=3") == LineKind::logfmt);
}

TEST_CASE("logfmt: what the stage would not take whole is text") {
  for (const char* line :
       {"a=1 b=2", "x a=1 b=2 c=3", "a=1 b=2 c=3 d e", "a=1 b=2 c=3 a=4", "a=1 b=2 c=x=y",
        "a=1 b=2 c=\"x", "a=1 b=2 c=\"x\"y", "a=1 b=2 c=x\"y", "a=1 b=2 c=\"\\x\"",
        "a=1 b=2 c=\"\\u12\"", "a=1 b=2 =3", "a=1 b=2 7=3", "a=1 b=2 c=3 n7"}) {
    INFO(line);
    CHECK(kind_of(line) == LineKind::text);
  }
}

TEST_CASE("any line is rebuilt, and no token is ever cut") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    check_any(test::sample_line(random));
    check_any(test::random_syntax(random, 100));
    check_any(test::random_bytes(random, 80));
  }
}

TEST_CASE("lines of a mebibyte are lines like others") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::size_t size = 1 << 20;
  check_any(std::string(size, '7'));
  check_any(std::string(size, ' '));
  check_any(std::string(size, '"'));
  check_any("{\"a\":\"" + std::string(size, 'x') + "\"}");
  std::string mixed;
  while (mixed.size() < size) mixed += test::random_syntax(random, 1000);
  check_any(mixed);
  std::string quotes;
  while (quotes.size() < size) quotes += " \"x '\\";
  check_any(quotes);
}
