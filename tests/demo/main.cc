// sluice-demo: the demo service of `./dev demo` and of the end-to-end tests.
#include <fmt/format.h>

#include <cstdio>

#include "tests/demo/cli.h"
#include "tests/demo/deployment.h"

namespace sluice::demo {
namespace {

int report(const Result<void>& result) {
  if (result) return 0;
  fmt::print(stderr, "sluice-demo: {}\n", result.error().message);
  return 1;
}

int report_change(const Result<Deployment::Change>& change, const char* verb, const char* idle) {
  if (!change) return report(Result<void>(change.error()));
  if (!change->changed()) {
    fmt::print("version {} is deployed already, {}\n", change->after, idle);
  } else if (change->before.empty()) {
    fmt::print("{} version {}\n", verb, change->after);
  } else {
    fmt::print("{} from version {} to version {}\n", verb, change->before, change->after);
  }
  return 0;
}

struct Execute {
  int operator()(const RunOptions& c) const { return report(run_shop(c)); }
  int operator()(const DeployCommand& c) const {
    return report_change(Deployment(c.state_dir).deploy(c.version), "deployed", "nothing to do");
  }
  int operator()(const RollbackCommand& c) const {
    return report_change(Deployment(c.state_dir).rollback(), "rolled back", "nothing to roll back");
  }
  int operator()(const ReceiveOptions& c) const { return report(receive_notifications(c)); }
  int operator()(const Say& c) const {
    std::fputs(c.text.c_str(), c.exit_code == 0 ? stdout : stderr);
    return c.exit_code;
  }
};

}  // namespace
}  // namespace sluice::demo

int main(int argc, char** argv) {
  return std::visit(sluice::demo::Execute{}, sluice::demo::parse_command_line(argc, argv));
}
