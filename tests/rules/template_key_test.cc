// Lines put together from parts: equal keys of the parts, equal templates of the lines.
#include "rules/template_key.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "rules/line_template.h"
#include "rules/token_match.h"

namespace sluice::rules {
namespace {

const std::vector<std::string> values = {"17",
                                         "9",
                                         "-4",
                                         "-5.5",
                                         "1.5",
                                         "12ms",
                                         "3s",
                                         "10.0.0.8",
                                         "10.0",
                                         "2026-01-02",
                                         "2026",
                                         "01",
                                         "2026-1-2",
                                         "03:04:05",
                                         "3:04:05",
                                         "03:04",
                                         "05",
                                         "05.123",
                                         "05Z",
                                         "02T03",
                                         "2026-01-02T03",
                                         "deadbeef",
                                         "12345678",
                                         "feed",
                                         "abcd",
                                         "12ab",
                                         "884c",
                                         "eaa0c55ad015",
                                         "9f86d081-884c-7d65-9a2f-eaa0c55ad015",
                                         "9f86d081-abcd",
                                         "9f86d081",
                                         "0x1f",
                                         "user7",
                                         "error",
                                         "",
                                         "failed",
                                         "-",
                                         "-x",
                                         "a b",
                                         "a 7",
                                         "7 a",
                                         "a-7",
                                         ":",
                                         ".5",
                                         "1.",
                                         "+02:00",
                                         "02:00",
                                         "0200",
                                         "\xc3\xa9",
                                         "x_1",
                                         "x_2",
                                         "1.5x9",
                                         "999.999.999.999"};
const std::vector<std::string> pieces = {
    "",    " ",   "-",  ".",     ":",         "/",  ",",   "+",   "=",  "\"",
    ": ",  " - ", "x-", "feed-", "deadbeef-", "7.", "-7",  " [",  "] ", "T",
    "at ", " ms", "=-", "/-",    "-feed",     ".5", ":05", "k1=", "\n"};

using Parts = std::vector<std::string>;

struct Pieces {
  Parts text;  // one more than values

  std::string with(const Parts& parts) const {
    std::string line = text[0];
    for (std::size_t i = 0; i < parts.size(); ++i) line += parts[i] + text[i + 1];
    return line;
  }
  // No part begins or ends between two word bytes.
  bool may_hold(const Parts& parts) const {
    std::string line = text[0];
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (const std::string& next : {parts[i], text[i + 1]}) {
        if (!line.empty() && !next.empty() && is_word_byte(line.back()) &&
            is_word_byte(next.front()))
          return false;
        line += next;
      }
    }
    return true;
  }
  Parts keys(const Parts& parts) const {
    Parts keys;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      keys.emplace_back();
      const auto place = place_between(text[i], text[i + 1], i == 0, i + 1 == parts.size());
      append_template_key(parts[i], place, keys.back());
    }
    return keys;
  }
};

std::string of(const std::vector<std::string>& all, std::mt19937& random) {
  return all[random() % all.size()];
}

}  // namespace

TEST_CASE("lines whose parts have equal keys have equal templates", "[template]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::size_t compared = 0;
  for (int round = 0; round < 200'000; ++round) {
    Pieces line;
    const std::size_t n = random() % 3 + 1;
    for (std::size_t i = 0; i <= n; ++i) line.text.push_back(of(pieces, random));
    Parts a;
    for (std::size_t i = 0; i < n; ++i) a.push_back(of(values, random));
    Parts b = a;
    b[random() % n] = of(values, random);
    if (a == b || !line.may_hold(a) || !line.may_hold(b) || line.keys(a) != line.keys(b)) continue;
    ++compared;
    INFO(line.with(a) << "\n" << line.with(b));
    REQUIRE(split_line(line.with(a)).pattern.id() == split_line(line.with(b)).pattern.id());
  }
  CHECK(compared > 1000);
}

TEST_CASE("keys are as coarse as templates where parts stand alone", "[template]") {
  const auto key = [](std::string_view part) {
    std::string out;
    append_template_key(part, place_between("id ", " x", false, false), out);
    return out;
  };
  CHECK(key("a81f03bc") == key("17"));
  CHECK(key("10.0.0.8") == key("-5"));
  CHECK(key("9f86d081-884c-7d65-9a2f-eaa0c55ad015") == key("1.5s"));
  CHECK(key("user 7 gone") == key("user 19 gone"));
  CHECK(key("user 7 gone") != key("user 19 here"));
}

}  // namespace sluice::rules
