#include "rules/line_template.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "rules/log_message.h"

namespace sluice::rules {
namespace {

std::string shape(std::string_view line) {
  return split_line(line).pattern.display();
}

bool alike(std::string_view a, std::string_view b) {
  return split_line(a).pattern.id() == split_line(b).pattern.id();
}

// Lines made of pieces that tend to confuse each other.
std::string random_line(std::mt19937& random) {
  static const std::string pieces[] = {"17",
                                       "-4",
                                       "1.5",
                                       "12ms",
                                       "10.0.0.8",
                                       "10.0.0.8.9",
                                       "2026-01-02",
                                       "T03:04:05",
                                       "Z",
                                       "+02:00",
                                       "deadbeef",
                                       "0x1f",
                                       "9f86d081-884c-7d65-9a2f-eaa0c55ad015",
                                       "user7",
                                       "error",
                                       " ",
                                       ":",
                                       "=",
                                       "\"",
                                       "\\",
                                       "{",
                                       "}",
                                       "-",
                                       ".",
                                       "\xc3\xa9",
                                       std::string(1, '\0'),
                                       "\n",
                                       "_",
                                       "\xff"};
  std::uniform_int_distribution<std::size_t> which(0, std::size(pieces) - 1);
  std::uniform_int_distribution<int> length(0, 40);
  std::string line;
  for (int n = length(random); n > 0; --n) line += pieces[which(random)];
  return line;
}

}  // namespace

TEST_CASE("lines split into static text and typed slots", "[template]") {
  const std::pair<const char*, const char*> table[] = {
      {"", ""},
      {"plain words only", "plain words only"},
      {"conn 17 from 10.0.0.8:4711 closed after 1.5s",
       "conn <int> from <ip>:<int> closed after <quantity>"},
      {"took 12ms, 3.5 MB", "took <quantity>, <num> MB"},
      {"2026-01-02T03:04:05.123Z ready", "<time> ready"},
      {"2026-01-02 03:04:05,123 ready", "<time> ready"},
      {"2026-01-02T03:04:05+02:00 ready", "<time> ready"},
      {"on 2026-01-02: done", "on <time>: done"},
      {"at 03:04:05 done", "at <time> done"},
      {"id 9f86d081-884c-7d65-9a2f-eaa0c55ad015.", "id <uuid>."},
      {"commit 8f2c9ab1 by worker12", "commit <hex> by <word>"},
      {"at 0x7ffe failed", "at <hex> failed"},
      {"version 1.2.3 and 10.0.0.8.9", "version <word> and <word>"},
      {"delta=-5 x-5 a-b", "delta=<int> x-<int> a-b"},
      {"deadbeefcafe fades", "<hex> fades"},
      {"caf\xc3\xa9 7", "caf\xc3\xa9 <int>"},
      {"[7] (-8) {9}", "[<int>] (<int>) {<int>}"},
  };
  for (const auto& [line, expected] : table) CHECK(shape(line) == expected);
}

TEST_CASE("identity ignores slot types, not static text", "[template]") {
  CHECK(alike("cart a81f03bc lost", "cart 12345678 lost"));
  CHECK(alike("took 5 to finish", "took -5.5 to finish"));
  CHECK_FALSE(alike("took 5 to finish", "took 5 to start"));
  CHECK_FALSE(alike("a 1 b", "a 1 1 b"));
  // A slot is not the same as nothing, and where it stands matters.
  CHECK_FALSE(alike("ab 1", "ab "));
  CHECK_FALSE(alike("1 ab", "ab 1"));
}

TEST_CASE("identity is frozen: stored gates refer to it", "[template]") {
  CHECK(split_line("inventory lock 7 lost").pattern.id_text() ==
        split_line("inventory lock 99 lost").pattern.id_text());
  CHECK(split_line("inventory lock 7 lost").pattern.id_text() == "db45a1f85392b1a5");
}

TEST_CASE("rendering the split gives back the line", "[template]") {
  const unsigned seed = 20260102;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = random_line(random);
    const SplitLine split = split_line(line);
    REQUIRE(render(split.pattern, split.values) == line);
    REQUIRE(split_line(line).pattern.id() == split.pattern.id());
  }
}

TEST_CASE("a line past the bounds ends in one text slot", "[template]") {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += std::to_string(i) + ' ';
  const SplitLine split = split_line(many);
  CHECK(split.pattern.slots.size() == max_template_slots);
  CHECK(split.pattern.slots.back() == SlotType::text);
  CHECK(render(split.pattern, split.values) == many);

  const std::string huge(3 * max_template_bytes, ' ');
  CHECK(split_line(huge).pattern.slots.size() == 1);
  CHECK(render(split_line(huge).pattern, split_line(huge).values) == huge);
}

TEST_CASE("search literals stand unescaped in any log format", "[template]") {
  auto literals = [](std::string_view line) {
    return search_literals(split_line(line).pattern, 3);
  };
  CHECK(literals("inventory lock 7 lost for cart a81f03bc") ==
        std::vector<std::string>{"inventory lock ", " lost for cart "});
  CHECK(literals("open \"/etc/passwd\": no") ==
        std::vector<std::string>{"passwd", "open ", ": no"});
  CHECK(literals("7 8 9").empty());
}

TEST_CASE("the message of a line is its text fields", "[template]") {
  auto message = [](std::string_view line) { return message_of(line, default_message_fields()); };
  CHECK(message(R"({"level":"error","msg":"cart lost","user":"bob"})") == "cart lost");
  CHECK(message(R"({"error":"timeout","msg":"call failed"})") == "call failed\x1ftimeout");
  CHECK(message(R"(level=error msg="cart \"7\" lost" user=bob)") == "cart \"7\" lost");
  CHECK(message("level=error err=timeout flag") == "timeout");
  CHECK(message(R"(path="C:\dir" msg="lost \/ found")") == R"(lost \/ found)");
  CHECK(message(R"({"level":"error","user":"bob"})") == R"({"level":"error","user":"bob"})");
  CHECK(message("{broken json") == "{broken json");
  CHECK(message("plain text 7") == "plain text 7");
  CHECK(message("msg=\"unterminated") == "msg=\"unterminated");
  CHECK(message("") == "");
}

}  // namespace sluice::rules
