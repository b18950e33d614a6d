#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/give_up.h"
#include "query/cli/log_flags.h"
#include "query/cli/tail_state.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{10'000};

constexpr const char* tail_examples =
    "  sluice tail '{app=\"pay\"} |= \"error\"'\n"
    "  sluice tail '{app=\"pay\"}' -o jsonl | jq .line\n"
    "  sluice tail '{app=\"pay\"}' --until-match 'listening on' --timeout 2m\n\n"
    "Ends with Ctrl-C. A broken connection is made anew and goes on behind the last line.";

http::Params tail_params(const std::string& query, const TailFlags& flags, const TailState& state) {
  http::Params params;
  params.add("query", query);
  params.add("limit", std::to_string(flags.tail_limit));
  if (flags.delay_for > 0) params.add("delay_for", std::to_string(flags.delay_for));
  if (const auto start = state.resume_from()) {
    params.add("start", std::to_string(unix_ns(*start)));
  }
  return params;
}

// One message: {"streams":[...],"dropped_entries":[...]}. Whether `until` was found in a line: it
// is the last that is printed.
Result<bool> print_message(std::string_view text, TailState& state, const LogStyle& style,
                           const Expression& until, Context& context) {
  const Json message = Json::parse(text, nullptr, false);
  if (!message.is_object()) {
    return Error{ErrorCode::invalid_argument, "the server sent a tail message that is not JSON"};
  }
  SLUICE_TRY(auto lines, parse_streams(message.value("streams", Json::array())));
  bool found = false;
  for (const auto& line : state.accept(std::move(lines))) {
    found = until && found_in(until, line.line);
    if (!found && !style.sieve.passes(line.line)) continue;
    context.out << format_line(line, style);
    if (style.format == LogFormat::json) context.out << "\n";
    if (found) break;
  }
  context.out.flush();
  const auto dropped = message.find("dropped_entries");
  if (dropped != message.end() && dropped->is_array() && !dropped->empty()) {
    context.err << "sluice: the server dropped " << dropped->size()
                << " lines because they came faster than they could be sent\n";
  }
  return found;
}

// Worth trying again: the connection broke or the server is restarting, not: it said no.
bool transient(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ||
         error.code == ErrorCode::limit_exceeded;
}

struct RunTail {
  const std::string& query;
  const TailFlags& flags;
  const LogStyle& style;
  const Expression& until;
  Context& context;
  TailState state;
  bool connected_once = false;
  bool found = false;

  // Until the connection ends, for whatever reason.
  Result<void> once() {
    ApiClient api(context);
    SLUICE_TRY(auto request, api.request("GET", target_of("/loki/api/v1/tail",
                                                          tail_params(query, flags, state))));
    state.reconnected();
    Result<bool> printed = false;
    auto ended = context.client->websocket(std::move(request), [&](std::string_view message) {
      connected_once = true;
      printed = print_message(message, state, style, until, context);
      found = printed && *printed;
      return printed.has_value() && !found && context.out.good();
    });
    return printed ? ended : Result<void>(printed.error());
  }
};

}  // namespace

namespace {

// Until Ctrl-C, --timeout or a line that is waited for.
ExitCode follow(RunTail& tail, Context& context) {
  auto pause = first_pause;
  while (!context.stop.stop_requested() && context.out.good()) {
    const auto ended = tail.once();
    if (tail.found || context.stop.stop_requested()) break;
    if (!ended && (!transient(ended.error()) || !tail.connected_once)) {
      return fail(context, plain_message(ended.error()));
    }
    if (!context.options.quiet) {
      context.err << "sluice: "
                  << (ended ? "the server closed the connection" : ended.error().message)
                  << "; connecting again\n";
    }
    context.sleep(pause);
    pause = std::min(pause * 2, longest_pause);
  }
  return ExitCode::ok;
}

struct TailEnd {
  Expression until;
  std::optional<Duration> timeout;
};

Result<TailEnd> tail_end(const TailFlags& flags, const LogStyle& style) {
  if (style.format == LogFormat::table)
    return invalid_argument("a table has an end, which what is followed has not: use another -o");
  TailEnd end;
  if (!flags.until_match.empty()) {
    SLUICE_TRY(end.until, compile_expression(flags.until_match));
  }
  if (!flags.timeout.empty()) {
    SLUICE_TRY(end.timeout, parse_duration(flags.timeout));
  }
  return end;
}

}  // namespace

ExitCode follow_logs(const std::string& query, const TailFlags& flags, const LogStyle& style,
                     Context& context) {
  const auto end = tail_end(flags, style);
  if (!end) return fail(context, end.error());
  GiveUp give_up(context.stop, end->timeout);
  Context timed = context;
  timed.stop = give_up.token();
  RunTail tail{query, flags, style, end->until, timed, {}};
  const ExitCode code = follow(tail, timed);
  return give_up.timed_out() && !tail.found ? ExitCode::timed_out : code;
}

namespace {
struct TailOptions {
  std::string query;
  LogStyleFlags style;
  TailFlags tail;
};
}  // namespace

Action add_tail(CLI::App& root) {
  auto o = std::make_shared<TailOptions>();
  CLI::App& app = add_subcommand(root, "tail", "Follow logs as they arrive", tail_examples);
  app.add_option("query", o->query, "LogQL query without metrics")->required();
  app.add_option("-n,--limit", o->tail.tail_limit, "Lines to begin with")->capture_default_str();
  app.add_option("--delay-for", o->tail.delay_for,
                 "Seconds to hold lines back so that late ones fall into order");
  o->tail.add_end_to(app);
  o->style.add_to(app);
  return [o](Context& context) {
    const auto style = o->style.resolve(context);
    if (!style) return fail(context, style.error());
    return follow_logs(o->query, o->tail, *style, context);
  };
}

}  // namespace sluice::query::cli
