// HttpTarget: a running sluiced, loaded by remote write and asked by Prometheus' API. Each clear()
// begins a tenant of its own, so that scripts share one daemon. PromQL only.
#pragma once

#include <map>
#include <memory>

#include "base/http/client.h"
#include "tests/query/script/runner.h"

namespace sluice::query::script {

class HttpTarget : public Target {
 public:
  // `name` tells tenants of several targets apart.
  HttpTarget(http::Client& client, std::string url, std::string name)
      : client_(client), url_(std::move(url)), name_(std::move(name)) {}

  Result<void> clear() override;
  Result<void> load(const std::vector<SeriesSamples>& series) override;
  Result<void> load_logs(const std::vector<StreamEntries>& streams) override;
  Result<QueryResult> eval(const Eval& eval) override;
  const ShownHistogram* shown(const NativeHistogram* histogram) const override;

 private:
  Result<http::ClientResponse> send(std::string path, std::string type, std::string body);

  http::Client& client_;
  const std::string url_;
  const std::string name_;
  std::size_t tenant_ = 0;
  // Of the last result; what stands for them is empty.
  std::map<const NativeHistogram*, ShownHistogram> histograms_;
};

}  // namespace sluice::query::script
