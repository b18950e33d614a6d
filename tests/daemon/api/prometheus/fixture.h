// PrometheusFixture: the routes over series in memory, called without sockets.
#pragma once

#include <string>
#include <string_view>

#include "base/http/router.h"
#include "daemon/api/prometheus/routes.h"
#include "tests/query/memory_source.h"

namespace sluice::api::test {

class PrometheusFixture {
 public:
  explicit PrometheusFixture(PrometheusOptions options = {}) {
    add_prometheus_routes(router, engine, samples, clock, std::move(options));
  }

  void add(const LabelSet& labels, std::int64_t timestamp_ms, double value) {
    samples.add(labels, {timestamp_ms, value});
  }
  http::Response get(std::string_view target) { return send("GET", target); }
  http::Response post(std::string_view path, std::string_view form) {
    return send("POST", std::string(path) + "?" + std::string(form));
  }
  http::Response send(std::string_view method, std::string_view target) {
    http::Request request = make_request(method, target);
    return router.dispatch(std::move(request));
  }
  static http::Request make_request(std::string_view method, std::string_view target) {
    http::Request request;
    request.method = method;
    request.target = target;
    const auto question = std::min(target.find('?'), target.size());
    request.path = http::percent_decode(target.substr(0, question), false);
    if (question < target.size())
      request.query = http::Params::parse(target.substr(question + 1));
    return request;
  }

  query::test::MemoryLogSource logs;
  query::test::MemorySampleSource samples;
  query::Engine engine{logs, samples};
  ManualClock clock{from_unix_ns(100'000'000'000)};
  http::Router router;
};

}  // namespace sluice::api::test
