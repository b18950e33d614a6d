#include "query/cli/exit_code.h"

#include <array>
#include <cstdio>

namespace sluice::query::cli {

namespace {

struct Row {
  ExitCode code;
  const char* meaning;
};

constexpr std::array<Row, 11> rows{{
    {ExitCode::ok, "done; gate passed"},
    {ExitCode::no, "the answer is no: gate failed, check found errors, nothing matched"},
    {ExitCode::usage, "wrong usage or query syntax"},
    {ExitCode::undecided, "not decisive: gate inconclusive or without data; only lint warnings"},
    {ExitCode::not_allowed, "not authenticated or not allowed"},
    {ExitCode::unreachable, "server unreachable, or failing after retries"},
    {ExitCode::partial, "partial result and --strict"},
    {ExitCode::rolled_back, "gate failed, rollback done and seen in the data"},
    {ExitCode::rollback_failed, "gate failed and the rollback failed: wake somebody"},
    {ExitCode::timed_out, "--timeout ran out"},
    {ExitCode::interrupted, "interrupted"},
}};

}  // namespace

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::parse: return ExitCode::usage;
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden: return ExitCode::not_allowed;
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::too_large:
    case ErrorCode::unsupported_media: return ExitCode::no;
    case ErrorCode::cancelled: return ExitCode::interrupted;
    case ErrorCode::limit_exceeded:
    case ErrorCode::internal:
    case ErrorCode::unavailable:
    case ErrorCode::no_space:
    case ErrorCode::timeout:
    case ErrorCode::corrupt:
    case ErrorCode::io: return ExitCode::unreachable;
  }
  return ExitCode::unreachable;
}

std::string exit_code_help() {
  std::string out = "Exit codes of every sluice command:\n\n";
  for (const auto& row : rows) {
    std::array<char, 128> line{};
    std::snprintf(line.data(), line.size(), "  %3d  %s\n", static_cast<int>(row.code), row.meaning);
    out += line.data();
  }
  out +=
      "\nA pipeline that must not go on without proof tests for 0; one that tells a failed "
      "release\n"
      "from a blind monitoring system tells 1, 9 and 10 from 3 and 5.\n";
  return out;
}

}  // namespace sluice::query::cli
