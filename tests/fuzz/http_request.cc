// HTTP requests: however the bytes are cut into pieces, the parser accepts the same requests with
// the same bodies, and consumes no more than it was given; what it accepts can be planned.
#include "base/http/plan.h"
#include "base/http/request_parser.h"
#include "base/http/router.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::http;

// Beyond any input: at the limit itself, whether the start line counts depends on the cutting.
constexpr std::size_t head_limit = 1 << 24;
constexpr std::size_t body_limit = 1000;

struct Outcome {
  ParseState state = ParseState::need_more;
  int status = 0;  // of a refusal by the plan
  std::string body;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

const Router& router() {
  static const Router table = [] {
    Router r;
    const auto nothing = [](Request&) { return Response::no_content(); };
    r.add("GET|POST", "/a/{x}", {Pool::commit, Role::ingest, body_limit}, nothing);
    return r;
  }();
  return table;
}

// Feeds `bytes` in pieces of `piece` bytes, as the connection does.
Outcome parse(std::string_view bytes, std::size_t piece) {
  static const auto open = Authenticator::load({}).value();
  RequestParser parser(head_limit);
  Outcome outcome;
  std::string buffered;
  while (outcome.state != ParseState::complete && outcome.state != ParseState::failed) {
    auto step = parser.feed(buffered);
    fuzz::require(step.consumed <= buffered.size(), "consumes what it was given");
    buffered.erase(0, step.consumed);
    outcome.state = step.state;
    if (step.state == ParseState::failed) {
      fuzz::require(step.refusal.status >= 400, "a refusal has a status");
    }
    if (step.state == ParseState::head) {
      const auto plan = plan_request(router(), open, parser.take_head());
      if (plan.refusal) outcome.status = plan.refusal->status;
      parser.body_limit(body_limit);
    } else if (step.state == ParseState::need_more) {
      if (bytes.empty()) return outcome;
      buffered += bytes.substr(0, piece);
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
  }
  if (outcome.state == ParseState::complete) outcome.body = parser.take_body();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = parse(bytes, bytes.size() + 1);
  const Outcome pieces = parse(bytes, piece);
  // How early a malformed head is noticed, and as what, may depend on the cutting.
  const bool complete = whole.state == ParseState::complete;
  fuzz::require(complete == (pieces.state == ParseState::complete), "both accept or none does");
  fuzz::require(!complete || whole == pieces, "cutting does not change what is accepted");
  return 0;
}
