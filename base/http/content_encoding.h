// Content-Encoding of request and response bodies; pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/http/message.h"
#include "base/types/result.h"

namespace sluice::http {

// Is it one we can decode: "", identity, gzip, x-gzip, deflate, zstd, snappy (block format)?
bool known_encoding(std::string_view content_encoding);

// Decodes `body` as the Content-Encoding header says and removes the header, so that what is above
// sees plain bytes. Errors: unsupported_media, too_large, invalid_argument (damaged).
Result<void> decode_content(Headers& headers, std::string& body, std::size_t max_bytes);

// May a body be sent gzipped to a client with this Accept-Encoding? (RFC 9110 12.5.3)
bool accepts_gzip(std::string_view accept_encoding);

// Compresses a body worth it (over 1 KiB, of a type that shrinks) when the client accepts gzip.
void encode_content(Response& response, std::string_view accept_encoding);

}  // namespace sluice::http
