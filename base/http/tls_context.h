// Builds OpenSSL contexts from our TLS options. TLS 1.2 is the oldest version spoken.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/http/tls.h"
#include "base/types/result.h"

namespace sluice::http {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Null when cert_file is empty (no TLS). Errors name the file and OpenSSL's reason.
Result<TlsContext> make_server_tls(const TlsServerOptions& options);
Result<TlsContext> make_client_tls(const TlsClientOptions& options);

}  // namespace sluice::http
