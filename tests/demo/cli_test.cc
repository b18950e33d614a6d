#include "tests/demo/cli.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace sluice::demo {
namespace {

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sluice-demo");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("run takes its options and has defaults for all of them") {
  const auto defaults = std::get<RunOptions>(parse({"run"}));
  CHECK(defaults.shop.version == "A");
  CHECK(defaults.shop.service == "shop");
  CHECK_FALSE(defaults.duration);
  const auto run = std::get<RunOptions>(
      parse({"run", "--state", "s", "--file", "f", "--rate", "250", "--version", "B", "--seed",
             "9", "--service", "pay", "--duration", "3", "--error-rate", "0.1"}));
  CHECK(run.state_dir == "s");
  CHECK(run.file == "f");
  CHECK(run.rate == 250);
  CHECK(run.shop.version == "B");
  CHECK(run.shop.seed == 9);
  CHECK(run.shop.service == "pay");
  CHECK(run.shop.error_rate == 0.1);
  CHECK(run.duration == std::chrono::seconds(3));
}

TEST_CASE("deploy, rollback and receive are told apart") {
  const auto deploy = std::get<DeployCommand>(parse({"deploy", "B", "--state", "s"}));
  CHECK(deploy.version == "B");
  CHECK(deploy.state_dir == "s");
  CHECK(std::get<RollbackCommand>(parse({"rollback", "--state", "s"})).state_dir == "s");
  CHECK(std::get<ReceiveOptions>(parse({"receive", "--port-file", "p"})).port_file == "p");
}

TEST_CASE("wrong usage exits 2 and says what is wrong") {
  struct Case {
    std::vector<const char*> arguments;
    const char* says;
  };
  const Case cases[] = {
      {{}, "subcommand"},
      {{"run", "--rate", "-1"}, "--rate"},
      {{"run", "--speed", "1"}, "--speed"},
      {{"deploy", "B"}, "--state"},
      {{"rollback"}, "--state"},
      {{"run", "--error-rate", "2"}, "--error-rate"},
  };
  for (const Case& c : cases) {
    const auto said = std::get<Say>(parse(c.arguments));
    CHECK(said.exit_code == 2);
    INFO(said.text);
    CHECK(said.text.find(c.says) != std::string::npos);
  }
}

TEST_CASE("help explains the planted defect and exits 0") {
  const auto said = std::get<Say>(parse({"--help"}));
  CHECK(said.exit_code == 0);
  CHECK(said.text.find("planted defect") != std::string::npos);
}

}  // namespace sluice::demo
