#include "rules/language.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::rules {
namespace {

// "logql reads logs", or the error.
std::string classified(const std::string& text, std::optional<Language> forced = std::nullopt) {
  const auto query = classify_query(text, forced);
  if (!query) return query.error().message;
  std::string out(to_string(query->language));
  if (query->reads_logs) out += " logs";
  if (query->reads_samples) out += " samples";
  return out;
}

}  // namespace

TEST_CASE("the language of an expression is found", "[language]") {
  const std::pair<const char*, const char*> table[] = {
      {R"(up == 0)", "promql samples"},
      {R"(sum by (job) (rate(http_requests_total{code="500"}[5m])) > 1)", "promql samples"},
      {R"({__name__="up"} == 0)", "promql samples"},
      {R"(absent_over_time(up[5m]))", "promql samples"},
      {R"(vector(1))", "promql"},
      {R"(rate({app="pay"} |= "error" [5m]) > 0.5)", "logql logs"},
      {R"(sum by (app) (count_over_time({app=~".+"} | json | level="error" [1m])) > 5)",
       "logql logs"},
      // Both languages: no metric has a name here, so it is logs.
      {R"(rate({app="pay"}[5m]) > 0.5)", "logql logs"},
      {R"(sum(count_over_time({app="pay"}[1m])))", "logql logs"},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    CHECK(classified(text) == expected);
  }
}

TEST_CASE("the group may say which language it is", "[language]") {
  CHECK(classified(R"(rate({app="pay"}[5m]))", Language::promql) == "promql samples");
  CHECK(classified(R"(rate({app="pay"}[5m]))", Language::logql) == "logql logs");
  CHECK(classified("up == 0", Language::logql) != "logql samples");
}

TEST_CASE("what is no number per series is refused", "[language]") {
  CHECK(classified(R"({app="pay"} |= "error")").starts_with("the expression must give a number"));
  CHECK(classified("up[5m]").starts_with("the expression must give a number"));
}

TEST_CASE("an error speaks of the likelier language", "[language]") {
  CHECK(classified("sum by (job) (up").starts_with("PromQL: "));
  CHECK(classified(R"(rate({app="pay"} |= [5m]))").starts_with("LogQL: "));
}

}  // namespace sluice::rules
