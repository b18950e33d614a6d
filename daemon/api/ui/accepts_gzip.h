// Accept-Encoding, as far as gzip goes (RFC 9110, 12.5.3).
#pragma once

#include <string_view>

namespace sluice::api {

// True if the header allows gzip: named or by "*", with a quality above zero. No header: false,
// since a client that says nothing may be a script that cannot inflate.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace sluice::api
