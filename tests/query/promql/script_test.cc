// Runs tests/data/{promql,promql/delayed_names,logql}/*.test on the engine in memory; tests the
// scripts' own language.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/query/script/memory_target.h"

namespace sluice::query::script {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Outcome run_text(std::string_view text) {
  const auto commands = parse_script(text);
  REQUIRE(commands.has_value());
  MemoryTarget target;
  return run_script(*commands, target);
}

// Runs every script of a folder; returns how many evals they hold.
std::size_t run_folder(const std::string& folder, test::Push push = test::Push::lines,
                       std::uint32_t seed = 0, EngineOptions options = {}) {
  std::size_t evals = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".test") continue;
    const std::string name = entry.path().filename().string();
    const auto commands = parse_script(read_file(entry.path()));
    INFO(name << ": " << (commands ? std::string() : commands.error().message));
    REQUIRE(commands.has_value());
    MemoryTarget target(push, seed, options);
    const Outcome outcome = run_script(*commands, target);
    evals += outcome.evals;
    for (const Failure& failure : outcome.failures)
      FAIL_CHECK(name << ":" << failure.line << ": " << failure.message);
  }
  return evals;
}

TEST_CASE("PromQL scripts hold", "[promql][script]") {
  const auto cases = run_folder(SLUICE_SOURCE_DIR "/tests/data/promql");
  WARN("PromQL cases: " << cases);
  CHECK(cases >= 900);
}

TEST_CASE("PromQL scripts hold where names go at the end", "[promql][script]") {
  EngineOptions options;
  options.delayed_name_removal = true;
  const std::string folder = SLUICE_SOURCE_DIR "/tests/data/promql/delayed_names";
  CHECK(run_folder(folder, test::Push::lines, 0, options) >= 60);
  options.threads = 4;
  CHECK(run_folder(folder, test::Push::lines, 0, options) >= 60);
}

TEST_CASE("LogQL scripts hold", "[logql][script]") {
  const auto cases = run_folder(SLUICE_SOURCE_DIR "/tests/data/logql");
  WARN("LogQL cases: " << cases);
  CHECK(cases >= 950);
}

TEST_CASE("LogQL scripts hold however much the store answers itself", "[logql][script]") {
  CHECK(run_folder(SLUICE_SOURCE_DIR "/tests/data/logql", test::Push::all) >= 950);
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  for (std::uint32_t round = 0; round < 6; ++round)
    run_folder(SLUICE_SOURCE_DIR "/tests/data/logql", test::Push::mixed, seed + 1000 * round);
}

TEST_CASE("the runner notices what differs", "[script]") {
  const std::string load = "load 1m\n  a{x=\"1\"} 1 2 3\n  a{x=\"2\"} 4\n";
  const char* const wrong[] = {
      "eval instant at 0 a\n",                                           // series missing below
      "eval instant at 0 a{x=\"1\"}\n  a{x=\"1\"} 2\n",                  // other value
      "eval instant at 0 a{x=\"1\"}\n  a{x=\"3\"} 1\n",                  // other labels
      "eval instant at 0 a{x=\"1\"}\n  expect fail boom\n",              // does not fail
      "eval instant at 0 nothing\n  a 1\n",                              // should be there
      "eval instant at 0 1\n  2\n",                                      // other scalar
      "eval instant at 0 a +\n",                                         // fails
      "eval range from 0 to 2m step 1m a{x=\"1\"}\n  a{x=\"1\"} 1 2\n",  // a step more
      "eval instant at 0 quantile(2, a)\n  {} Inf\n",                    // unexpected warning
      "eval instant at 0 sort_desc(a)\n  expect ordered\n  a{x=\"1\"} 1\n  a{x=\"2\"} 4\n",
  };
  for (const char* text : wrong) {
    INFO(text);
    CHECK(run_text(load + text).failures.size() == 1);
  }
}

TEST_CASE("script values", "[script]") {
  const auto size = [](std::string_view text) {
    const auto values = parse_values(text);
    return values ? static_cast<int>(values->at.size()) : -1;
  };
  CHECK(size("") == 0);
  CHECK(size("1 2 _ stale") == 4);
  CHECK(size("0+10x5") == 6);
  CHECK(size("5x2") == 3);
  CHECK(size("_x20") == 20);
  CHECK(size("1-0.5x2 NaN Inf -Inf") == 6);
  CHECK(size("1+x3") == -1);
  CHECK(size("foo") == -1);
  CHECK(parse_values("10-2x3")->at[3] == 4.0);
  CHECK(size("{{}} {{sum:1 count:1 buckets:[1]}}x2 1 {{count:1 buckets:[1]}}+{{count:2}}x3") == 9);
  CHECK(size("{{schema:99}}") == -1);
  CHECK(size("{{sum:}}") == -1);
}

TEST_CASE("script errors name the line", "[script]") {
  const auto message = [](std::string_view text) {
    const auto commands = parse_script(text);
    return commands ? std::string() : commands.error().message;
  };
  CHECK(message("load 1m\n  a{ 1\n").starts_with("line 2"));
  CHECK(message("load 1m\n  a 1 q\n").starts_with("line 2"));
  CHECK(message("\n\nfoo\n").starts_with("line 3"));
  CHECK(message("eval instant 0 a\n").starts_with("line 1"));
  CHECK(message("eval sideways at 0 a\n").starts_with("line 1"));
  CHECK(message("  a 1\n").starts_with("line 1"));
}

}  // namespace
}  // namespace sluice::query::script
