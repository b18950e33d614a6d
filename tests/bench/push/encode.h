// The three forms of a Loki push: docs/format/loki-push.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/http/client.h"
#include "tests/bench/push/corpus_reader.h"

namespace sluice::bench {

enum class PushFormat { json, gzip, protobuf };

std::optional<PushFormat> push_format(std::string_view name);

// A POST to `url`/loki/api/v1/push with the batch in its body.
http::ClientRequest make_request(const std::string& url, PushFormat format, const Batch& batch);

}  // namespace sluice::bench
