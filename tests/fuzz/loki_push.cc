// Loki pushes in JSON and protobuf: whatever comes, an answer; what is valid stays within limits.
#include "base/types/limits.h"
#include "daemon/ingest/loki_push_json.h"
#include "daemon/ingest/loki_push_protobuf.h"
#include "daemon/ingest/long_lines.h"
#include "daemon/ingest/validate_logs.h"
#include "daemon/storage/head_encode.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;

void check_stored(const std::vector<PushStream>& streams, const RawBytes& text) {
  const auto body = storage::encode_head_batch(default_tenant(), from_unix_ns(1), streams, text);
  const auto batch = storage::HeadBatch::parse(
      body, 1, [](LabelSet labels) { return std::make_shared<const LabelSet>(std::move(labels)); });
  fuzz::require(bool(batch), "an accepted push reads back");
  fuzz::require((*batch)->entries() == storage::count_entries(streams), "with every entry");
  std::size_t bytes = 0;
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries) bytes += entry.line.size();
  fuzz::require((*batch)->line_bytes() == bytes, "and every byte");
}

// `text`: what the lines lie in, if it is one piece.
void check_valid(std::vector<PushStream> streams, const RawBytes& text) {
  Limits limits;
  limits.line_bytes = 64;  // so that lines are cut
  const Timestamp now = from_unix_ns(1'768'046'400'000'000'000);
  const auto rejections = ingest::validate_logs(streams, nullptr, limits, now);
  if (!ingest::check_split(streams, limits)) return;
  for (auto& stream : streams) {
    ingest::cut_long_lines(stream, nullptr, limits);
    fuzz::require(stream.entries.empty() || stream.labels.has("service_name"), "a service name");
    for (const auto& entry : stream.entries)
      fuzz::require(
          entry.line.size() <= limits.line_bytes && entry.timestamp <= now + limits.future,
          "entries within limits");
  }
  static_cast<void>(rejections.message(1, "entries"));
  // What is accepted can be stored and read back.
  check_stored(streams, {});
  // A block of no size would always do.
  if (storage::worth_keeping({text, {}}, streams)) check_stored(streams, text);
}

template <class Decoded, class Valid>
void check(const Decoded& decoded, Valid valid) {
  if (decoded)
    valid();
  else
    fuzz::require(!decoded.error().message.empty(), "a refusal says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const bool json = input.flag();
  std::string body(input.rest());
  if (json) {
    auto push = ingest::decode_loki_json(body);
    body = {};  // the lines do not lie in it
    check(push, [&] { check_valid(std::move(push->streams), {}); });
  } else {
    const std::shared_ptr<char[]> copy(new char[body.size() + 1]);
    std::copy(body.begin(), body.end(), copy.get());
    const RawBytes text{copy, body.size()};
    auto streams = ingest::decode_loki_protobuf(text.view());
    check(streams, [&] { check_valid(std::move(*streams), text); });
  }
  return 0;
}
