#include "agent/batch/splitter.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "base/wire/batch_identity.h"

namespace sluice::agent {
namespace {

// "text|text/part|..." and what is left over after "~".
std::string split(std::string_view data, SplitOptions options = {}) {
  const auto result = split_lines(data, options);
  std::string out;
  for (const auto& p : result.pieces) {
    out += data.substr(p.text_begin, p.text_length);
    if (p.part != LinePart::whole) out += "/" + std::string(to_string(p.part));
    out += "|";
  }
  return out + "~" + std::string(data.substr(result.consumed));
}

SplitOptions with_max(std::size_t max_line) {
  SplitOptions o;
  o.max_line = max_line;
  return o;
}
SplitOptions final_piece() {
  SplitOptions o;
  o.final = true;
  return o;
}

}  // namespace

TEST_CASE("lines end at newlines and the rest is held", "[splitter]") {
  CHECK(split("") == "~");
  CHECK(split("a") == "~a");
  CHECK(split("a\n") == "a|~");
  CHECK(split("a\nb") == "a|~b");
  CHECK(split("\n\n") == "||~");
  CHECK(split("a\r\nb\r") == "a|~b\r");
  CHECK(split("a\r\r\n") == "a\r|~");
}

TEST_CASE("at the end of a dead file the last line needs no newline", "[splitter]") {
  CHECK(split("a\nb", final_piece()) == "a|b|~");
  CHECK(split("", final_piece()) == "~");
}

TEST_CASE("long lines are cut at the limit", "[splitter]") {
  CHECK(split("abcd\n", with_max(4)) == "abcd|~");
  CHECK(split("abcde\n", with_max(4)) == "abcd/first|e/last|~");
  CHECK(split("abcdefghi\nx\n", with_max(4)) == "abcd/first|efgh/middle|i/last|x|~");
  CHECK(split("abcde", with_max(4)) == "abcd/first|~e");
  CHECK(split("abcd", with_max(4)) == "~abcd");
}

TEST_CASE("a cut goes on in the next buffer", "[splitter]") {
  auto o = with_max(4);
  o.mid_line = true;
  CHECK(split("efghi\nx\n", o) == "efgh/middle|i/last|x|~");
  CHECK(split("\nx\n", o) == "/last|x|~");
}

TEST_CASE("cuts spare UTF-8 sequences", "[splitter]") {
  CHECK(split("abcé\n", with_max(4)) == "abc/first|é/last|~");
  CHECK(split("a€€\n", with_max(5)) == "a€/first|€/last|~");
  CHECK(split("\x80\x80\x80\x80\x80\x80\x80\n", with_max(6)) ==
        "\x80\x80\x80\x80\x80\x80/first|\x80/last|~");
}

TEST_CASE("the hole a truncation leaves is not text", "[splitter]") {
  const std::string hole(100, '\0');
  CHECK(split(hole + "a\nb\n") == "a|b|~");
  const std::string few(10, '\0');
  CHECK(split(few + "a\n") == few + "a|~");
}

TEST_CASE("pieces tile the bytes that were taken", "[splitter]") {
  const unsigned seed = 20260102;
  std::mt19937 random(seed);
  CAPTURE(seed);
  for (int round = 0; round < 300; ++round) {
    std::string data(random() % 200, '\0');
    for (auto& c : data) c = "ab\n\r\xc3\xa9\0"[random() % 7];
    auto o = with_max(1 + random() % 20);
    o.final = random() % 2 == 0;
    o.max_pieces = 1 + random() % 30;
    const auto result = split_lines(data, o);
    std::size_t sum = 0;
    for (const auto& p : result.pieces) {
      CHECK(p.length > 0);
      CHECK(p.text_length <= o.max_line);
      CHECK(p.text_begin + p.text_length <= sum + p.length);
      sum += p.length;
    }
    CHECK(sum == result.consumed);
    if (o.final && result.pieces.size() < o.max_pieces) CHECK(result.consumed == data.size());
  }
}

TEST_CASE("a re-read in other buffers gives the same pieces", "[splitter]") {
  std::mt19937 random(7);
  std::string data;
  for (int i = 0; i < 400; ++i) data += std::string(random() % 30, 'x') + "\n";
  const auto o = with_max(8);
  const auto whole = split_lines(data, o);
  std::size_t at = 0;
  std::size_t index = 0;
  while (at < data.size()) {
    auto part = o;
    part.mid_line = at > 0 && data[at - 1] != '\n';
    const auto result = split_lines(std::string_view(data).substr(at, 9 + random() % 60), part);
    for (const auto& p : result.pieces) {
      REQUIRE(index < whole.pieces.size());
      CHECK(p.length == whole.pieces[index].length);
      CHECK(p.part == whole.pieces[index].part);
      ++index;
    }
    at += result.consumed;
    if (result.pieces.empty()) at = data.size();
  }
  CHECK(index > 100);
}

TEST_CASE("the lengths of a batch fit into its header", "[splitter]") {
  std::string data;
  for (std::size_t i = 0; i < 40'000; ++i) data += std::string(i % 97, 'x') + "\n";
  SplitOptions o;
  const auto result = split_lines(data, o);
  BatchIdentity id{AgentId{std::string(64, 'a')}, std::string(32, 'f'), 1ULL << 60, 0, {}, true};
  id.end = id.start;
  for (const auto& p : result.pieces) id.ends.push_back(id.end += p.length);
  CHECK(result.pieces.size() > 10'000);
  CHECK(format_batch_identity(id).size() <= 60'000);
  const auto back = parse_batch_identity(format_batch_identity(id));
  REQUIRE(back.has_value());
  CHECK(*back == id);
}

}  // namespace sluice::agent
