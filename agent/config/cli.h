// The command line of sluice-agent. Parsing returns what to do and does nothing itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/config/options.h"
#include "base/types/result.h"

namespace sluice::agent {

// What was given on the command line; flags win over the file.
struct CliArgs {
  std::string config_file;
  bool check_config = false;
  std::vector<std::string> files;
  std::vector<std::string> labels;  // k=v
  std::optional<std::string> server;
  std::optional<std::string> tenant;
  std::optional<std::string> token_file;
  std::optional<std::string> state;
  std::optional<std::string> http_listen;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> metrics_interval;
  std::optional<std::string> agent_id;
  http::TlsClientOptions tls;
  bool no_metrics = false;
  bool once = false;
};

struct CliParse {
  std::optional<CliArgs> args;  // absent: print and leave with exit_code
  std::string text;
  int exit_code = 0;
};

CliParse parse_cli(int argc, const char* const* argv);
// The file, if one is named, with the flags on top, checked. Called again at a reload.
Result<AgentOptions> build_options(const CliArgs& args);

}  // namespace sluice::agent
