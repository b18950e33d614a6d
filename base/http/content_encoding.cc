#include "base/http/content_encoding.h"

#include <algorithm>
#include <array>

#include "base/codec/compress.h"
#include "base/http/text.h"

namespace sluice::http {

namespace {

// Below this a gzip header and a packet cost more than the bytes saved.
constexpr std::size_t worth_compressing = 1024;

using Decoder = Result<std::string> (*)(std::string_view, std::size_t);

struct Encoding {
  std::string_view name;
  Decoder decode;  // null: the bytes as they are
};

constexpr std::array<Encoding, 7> encodings{{
    {"", nullptr},
    {"identity", nullptr},
    {"gzip", gzip_decompress},
    {"x-gzip", gzip_decompress},
    {"deflate", deflate_decompress},
    {"zstd", zstd_decompress},
    {"snappy", snappy_decompress},
}};

const Encoding* find_encoding(std::string_view name) {
  const std::string wanted = lower_case(trim(name));
  const auto it = std::find_if(encodings.begin(), encodings.end(),
                               [&](const Encoding& e) { return e.name == wanted; });
  return it == encodings.end() ? nullptr : &*it;
}

// A coding's weight is zero: "q=0", "q=0.0", ...
bool refused(std::string_view parameters) {
  const std::string q = lower_case(trim(parameters));
  return q.starts_with("q=0") && q.find_first_not_of("0.", 2) == q.npos;
}

bool compressible(std::string_view content_type) {
  const std::string type = lower_case(trim(content_type.substr(0, content_type.find(';'))));
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  static constexpr std::array<std::string_view, 5> types{
      "application/json", "application/javascript", "application/xml", "application/x-ndjson",
      "application/wasm"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

bool known_encoding(std::string_view content_encoding) {
  return find_encoding(content_encoding) != nullptr;
}

Result<void> decode_content(Headers& headers, std::string& body, std::size_t max_bytes) {
  const Encoding* encoding = find_encoding(headers.get("Content-Encoding"));
  if (encoding == nullptr) {
    return Error{ErrorCode::unsupported_media,
                 "Content-Encoding \"" + std::string(headers.get("Content-Encoding")) +
                     "\" is not supported; use gzip, deflate, zstd or snappy"};
  }
  if (encoding->decode != nullptr) {
    SLUICE_TRY(body, encoding->decode(body, max_bytes));
  }
  headers.remove("Content-Encoding");
  return {};
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool wildcard = false;
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string name = lower_case(trim(item.substr(0, semicolon)));
    const bool accepted = !refused(item.substr(std::min(semicolon + 1, item.size())));
    if (name == "gzip" || name == "x-gzip") return accepted;
    if (name == "*") wildcard = accepted;
  }
  return wildcard;
}

void encode_content(Response& response, std::string_view accept_encoding) {
  const bool candidate = response.body.size() > worth_compressing && !response.stream &&
                         !response.headers.has("Content-Encoding") &&
                         compressible(response.headers.get("Content-Type"));
  if (!candidate) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(accept_encoding)) return;
  response.body = gzip_compress(response.body);
  response.headers.set("Content-Encoding", "gzip");
}

}  // namespace sluice::http
