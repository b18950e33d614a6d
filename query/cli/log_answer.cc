#include "query/cli/log_answer.h"

#include <nlohmann/json.hpp>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

constexpr std::string_view frame_begin = R"({"streams":)";

Error odd_answer() {
  return {ErrorCode::unavailable, "the server's answer is not JSON; is --addr right?"};
}

}  // namespace

bool LogAnswer::take(std::string_view bytes) {
  for (auto end = bytes.find('\n'); outcome_ && end != std::string_view::npos;
       end = bytes.find('\n')) {
    line_ += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    outcome_ = take_line(std::exchange(line_, {}));
  }
  line_ += bytes;
  return outcome_.has_value();
}

Result<void> LogAnswer::take_line(std::string_view line) {
  if (!line.starts_with(frame_begin)) {
    rest_.append(line) += '\n';
    return {};
  }
  const Json frame = Json::parse(line, nullptr, false);
  if (frame.is_discarded()) return odd_answer();
  SLUICE_TRY(auto lines, parse_streams(frame["streams"]));
  given_ = given_ || !lines.empty();
  on_lines_(std::move(lines));
  return {};
}

Result<Json> LogAnswer::finish(http::ClientResponse response) {
  SLUICE_CHECK(outcome_);
  SLUICE_CHECK(take_line(std::exchange(line_, {})));
  response.body = std::move(rest_);
  if (response.status < 200 || response.status > 299) return error_of(response);
  Json document = Json::parse(response.body, nullptr, false);
  if (document.is_discarded()) return odd_answer();
  if (text_of(document, "status") == "error") {
    response.status = static_cast<int>(number_of(document.value("code", Json())));
    return error_of(response);
  }
  return Result<Json>(boost::system::in_place_value, std::move(document));
}

bool LogAnswer::restart() {
  if (given_) return false;
  line_.clear();
  rest_.clear();
  outcome_ = {};
  return true;
}

Result<Json> read_log_answer(ApiClient& api, const http::Params& params,
                             LogAnswer::OnLines on_lines) {
  LogAnswer answer(std::move(on_lines));
  auto response = api.stream(
      target_of("/loki/api/v1/query_range", params), "application/x-ndjson, application/json",
      [&](std::string_view bytes) { return answer.take(bytes); }, [&] { return answer.restart(); });
  if (!response) return std::move(response).error();
  return answer.finish(std::move(*response));
}

}  // namespace sluice::query::cli
