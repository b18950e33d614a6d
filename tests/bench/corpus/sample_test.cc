#include "tests/bench/corpus/sample.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/bench/corpus/format_file.h"

namespace sluice::bench {
namespace {

std::string shape(const LineTemplate& line) {
  std::string out;
  for (const auto& piece : line) {
    if (piece.kind == TemplatePiece::Kind::text) out += piece.text;
    if (piece.kind == TemplatePiece::Kind::time) out += "<time>";
    if (piece.kind == TemplatePiece::Kind::value) out += "<" + std::to_string(piece.klass) + ">";
  }
  return out;
}

TEST_CASE("lines are split into text, times and slots, and like lines share a template") {
  const auto sample = learn_sample("sshd",
                                   "Jun 14 15:16:01 sshd[99]: from 10.0.0.1 port 22\r\n"
                                   "Jun 14 15:16:02 sshd[98]: from 10.0.0.2 port 23\r\n"
                                   "no time here\n"
                                   "Jun 14 15:16:03 sshd[98]: closed blk_17-a2-3 by user\n");
  REQUIRE(sample.has_value());
  CHECK(sample->order == std::vector<std::uint32_t>{0, 0, 1});
  REQUIRE(sample->templates.size() == 2);
  CHECK(shape(sample->templates[0]) == "<time> sshd[<0>]: from <1> port <2>");
  CHECK(shape(sample->templates[1]) == "<time> sshd[<0>]: closed blk_<3> by user");
  CHECK(sample->classes[0].seen() == std::vector<std::string>{"99", "98", "98"});
  CHECK(sample->classes[1].kind() == ValueKind::address);
  CHECK(sample->classes[3].seen() == std::vector<std::string>{"17-a2-3"});
}

TEST_CASE("a sample without any time is refused") {
  const auto sample = learn_sample("x", "hello\nworld 42\n");
  REQUIRE(!sample.has_value());
  CHECK(sample.error().message == "sample \"x\" has no line with a time in it");
}

TEST_CASE("counters count on, ids stay new, words are reused") {
  ValueClass pids, ids, ports;
  for (int i = 0; i < 100; ++i) {
    pids.observe(std::to_string(1000 + 3 * i));
    ids.observe("8f3a0000beef" + std::to_string(1000 + i));
    ports.observe(i % 10 == 0 ? "8080" : "443");
  }
  for (ValueClass* values : {&pids, &ids, &ports}) values->finish();
  CHECK(pids.counts());
  CHECK(pids.step() == 3);
  CHECK(ids.identity());
  CHECK(ports.fresh() == 0);
  Random random(1);
  ValueSource source(pids);
  std::string last, now;
  for (int i = 0; i < 50; ++i) {
    now.clear();
    source.append_next(random, now);
    CHECK(std::stoi(now) > 1297);
  }
}

TEST_CASE("formats are expanded; mistakes are named with their line") {
  const auto lines = expand_format("# a comment\n1 {time %s} a={int 5 5} {pick yes} {hex 4}\n", 3);
  REQUIRE(lines.has_value());
  CHECK(lines->find(" a=5 yes ") != std::string::npos);
  CHECK(*lines == *expand_format("1 {time %s} a={int 5 5} {pick yes} {hex 4}", 3));
  CHECK(expand_format("1 ok\n\nx {int 1 2}", 1).error().message ==
        "line 3: expected WEIGHT TEMPLATE");
  CHECK(expand_format("1 {nope 1}", 1).error().message == "line 1: unknown {nope 1}");
  CHECK(expand_format("1 {int 1 2", 1).error().message == "line 1: '{' without '}'");
  CHECK(expand_format("# nothing", 1).error().message == "line 1: no templates");
}

}  // namespace
}  // namespace sluice::bench
