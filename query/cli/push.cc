#include <CLI/CLI.hpp>
#include <istream>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/push_batch.h"

namespace sluice::query::cli {

namespace {

constexpr std::size_t max_lines = 1000;
constexpr std::size_t max_bytes = 1 << 20;
constexpr int attempts = 5;
constexpr std::chrono::milliseconds first_push_pause{500};

struct PushOptions {
  std::vector<std::string> labels;
  std::string input = "-";
  bool echo = false;
};

constexpr const char* push_examples =
    "  make test 2>&1 | sluice push --label job=ci --label branch=main --echo\n"
    "  sluice push --label app=backup < backup.log\n\n"
    "Each line becomes an entry stamped with the time it was read. A pause in the input sends "
    "what\n"
    "there is. Exits 0 when every line is stored.";

Result<LabelSet> parse_label_flags(const std::vector<std::string>& flags) {
  LabelSet labels;
  for (const auto& flag : flags) {
    const std::size_t equals = flag.find('=');
    const std::string name = flag.substr(0, equals);
    if (equals == flag.npos || !valid_label_name(name)) {
      return invalid_argument("--label " + flag + ": use name=value, such as job=ci");
    }
    labels.set(name, flag.substr(equals + 1));
  }
  if (labels.empty()) return invalid_argument("give at least one --label name=value");
  return labels;
}

bool worth_another_push(const Result<http::ClientResponse>& outcome) {
  if (!outcome) {
    return outcome.error().code == ErrorCode::unavailable ||
           outcome.error().code == ErrorCode::timeout;
  }
  return outcome->status == 429 || outcome->status >= 500;
}

// Delivers a batch, patiently.
Result<void> deliver(const std::string& body, Context& context) {
  ApiClient api(context);
  auto pause = first_push_pause;
  for (int attempt = 1;; ++attempt) {
    auto outcome = api.send("POST", "/loki/api/v1/push", body, "application/json");
    if (outcome && outcome->status >= 200 && outcome->status < 300) return {};
    if (attempt == attempts || !worth_another_push(outcome) || context.stop.stop_requested()) {
      return outcome ? error_of(*outcome) : std::move(outcome).error();
    }
    context.sleep(pause);
    pause *= 2;
  }
}

ExitCode run_push(const PushOptions& o, Context& context) {
  const auto labels = parse_label_flags(o.labels);
  if (!labels) return fail(context, labels.error());
  PushBatch batch(*labels, max_lines, max_bytes);
  std::size_t pushed = 0;
  std::string line;
  bool more = true;
  while (more) {
    more = static_cast<bool>(std::getline(context.in, line));
    if (more) {
      batch.add(line, context.clock.now());
      if (o.echo) context.out << line << "\n";
    }
    // Nothing more buffered: whoever writes is pausing, so do not sit on what there is.
    const bool pause = more && context.in.rdbuf()->in_avail() <= 0;
    if (batch.empty() || !(batch.full() || pause || !more)) continue;
    const std::size_t lines = batch.lines();
    if (const auto sent = deliver(batch.take(), context); !sent) {
      context.err << "sluice: " << pushed << " lines were stored, then:\n";
      return fail(context, sent.error());
    }
    pushed += lines;
  }
  if (!context.options.quiet) context.err << pushed << " lines stored\n";
  return ExitCode::ok;
}

}  // namespace

Action add_push(CLI::App& root) {
  auto o = std::make_shared<PushOptions>();
  CLI::App& app =
      add_subcommand(root, "push", "Store lines from standard input as logs", push_examples);
  app.add_option("-l,--label", o->labels, "name=value (repeatable, at least one)")
      ->allow_extra_args(false);
  app.add_option("input", o->input, "Standard input, if given: -")->check(CLI::IsMember({"-"}));
  app.add_flag("--echo", o->echo, "Print the lines too, like tee");
  return [o](Context& context) { return run_push(*o, context); };
}

}  // namespace sluice::query::cli
