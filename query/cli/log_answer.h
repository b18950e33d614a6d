// LogAnswer: an answer of query_range taken as it arrives. sluiced sends the lines of a long query
// while it runs, one JSON document a line (docs/guide/loki-api.md); Loki sends all at the end. Both
// are understood, and told apart by what comes.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/client.h"
#include "base/types/result.h"
#include "query/cli/log_line.h"

namespace sluice::query::cli {

class ApiClient;

class LogAnswer {
 public:
  using OnLines = std::function<void(std::vector<LogLine>)>;
  explicit LogAnswer(OnLines on_lines) : on_lines_(std::move(on_lines)) {}

  // A piece of the body, cut anywhere. False: what came makes no sense; finish() says why.
  bool take(std::string_view bytes);
  // The whole document, or what is left of it: its "result" has the lines that were not given to
  // on_lines. Error: the server refused, or failed half-way.
  Result<nlohmann::json> finish(http::ClientResponse response);
  // Forgets what came, for another attempt; false if lines were given away already.
  bool restart();

 private:
  Result<void> take_line(std::string_view line);

  OnLines on_lines_;
  std::string line_;  // that has no end yet
  std::string rest_;  // what is no frame of lines
  bool given_ = false;
  Result<void> outcome_;
};

// GET query_range: gives lines away as they come, and returns as LogAnswer::finish.
Result<nlohmann::json> read_log_answer(ApiClient& api, const http::Params& params,
                                       LogAnswer::OnLines on_lines);

}  // namespace sluice::query::cli
