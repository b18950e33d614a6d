// Fetcher: gets a target's answer, over HTTP or from a test's double.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/scrape/scrape_body.h"
#include "base/scrape/target.h"

namespace sluice {
class IoRuntime;
}

namespace sluice::scrape {

struct Fetched {
  std::string content_type;
  std::string body;  // decompressed
};

// Blocks, for at most the target's timeout. Safe from any thread.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // The error is what `last_error` of the target shows; too_large if the body exceeds its limit.
  virtual Result<Fetched> fetch(const Target& target, const std::stop_token& cancel) = 0;
};

using MakeFetcher = std::function<std::shared_ptr<Fetcher>(const JobConfig&)>;

// One client with the job's credentials, TLS and limits. `runtime` must outlive it.
std::shared_ptr<Fetcher> make_http_fetcher(IoRuntime& runtime, const JobConfig& job,
                                           const Bounds& bounds, const std::string& user_agent);

// Where a redirect leads, from the URL that was asked. Pure.
std::string resolve_location(const std::string& url, std::string_view location);

}  // namespace sluice::scrape
