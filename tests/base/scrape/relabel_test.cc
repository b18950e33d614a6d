#include "base/scrape/relabel.h"

#include <algorithm>
#include <random>

#include "base/config/yaml.h"
#include "base/scrape/exposition.h"
#include "base/scrape/read_parts.h"
#include "base/scrape/relabel_template.h"
#include "base/types/utf8.h"
#include "tests/base/scrape/cases.h"

namespace sluice::scrape {
namespace {

struct RelabelInput {
  LabelSet labels;
  std::string yaml;
};

// The first line holds the labels, the rest is relabel_configs.
RelabelInput split_input(const std::string& input) {
  const auto end = input.find('\n');
  const auto labels = parse_labels(input.substr(0, end));
  REQUIRE(bool(labels));
  return {*labels, "rules:\n" + input.substr(end + 1)};
}

std::string relabelled(const RelabelInput& input) {
  auto document = YamlDocument::parse(input.yaml, "case", false);
  if (!document) return "error " + document.error().message + "\n";
  YamlNode root = document->root();
  const auto rules = read_relabel_rules(root, "rules", NameScheme::legacy);
  if (const auto done = document->finish(); !done) return "error " + done.error().message + "\n";
  const auto relabeler = Relabeler::compile(rules);
  REQUIRE(bool(relabeler));
  LabelSet labels = input.labels;
  return relabeler->apply(labels) ? labels.to_string() + "\n" : "dropped\n";
}

RelabelRule random_rule(std::mt19937& random) {
  const auto pick = [&](std::initializer_list<const char*> texts) {
    return std::string(*(texts.begin() + random() % texts.size()));
  };
  RelabelRule rule;
  rule.action = static_cast<RelabelAction>(random() % 11);
  const bool by_names =
      rule.action == RelabelAction::labeldrop || rule.action == RelabelAction::labelkeep;
  const bool equal =
      rule.action == RelabelAction::keepequal || rule.action == RelabelAction::dropequal;
  if (!by_names) rule.source_labels = {pick({"a", "b", "__c"}), pick({"a", "missing"})};
  if (!by_names) rule.target_label = pick({"a", "b", "new", "n_2"});
  if (!equal) rule.regex = pick({"(.*)", "a.*", "(x|y);(.*)", "b", "(.)(.*)", ""});
  if (!by_names && !equal) rule.replacement = pick({"$1", "${2}_$1", "", "x", "$$", "$missing"});
  if (rule.action == RelabelAction::hashmod) rule.modulus = 1 + random() % 10;
  return rule;
}

}  // namespace

TEST_CASE("relabelling does what the cases say", "[relabel]") {
  for (const auto& one : test::read_cases("relabel.cases")) {
    CAPTURE(one.title);
    CHECK(relabelled(split_input(one.input)) == one.expected);
  }
}

TEST_CASE("labels stay sorted, unique, named and valued whatever rules do", "[relabel]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<RelabelRule> rules;
    for (unsigned i = 0; i < 1 + random() % 4; ++i) rules.push_back(random_rule(random));
    std::erase_if(rules, [](const auto& rule) { return !find_relabel_problem(rule).empty(); });
    const auto relabeler = Relabeler::compile(rules);
    REQUIRE(bool(relabeler));
    LabelSet labels{{"a", "x"}, {"b", "y;z"}, {"__c", "Ä"}};
    if (!relabeler->apply(labels)) continue;
    CHECK(std::is_sorted(labels.begin(), labels.end()));
    for (const Label& label : labels) {
      CHECK(valid_name(NameScheme::utf8, label.name));
      CHECK_FALSE(label.value.empty());
      CHECK(valid_utf8(label.value));
    }
    std::vector<Label> copy(labels.begin(), labels.end());
    CHECK(LabelSet::from(copy) == labels);
  }
}

TEST_CASE("templates are expanded as Go expands them", "[relabel]") {
  const std::vector<std::string_view> groups = {"all", "one", "two"};
  const std::map<std::string, int> names = {{"name", 2}};
  const auto expanded = [&](std::string_view text) { return expand_template(text, groups, names); };
  CHECK(expanded("$0 $1 ${2}") == "all one two");
  CHECK(expanded("$name ${name}") == "two two");
  CHECK(expanded("$1x") == "");
  CHECK(expanded("${1}x") == "onex");
  CHECK(expanded("$3 $$1 $ ${ ${} $-") == " $1 $ ${ ${} $-");
}

TEST_CASE("rules that contradict themselves are refused in Prometheus' words", "[relabel]") {
  const auto problem = [](RelabelRule rule) { return find_relabel_problem(rule); };
  CHECK(problem({.action = RelabelAction::hashmod, .target_label = "a"}) ==
        "relabel configuration for hashmod requires non-zero modulus");
  CHECK(problem({}) == "relabel configuration for replace action requires 'target_label' value");
  CHECK(problem({.target_label = "a-b", .names = NameScheme::legacy}) ==
        "\"a-b\" is invalid 'target_label' for replace action");
  CHECK(problem({.target_label = "a-b"}).empty());
  CHECK(problem({.action = RelabelAction::labeldrop, .target_label = "a"}) ==
        "labeldrop action requires only 'regex', and no other fields");
  CHECK(problem({.action = RelabelAction::keepequal, .regex = "a", .target_label = "a"}) ==
        "keepequal action requires only 'source_labels' and `target_label`, and no other fields");
  CHECK(Relabeler::compile({{.regex = "(", .target_label = "a"}}).has_error());
}

}  // namespace sluice::scrape
