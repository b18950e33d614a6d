#include "daemon/storage/columns/regex_literals.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "query/ast/regex.h"
#include "tests/daemon/storage/columns/random_text.h"

namespace sluice::storage {
namespace {

using AnyOf = RegexLiterals::AnyOf;
using Clauses = std::vector<AnyOf>;

AnyOf any_of_words(std::vector<std::string> texts, bool fold = false) {
  AnyOf needles;
  for (auto& text : texts) needles.push_back({std::move(text), fold});
  return needles;
}

TEST_CASE("regexes that are only literals", "[columns]") {
  const auto exact = [](std::string_view pattern) {
    const RegexLiterals literals = regex_literals(pattern);
    REQUIRE(literals.exact);
    REQUIRE(literals.clauses.size() == 1);
    return literals.clauses[0];
  };
  CHECK(exact("error") == any_of_words({"error"}));
  CHECK(exact("a\\.b|c") == any_of_words({"a.b", "c"}));
  CHECK(exact("(?:get|put) /x") == any_of_words({"get /x", "put /x"}));
  CHECK(exact("[Ee]rror") == any_of_words({"Error", "error"}));
  CHECK(exact("https?://") == any_of_words({"https://", "http://"}));
  CHECK(exact("\\Qa.b\\E(c)") == any_of_words({"a.bc"}));
  CHECK(exact("a{") == any_of_words({"a{"}));
  CHECK(exact("") == any_of_words({""}));
  CHECK(exact("(?i)Not Found") == any_of_words({"not found"}, true));
  CHECK(exact("(?i)ok") == any_of_words({"ok", "o\xE2\x84\xAA"}, true));
  CHECK(exact("\xC3\xA9t\xC3\xA9") == any_of_words({"\xC3\xA9t\xC3\xA9"}));
}

TEST_CASE("regexes that need literals", "[columns]") {
  const auto required = [](std::string_view pattern) {
    const RegexLiterals literals = regex_literals(pattern);
    REQUIRE_FALSE(literals.exact);
    return literals.clauses;
  };
  CHECK(required("status=5\\d\\d") == Clauses{any_of_words({"status=5"})});
  CHECK(required("timeout.*after [0-9]+ms") ==
        Clauses{any_of_words({"timeout"}), any_of_words({"after "}), any_of_words({"ms"})});
  CHECK(required("^foo$") == Clauses{any_of_words({"foo"})});
  CHECK(required("\\bGET\\b") == Clauses{any_of_words({"GET"})});
  CHECK(required("(abc)+d?") == Clauses{any_of_words({"abc"})});
  CHECK(required("(?:abc.|def.*ghij)") == Clauses{any_of_words({"abc", "ghij"})});
  CHECK(required("(abc)*x{0,3}") == Clauses{});
  CHECK(required("(?i:ab)CD") == Clauses{any_of_words({"ab"}, true), any_of_words({"CD"})});
  CHECK(required("a.b") == Clauses{});
  CHECK(required("(abc|.*)def?") == Clauses{any_of_words({"def", "de"})});
  CHECK(required("\\pL+abc") == Clauses{});
}

std::string random_pattern(RandomText& random, int depth) {
  constexpr const char* atoms[] = {
      "a",    "b",           "k",        "S",   "ab",     "Ks",       "\\.",     ".",    "[ab]",
      "[^a]", "[a-c]",       "\\d",      "\\b", "^",      "$",        "\\Qa\\E", "(?i)", "-",
      "[]a]", "[[:alpha:]]", "\xC5\xBF", "\\-", "(?i:a)", "(?P<n>b)", "[kS]",    "{"};
  constexpr const char* repeats[] = {"", "", "", "", "*", "+", "?", "{2}", "{0,1}", "+?", "*?"};
  std::string pattern;
  for (std::size_t i = random.below(4) + 1; i > 0; --i) {
    if (depth > 0 && random.below(4) == 0)
      pattern += "(" + random_pattern(random, depth - 1) + ")";
    else
      pattern += atoms[random.below(std::size(atoms))];
    pattern += repeats[random.below(std::size(repeats))];
    if (random.below(6) == 0) pattern += "|";
  }
  return pattern;
}

bool has_one(const AnyOf& needles, std::string_view text) {
  return std::any_of(needles.begin(), needles.end(), [&](const Needle& needle) {
    return contains(text, needle.text, needle.fold);
  });
}

TEST_CASE("a match holds what its regex requires", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  std::size_t exact = 0;
  std::size_t required = 0;
  for (int round = 0; round < 8'000; ++round) {
    const std::string pattern = random_pattern(random, 3);
    const auto regex = query::Regex::compile(pattern, query::Anchor::none);
    if (!regex) continue;
    const RegexLiterals literals = regex_literals(pattern);
    exact += literals.exact ? 1 : 0;
    required += literals.clauses.empty() ? 0 : 1;
    for (int i = 0; i < 20; ++i) {
      std::string text = random.text(8, "abkKsS.-1{");
      if (random.below(3) == 0) text.insert(random.below(text.size() + 1), "\xC5\xBF");
      if (random.below(3) == 0) text.insert(random.below(text.size() + 1), "\xE2\x84\xAA");
      const bool matches = (*regex)->matches(text);
      INFO("'" << pattern << "' on '" << text << "'");
      for (const auto& clause : literals.clauses)
        if (matches) REQUIRE(has_one(clause, text));
      if (literals.exact) REQUIRE(matches == has_one(literals.clauses[0], text));
    }
  }
  CHECK(exact > 100);
  CHECK(required > 500);
}

}  // namespace
}  // namespace sluice::storage
