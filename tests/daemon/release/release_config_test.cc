#include <catch2/catch_test_macros.hpp>

#include "daemon/release/config.h"
#include "daemon/release/service_query.h"

namespace sluice::release {
namespace {

struct Read {
  ReleaseOptions options;
  std::string problems;
};

Read read(const std::string& text) {
  auto document = YamlDocument::parse(text, "f.yaml");
  REQUIRE(document.has_value());
  YamlDocument doc = *document;
  Read out;
  out.options = read_release(doc.root().section("release"));
  const auto finished = doc.finish();
  if (!finished) out.problems = finished.error().message;
  return out;
}

}  // namespace

TEST_CASE("the release section is read completely", "[config]") {
  const auto [o, problems] = read(R"(
release:
  hooks:
    undo:
      exec: [/usr/bin/rollback, shop]
      timeout: 30s
      attempts: 3
      verify: {timeout: 2m, quiet_for: 15s}
    call:
      webhook: {url: "http://127.0.0.1:1/x"}
  services:
    shop:
      selector: '{service="{{service}}",env="{{env}}"} | json | version="{{version}}"'
      errors: '| level=~"error|fatal"'
      rollback: undo
  policies:
    strict:
      window: 5m
      interval: 5s
      timeout: 6m
      on_fail: rollback
      on_inconclusive: fail
      checks:
        error_rate: {max_rate: 0.02, min_samples: 300}
        new_patterns: {min_count: 3, ignore: ["^known"]}
)");
  CHECK(problems == "");
  CHECK(o.hooks.at("undo").exec == std::vector<std::string>{"/usr/bin/rollback", "shop"});
  CHECK(o.hooks.at("undo").attempts == 3);
  CHECK(o.hooks.at("undo").verify.quiet_for == std::chrono::seconds(15));
  CHECK(o.hooks.at("call").webhook.url == "http://127.0.0.1:1/x");
  CHECK(o.services.at("shop").rollback_hook == "undo");
  const auto& policy = o.policies.at("strict");
  CHECK(policy.rollback_on_fail);
  CHECK(policy.on_inconclusive == rules::OnInconclusive::fail);
  CHECK(policy.error_rate.max_rate == 0.02);
  CHECK(policy.error_rate.min_samples == 300);
  CHECK(policy.novelty.min_count == 3);
  CHECK(o.policies.count("default") == 1);
}

TEST_CASE("the release section's mistakes are all named", "[config]") {
  CHECK(read(R"(
release:
  hooks:
    none: {timeout: 1s}
    both: {exec: [/x], webhook: {url: "http://h"}}
    relative: {exec: [rollback.sh]}
  services:
    a: {rollback: missing}
    b: {selector: '{service="{{host}}"}'}
  policies:
    p: {window: 1m, timeout: 30s, on_fail: retry}
    q: {checks: {error_rate: {enabled: false}, new_patterns: {enabled: false}}}
    r: {checks: {error_rate: {alpha: 2, max_ratio: 5}}}
)")
            .problems ==
        "f.yaml:4:11: a hook needs one of \"exec\" and \"webhook\"\n"
        "f.yaml:5:11: a hook needs one of \"exec\" and \"webhook\"\n"
        "f.yaml:6:16: \"exec\": the command must be an absolute path\n"
        "f.yaml:8:9: \"rollback\": there is no hook \"missing\"\n"
        "f.yaml:9:8: unknown {{host}}; there are {{service}}, {{env}} and {{version}}\n"
        "f.yaml:11:21: \"timeout\": must not be below the window\n"
        "f.yaml:11:35: \"on_fail\": expected rollback or none\n"
        "f.yaml:12:8: a policy without checks would learn nothing\n"
        "f.yaml:13:30: \"unacceptable_ratio\": must be more than max_ratio\n"
        "f.yaml:13:31: \"alpha\": must be from 1e-09 to 0.5");
}

TEST_CASE("a service's queries are made from its templates", "[config]") {
  ServiceOptions service;
  const auto query = ServiceQuery::make(service, "shop", "prod", "1.2");
  REQUIRE(query.has_value());
  CHECK(query->lines() == R"({service="shop"} | json | version="1.2")");
  CHECK(query->errors() == R"({service="shop"} | json | version="1.2" | level="error")");
  CHECK(query->errors_with({"lock ", "lost"}) ==
        R"({service="shop"} |= "lock " |= "lost" | json | version="1.2" | level="error")");
  service.selector = R"({a="}",b="{{service}}"})";
  CHECK(ServiceQuery::make(service, "s", "e", "v")->errors_with({"x"}) ==
        R"({a="}",b="s"} |= "x" | level="error")");
  service.selector = "{{{service}}";
  CHECK(ServiceQuery::make(service, "s", "e", "v").error().message ==
        "unknown {{{service}}; there are {{service}}, {{env}} and {{version}}");
}

}  // namespace sluice::release
