#include "daemon/ingest/loki_push_handler.h"

#include <utility>

#include "base/codec/compress.h"
#include "daemon/ingest/answers.h"
#include "daemon/ingest/loki_push_json.h"
#include "daemon/ingest/loki_push_protobuf.h"
#include "daemon/ingest/refusal_text.h"
#include "daemon/ingest/validate_labels.h"
#include "daemon/ingest/validate_logs.h"

namespace sluice::ingest {

namespace {

bool is_protobuf(const std::string& type) {
  return type.empty() || type == "application/x-protobuf" || type == "application/protobuf" ||
         type == "application/vnd.google.protobuf" || type == "application/octet-stream";
}

std::size_t count_entries(const std::vector<PushStream>& streams) {
  std::size_t entries = 0;
  for (const auto& stream : streams) entries += stream.entries.size();
  return entries;
}

PushSize size_of(const std::vector<PushStream>& streams) {
  PushSize size;
  for (const auto& stream : streams) {
    size.lines += stream.entries.size();
    size.bytes += stream_bytes(stream);
  }
  return size;
}

Result<std::optional<BatchIdentity>> read_identity(const http::Request& request,
                                                   const std::vector<PushStream>& streams) {
  if (!request.headers.has(batch_header)) return std::optional<BatchIdentity>();
  SLUICE_TRY(auto identity, parse_batch_identity(request.headers.get(batch_header)));
  const std::string name(batch_header);
  if (streams.size() != 1)
    return invalid_argument(name + ": such a push has one stream, not " +
                            std::to_string(streams.size()));
  if (identity.ends.size() != streams.front().entries.size())
    return invalid_argument(name + ": lengths of " + std::to_string(identity.ends.size()) +
                            " entries for " + std::to_string(streams.front().entries.size()));
  return std::optional<BatchIdentity>(std::move(identity));
}

}  // namespace

http::Response LokiPushHandler::handle(http::Request& request) {
  metrics_.requests.inc();
  metrics_.bytes.inc(static_cast<double>(request.body.size()));
  auto response = push(request);
  if (response) return std::move(*response);
  if (response.error().code != ErrorCode::limit_exceeded) metrics_.invalid.inc();
  return error_answer(response.error());
}

Result<LokiPushHandler::Decoded> LokiPushHandler::decode(http::Request& request) {
  const std::string type = media_type(request.headers.get("Content-Type"));
  if (type == "application/json") {
    SLUICE_CHECK(store_.check_room(request.body.size()));
    SLUICE_TRY(auto push, decode_loki_json(request.body));
    request.body = {};  // not to be held while the disk is waited for
    return Decoded{std::move(push.streams), std::move(push.text), {}};
  }
  if (!is_protobuf(type))
    return Error{ErrorCode::unsupported_media,
                 "Content-Type \"" + type +
                     "\" is not accepted; send application/json, or application/x-protobuf in a "
                     "snappy block"};
  if (!request.content_encoding.empty()) {
    SLUICE_CHECK(store_.check_room(request.body.size()));
    SLUICE_TRY(auto streams, decode_loki_protobuf(request.body));
    return Decoded{std::move(streams), nullptr, {}};
  }
  const std::size_t limit = limits_of_(request.tenant).push_body_bytes;
  SLUICE_TRY(const std::size_t size, snappy_size(request.body, limit));
  SLUICE_CHECK(store_.check_room(size));
  SLUICE_TRY(auto body, snappy_decompress_raw(request.body, limit));
  SLUICE_TRY(auto streams, decode_loki_protobuf(body.view()));
  return Decoded{std::move(streams), body.data, {body, std::exchange(request.body, {})}};
}

Result<http::Response> LokiPushHandler::push(http::Request& request) {
  const Limits& limits = limits_of_(request.tenant);
  storage::LogPush push;
  push.tenant = request.tenant;
  SLUICE_TRY(auto decoded, decode(request));
  push.streams = std::move(decoded.streams);
  push.sent = std::move(decoded.sent);
  const std::size_t entries = count_entries(push.streams);
  if (entries > limits.entries_per_push)
    return invalid_argument("push of " + std::to_string(entries) + " entries, limit " +
                            std::to_string(limits.entries_per_push) + "; send smaller batches");
  SLUICE_TRY(push.identity, read_identity(request, push.streams));
  BatchIdentity* const identity = push.identity ? &*push.identity : nullptr;
  auto rejections = validate_logs(push.streams, identity, limits, clock_.now());
  SLUICE_CHECK(check_split(push.streams, limits));
  return store(std::move(push), limits, std::move(rejections), entries);
}

// `rejections`: what was refused of its `entries` for good. They are told when the rest is stored:
// what comes again as a whole meets them then.
Result<http::Response> LokiPushHandler::store(storage::LogPush push, const Limits& limits,
                                              Rejections rejections, std::size_t entries) {
  SLUICE_TRY(const RatesTaken taken, take_rates(push, limits));
  BatchIdentity* const identity = push.identity ? &*push.identity : nullptr;
  for (auto& stream : push.streams) metrics_.count(cut_long_lines(stream, identity, limits));
  const storage::LogPush source{push.tenant, {}, push.identity, {}};
  auto outcome = store_.push(std::move(push));
  if (!outcome) {
    give_back(source.tenant, taken, limits);
    return refused(outcome.error(), source);
  }
  metrics_.items.inc(static_cast<double>(outcome->accepted + outcome->duplicates));
  Rejections held;  // that may be sent again
  for (const auto& stream : outcome->refused)
    held.add("stream_limit", stream.entries,
             too_many_streams_text(stream.labels, source.tenant.value));
  if (outcome->accepted + outcome->duplicates == 0 && !held.empty()) {
    give_back(source.tenant, taken, limits);
    return too_much(held);
  }
  rejections.add(held);
  metrics_.count(rejections);
  auto response = rejections.empty()
                      ? http::Response::no_content()
                      : http::Response::text(400, rejections.message(entries, "entries"));
  if (source.identity) set_high_water(response, outcome->high_water);
  return response;
}

// Nothing is stored, and all of it comes again. What is stored in part must not: of equal lines all
// are kept.
Error LokiPushHandler::too_much(const Rejections& held) const {
  metrics_.count(held);
  return {ErrorCode::limit_exceeded, held.first()};
}

Result<LokiPushHandler::RatesTaken> LokiPushHandler::take_rates(const storage::LogPush& push,
                                                                const Limits& limits) {
  RatesTaken taken;
  SLUICE_TRY(taken.streams, take_stream_rates(push, limits));
  auto size = take_rate(push.tenant, push.streams, limits);
  if (!size) {
    stream_rate_.give_back(taken.streams, limits);
    return std::move(size).error();
  }
  taken.all = *size;
  return taken;
}

// One stream that is too fast holds up the push: soon it is not, and nothing is lost.
Result<std::vector<StreamRate::Taken>> LokiPushHandler::take_stream_rates(
    const storage::LogPush& push, const Limits& limits) {
  std::vector<StreamRate::Taken> none;
  if (limits.stream_rate_bytes == 0) return none;
  auto outcome =
      stream_rate_.take(push.tenant, push.streams, limits, std::chrono::steady_clock::now());
  if (outcome.held.empty()) return std::move(outcome.taken);
  Rejections held;
  for (const std::size_t place : outcome.held) {
    const auto& stream = push.streams[place];
    held.add("per_stream_rate_limit", stream.entries.size(),
             stream_rate_text(stream.labels, stream_bytes(stream), limits.stream_rate_bytes));
  }
  return too_much(held);
}

void LokiPushHandler::give_back(const TenantId& tenant, const RatesTaken& taken,
                                const Limits& limits) {
  rate_.give_back(tenant, taken.all, limits);
  stream_rate_.give_back(taken.streams, limits);
}

Result<PushSize> LokiPushHandler::take_rate(const TenantId& tenant,
                                            const std::vector<PushStream>& streams,
                                            const Limits& limits) {
  if (limits.ingestion_rate_bytes == 0) return PushSize{};
  const PushSize size = size_of(streams);
  auto taken = rate_.take(tenant, size, limits, std::chrono::steady_clock::now());
  if (taken) return size;
  metrics_.count_refused("rate_limited", size.lines);
  return std::move(taken).error();
}

http::Response LokiPushHandler::refused(const Error& error, const storage::LogPush& push) {
  auto response = error_answer(error);
  if (error.code != ErrorCode::conflict || !push.identity) return response;
  const auto mark = store_.high_water(push.tenant, *push.identity);
  if (!mark) return error_answer(mark.error());
  set_high_water(response, *mark);
  return response;
}

}  // namespace sluice::ingest
