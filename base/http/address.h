// "host:port" of a listening address and URLs of the client; pure functions.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::http {

// "127.0.0.1:3180", "[::1]:0", "localhost:3180", ":3180" (all addresses). No names are resolved.
Result<boost::asio::ip::tcp::endpoint> parse_listen_address(std::string_view text);

struct Url {
  bool tls = false;
  std::string host;    // without brackets
  std::string port;
  std::string target;  // path and query, at least "/"
  std::string authority() const;  // for the Host header: the port only where it is not the usual
};

// http, https, ws and wss URLs. Userinfo is refused (secrets do not belong in URLs), a fragment is
// dropped.
Result<Url> parse_url(std::string_view text);

}  // namespace sluice::http
