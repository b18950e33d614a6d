// sluice-agent: tails log files, samples the host, ships both.
#include <cstdio>

#include "agent/agent.h"
#include "agent/config/cli.h"
#include "base/runtime/signals.h"
#include "base/telemetry/log.h"

namespace {

using sluice::agent::Agent;
using sluice::agent::CliArgs;

int complain(const sluice::Error& error, int code) {
  std::fprintf(stderr, "sluice-agent: %s\n", error.message.c_str());
  return code;
}

void reload(Agent& agent, const CliArgs& args) {
  const auto fresh = sluice::agent::build_options(args);
  const auto done = fresh ? agent.reload(*fresh) : sluice::Result<void>(fresh.error());
  if (done)
    sluice::log_info("configuration reloaded");
  else
    sluice::log_error("configuration not reloaded; going on with the old one",
                      {{"error", done.error()}});
}

int run(const CliArgs& args, sluice::agent::AgentOptions options) {
  sluice::configure_logging(options.log_level, options.log_format);
  const auto server = options.ship.server;
  const auto groups = options.files.size();
  auto agent = Agent::create(std::move(options));
  if (!agent) return complain(agent.error(), 1);
  if (const auto started = (*agent)->start(&sluice::request_stop); !started)
    return complain(started.error(), 1);
  sluice::log_info("started", {{"server", server}, {"file_groups", groups}});
  sluice::wait_for_stop([&] { reload(**agent, args); });
  sluice::log_info("stopping");
  (*agent)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  sluice::block_signals();
  const auto parsed = sluice::agent::parse_cli(argc, argv);
  if (!parsed.args) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
    return parsed.exit_code;
  }
  auto options = sluice::agent::build_options(*parsed.args);
  if (!options) return complain(options.error(), 2);
  if (parsed.args->check_config) {
    std::puts("configuration is good");
    return 0;
  }
  return run(*parsed.args, std::move(*options));
}
