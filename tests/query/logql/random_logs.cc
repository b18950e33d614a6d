#include "tests/query/logql/random_logs.h"

namespace sluice::query::test {

namespace {

std::string random_json(Dice& dice) {
  if (dice.one_in(20)) return dice.of({"text", "", "[1]", R"({"level":"x",)", R"({"a":tru})"});
  std::string line;
  const auto field = [&](const std::string& name, const std::vector<std::string>& values) {
    for (int times = dice.one_in(15) ? 2 : dice.below(5) == 0 ? 0 : 1; times > 0; --times)
      line += (line.empty() ? "" : ",") + ("\"" + name + "\":") + dice.of(values);
  };
  field("level", {"\"error\"", "\"info\"", "\"warn\\u0021\"", "null", "\"\""});
  if (dice.one_in(2)) field("app", {"\"a\"", "\"z\""});
  field("status", {"200", "404", "500", "500", "-1.5", "1e2"});
  if (dice.one_in(12)) field("status", {"\"five\"", "true", "[1]"});
  field("ms", {"1", "2.5", "10", "0.1", "0.2"});
  if (dice.one_in(30)) field("ms", {"\"fast\""});
  field("took", {"\"1ms\"", "\"2s\"", "\"0\""});
  field("req", {R"({"id":7,"path":"/x"})", R"({"id":8})", "{}"});
  field("size", {"\"1KB\"", "\"12B\"", "7"});
  if (dice.one_in(2)) field("peer", {"\"10.1.2.3\"", "\"10.9.0.1:80\"", "\"::1\"", "\"none\""});
  return "{" + line + "}";
}

std::string random_logfmt(Dice& dice) {
  std::string line;
  const auto field = [&](const std::string& name, const std::vector<std::string>& values) {
    if (!dice.one_in(5)) line += name + "=" + dice.of(values) + " ";
  };
  field("level", {"error", "info", "\"wa rn\"", "\"\"", ""});
  field("app", {"a", "q"});
  field("status", {"200", "404", "500", "x"});
  field("ms", {"1", "2.5", "0.1", "7e-1"});
  field("took", {"1ms", "2s", "90"});
  field("size", {"1KB", "2MiB"});
  field("peer", {"10.1.2.3", "10.1.9.9", "\"[2001:db8::7]\""});
  field("bad\"", {"1"});
  return line;
}

LabelSet random_metadata(Dice& dice) {
  LabelSet metadata;
  if (dice.one_in(3)) metadata.set("trace", dice.of({"1", "2", "3"}));
  if (dice.one_in(6)) metadata.set("level", dice.of({"error", "debug"}));
  if (dice.one_in(8)) metadata.set("status", dice.of({"500", "no"}));
  if (dice.one_in(20)) metadata.set("ms", "4");
  return metadata;
}

std::string random_filter(Dice& dice, int depth = 0) {
  if (depth < 2 && dice.one_in(3)) {
    const std::string op = dice.of({" and ", " or "});
    return "(" + random_filter(dice, depth + 1) + op + random_filter(dice, depth + 1) + ")";
  }
  return dice.of({R"(level="error")",
                  R"(level!="error")",
                  R"(level=~"e.*|i.*")",
                  R"(level="")",
                  "status>=400",
                  "status<500",
                  "status==500",
                  "status!=404",
                  "ms>1",
                  "ms<=2.5",
                  "took>1s",
                  "took<=1ms",
                  "size>100B",
                  "req_id=7",
                  R"(req_path="/x")",
                  R"(app="a")",
                  R"(app_extracted="z")",
                  R"(level_extracted="error")",
                  R"(level_extracted!="")",
                  R"(env="prod")",
                  R"(peer=ip("10.1.0.0/16"))",
                  R"(peer!=ip("10.1.2.3-10.9.0.1"))",
                  R"(trace="1")",
                  R"(__error__="")",
                  R"(__error__!="")",
                  R"(missing="")",
                  "missing>1"});
}

}  // namespace

void fill(MemoryLogSource& logs, Dice& dice, bool with_metadata) {
  const int n = dice.below(80);
  for (int i = 0; i < n; ++i) {
    LabelSet labels{{"app", dice.of({"a", "b"})}};
    if (dice.one_in(4)) labels.set("env", "prod");
    if (dice.one_in(8)) labels.set("level", "error");
    // Distinct times, many of them full seconds.
    const std::int64_t ns = i * 3'000'000'000 + (dice.one_in(2) ? dice.below(1'000'000'000) : 0);
    const std::string line = dice.one_in(3) ? random_logfmt(dice) : random_json(dice);
    logs.add(labels,
             LogEntry{from_unix_ns(ns), line, with_metadata ? random_metadata(dice) : LabelSet{}});
  }
}

std::string random_stages(Dice& dice) {
  std::string out;
  if (dice.one_in(5))
    out +=
        dice.of({R"( |= "5")", R"( != "info")", R"( |~ "e.+r")", R"( |= ip("10.1.0.0/16"))",
                 R"( |= ip("::1") or "404")", R"( != ip("10.0.0.0/8"))", R"( |= ip("10.1.2.3"))"});
  if (dice.one_in(8)) out += " | " + random_filter(dice);
  out += dice.of({" | json", " | json", " | logfmt", " | logfmt", "", " | json | logfmt",
                  R"( | json level, ms="ms")", " | logfmt --keep-empty", R"( | drop app | json)"});
  for (int i = dice.below(4); i > 0; --i)
    out += dice.of({" | " + random_filter(dice), " | " + random_filter(dice), " | drop __error__",
                    " | drop level", R"( | drop level="error")", " | keep level, ms, status",
                    " | label_format l=level", R"( | line_format "{{.ms}}")"});
  return out;
}

std::string random_metric(Dice& dice) {
  std::string inner = R"({app=~".+"})" + random_stages(dice);
  const bool unwrap = dice.one_in(2);
  std::string op =
      dice.of({"count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"});
  if (unwrap) {
    op = dice.of({"sum_over_time", "avg_over_time", "min_over_time", "max_over_time",
                  "first_over_time", "last_over_time", "stddev_over_time", "rate",
                  "quantile_over_time"});
    inner += " | unwrap " + dice.of({"ms", "status", "duration(took)", "bytes(size)", "req_id"});
    if (dice.one_in(2)) inner += " | " + random_filter(dice);
    if (dice.one_in(2)) inner += R"( | __error__="")";
  }
  const std::string head = op + (op.starts_with("quantile") ? "(0.75, " : "(");
  const std::string range = dice.of({"60s", "120s", "7s", "30s500ms"});
  const std::string by = dice.of({"(level)", "(app, status)", "()", "(level, env, trace)", "(ms)",
                                  "(level, level)", "(app_extracted)"});
  const std::string core =
      head + inner + " [" + range + "]" + dice.of({"", "", " offset 1m", " offset -10s"}) + ")";
  if (!unwrap && op != "absent_over_time" && dice.one_in(2))
    return "sum " + dice.of({"by ", "by ", "without "}) + by + " (" + core + ")";
  const bool groups = unwrap && !op.starts_with("sum") && op != "rate";
  if (groups && dice.one_in(2)) return core + dice.of({" by ", " without "}) + by;
  if (op == "sum_over_time") return "sum by " + by + " (" + core + ")";
  return core;
}

}  // namespace sluice::query::test
