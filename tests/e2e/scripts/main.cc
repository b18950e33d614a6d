// sluice-query-scripts memory FILE...
// sluice-query-scripts http://HOST:PORT FILE...
// Runs scripts in this process or against a daemon, prints what differs and how many cases there
// were. Exit 1 if anything differs.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/runtime/io_runtime.h"
#include "tests/query/script/http_target.h"
#include "tests/query/script/memory_target.h"

namespace {

using namespace sluice;
using namespace sluice::query::script;

struct Totals {
  std::size_t cases = 0;
  std::size_t failures = 0;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void run_file(const std::filesystem::path& path, Target& target, Totals& totals) {
  const auto commands = parse_script(read_file(path));
  if (!commands) {
    ++totals.failures;
    std::cout << path.string() << ": " << commands.error().message << "\n";
    return;
  }
  const Outcome outcome = run_script(*commands, target);
  totals.cases += outcome.evals;
  totals.failures += outcome.failures.size();
  for (const Failure& failure : outcome.failures)
    std::cout << path.string() << ":" << failure.line << ": " << failure.message << "\n";
}

int run(int argc, char** argv) {
  const std::string where = argv[1];
  IoRuntime runtime({});
  const auto client = http::make_client(runtime, {});
  Totals totals;
  for (int i = 2; i < argc; ++i) {
    const std::filesystem::path path = argv[i];
    MemoryTarget memory;
    HttpTarget daemon(*client, where, path.stem().string());
    run_file(path, where == "memory" ? static_cast<Target&>(memory) : daemon, totals);
  }
  std::cout << totals.cases << " cases, " << totals.failures << " failures\n";
  runtime.stop();
  return totals.failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: sluice-query-scripts memory|URL FILE...\n";
    return 2;
  }
  return run(argc, argv);
}
