#include "agent/ship/verdict.h"

#include <algorithm>
#include <charconv>

namespace sluice::agent {
namespace {

constexpr std::size_t message_limit = 500;  // of a server's answer, for the log
constexpr std::int64_t longest_wait_seconds = 600;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

OutcomeKind kind_of(int status, std::optional<std::uint64_t> mark, std::uint64_t start) {
  if (status >= 200 && status < 300) return OutcomeKind::stored;
  if (status == 409 && mark)
    return *mark < start ? OutcomeKind::go_back : OutcomeKind::retry_source;
  if (status == 429) return OutcomeKind::retry_source;
  for (const int s : {401, 403, 404, 407, 408, 425})
    if (status == s) return OutcomeKind::retry_server;
  return status >= 500 ? OutcomeKind::retry_server : OutcomeKind::rejected;
}

}  // namespace

Duration retry_after(const http::Headers& headers) {
  const auto seconds = number(headers.get("Retry-After"));
  if (!seconds) return Duration{0};
  return std::chrono::seconds(
      std::min<std::uint64_t>(*seconds, static_cast<std::uint64_t>(longest_wait_seconds)));
}

Outcome judge_answer(const Result<http::ClientResponse>& answer, const BatchIdentity& identity) {
  Outcome out;
  if (!answer) {
    const auto& error = answer.error();
    out.kind =
        error.code == ErrorCode::cancelled ? OutcomeKind::cancelled : OutcomeKind::retry_server;
    out.message = error.message;
    return out;
  }
  out.status = answer->status;
  out.mark = number(answer->headers.get(high_water_header));
  out.kind = kind_of(answer->status, out.mark, identity.start);
  out.retry_after = retry_after(answer->headers);
  if (out.kind != OutcomeKind::stored) out.message = answer->body.substr(0, message_limit);
  return out;
}

}  // namespace sluice::agent
