#include "rules/rule_file.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sluice::rules {
namespace {

namespace fs = std::filesystem;

// Stands for the parsers: "BAD" is no language, a brace at the front of a selector is LogQL.
Result<RuleQuery> fake_classify(std::string text, std::optional<Language> forced) {
  if (text == "BAD") return Error{ErrorCode::parse, "1:1: this does not parse"};
  const bool logs = text.find("({") != std::string::npos;
  const Language language = forced.value_or(logs ? Language::logql : Language::promql);
  return RuleQuery{std::move(text), language, logs, !logs, {}};
}

RuleFileOptions options() {
  return {std::chrono::minutes(1), Duration{0}, fake_classify};
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The "# expect: ..." comments of a fixture, each as the error line it stands for.
std::string expected_problems(const std::string& text, const std::string& name) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    constexpr std::string_view mark = "# expect: ";
    if (!line.starts_with(mark)) continue;
    if (!out.empty()) out += '\n';
    out += name + ":" + line.substr(mark.size());
  }
  return out;
}

std::vector<fs::path> fixtures(const std::string& suffix) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(SLUICE_SOURCE_DIR "/tests/rules/testdata")) {
    if (entry.path().filename().string().ends_with(suffix)) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("good rule files load", "[rule_file]") {
  const auto files = fixtures(".good.yaml");
  REQUIRE(files.size() >= 2);
  for (const auto& path : files) {
    const auto file = parse_rule_file(read(path), path.filename(), options());
    INFO(path.filename() << ": " << (file ? "" : file.error().message));
    CHECK(file.has_value());
  }
}

TEST_CASE("bad rule files say everything that is wrong, and where", "[rule_file]") {
  const auto files = fixtures(".bad.yaml");
  REQUIRE(files.size() >= 2);
  for (const auto& path : files) {
    const std::string text = read(path);
    const auto file = parse_rule_file(text, path.filename(), options());
    INFO(path.filename());
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().message == expected_problems(text, path.filename()));
  }
}

TEST_CASE("a rule file is read completely", "[rule_file]") {
  const auto text = read(SLUICE_SOURCE_DIR "/tests/rules/testdata/full.good.yaml");
  const auto file = parse_rule_file(text, "full.yaml", options());
  REQUIRE(file.has_value());
  REQUIRE(file->groups.size() == 2);
  const RuleGroup& group = file->groups[0];
  CHECK(group.name == "checkout");
  CHECK(group.file == "full.yaml");
  CHECK(group.interval == std::chrono::seconds(30));
  CHECK(group.query_offset == std::chrono::seconds(5));
  CHECK(group.limit == 20);
  REQUIRE(group.rules.size() == 2);
  const Rule& alert = group.rules[0];
  CHECK(alert.kind == RuleKind::alerting);
  CHECK(alert.query.language == Language::logql);
  CHECK(alert.times.hold == std::chrono::minutes(2));
  CHECK(alert.times.keep_firing_for == std::chrono::minutes(5));
  // The rule's own label wins over the group's.
  CHECK(alert.written_labels() ==
        LabelSet{{"severity", "page"}, {"team", "{{ $labels.service }}"}});
  CHECK(alert.where == "full.yaml:10:9");
  const Rule& record = group.rules[1];
  CHECK(record.kind == RuleKind::recording);
  CHECK(record.written_labels() == LabelSet{{"source", "logs"}, {"team", "shop"}});
  CHECK(file->groups[1].interval == std::chrono::minutes(1));
  CHECK(file->groups[1].rules[0].query.language == Language::promql);
}

TEST_CASE("dollar signs belong to templates, not to the environment", "[rule_file]") {
  const auto file = parse_rule_file(
      "groups: [{name: a, rules: [{alert: A, expr: up, annotations: {x: '${HOME} {{ $value "
      "}}'}}]}]",
      "f", options());
  REQUIRE(file.has_value());
  CHECK(file->groups[0].rules[0].annotations[0].text.text() == "${HOME} {{ $value }}");
}

}  // namespace sluice::rules
