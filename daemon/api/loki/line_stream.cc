#include "daemon/api/loki/line_stream.h"

namespace sluice::api::loki {

namespace {

constexpr std::string_view media_type = "application/x-ndjson";

std::string frame(const query::Streams& streams, const AnswerOptions& options) {
  JsonWriter out;
  out.begin_object().key("streams");
  write_streams(out, streams, options);
  if (options.categorize)
    out.key("encodingFlags").begin_array().string("categorize-labels").end_array();
  out.end_object();
  return out.take() + "\n";
}

std::string failure_line(const Error& error) {
  const auto response = failure(error);
  JsonWriter out;
  out.begin_object().key("status").string("error");
  out.key("code").number(static_cast<std::int64_t>(response.status));
  out.key("error").string(response.body).end_object();
  return out.take() + "\n";
}

class LineStream {
 public:
  explicit LineStream(RunningLogs running) : running_(std::move(running)) {}

  // Nothing after the last line.
  Result<std::optional<std::string>> next() {
    if (ended_) return std::optional<std::string>();
    SLUICE_TRY(const auto streams, running_.logs->next());
    if (!streams) return end();
    running_.options.sent += query::entries_in(*streams);
    return std::optional(frame(*streams, running_.options));
  }

  std::optional<std::string> end_with(const Error& error) {
    ended_ = true;
    return failure_line(error);
  }

 private:
  std::optional<std::string> end() {
    ended_ = true;
    const query::QueryResult none{query::Streams{}, running_.context->warnings(), {}};
    return query_answer(none, *running_.context, running_.options).body + "\n";
  }

  RunningLogs running_;
  bool ended_ = false;
};

}  // namespace

bool wants_line_stream(const http::Request& request) {
  return request.headers.get("Accept").find(media_type) != std::string_view::npos;
}

http::Response line_stream(RunningLogs running) {
  const auto lines = std::make_shared<LineStream>(std::move(running));
  auto first = lines->next();
  if (!first) return failure(first.error());
  http::Response response;
  response.headers.set("Content-Type", media_type);
  response.body = **first;
  response.stream = [lines]() -> Result<std::optional<std::string>> {
    auto piece = lines->next();
    // Who left needs no last line.
    if (!piece && piece.error().code != ErrorCode::cancelled) return lines->end_with(piece.error());
    return piece;
  };
  return response;
}

}  // namespace sluice::api::loki
