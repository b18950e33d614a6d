#include "base/http/tls_context.h"

namespace sluice::http {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

Result<void> checked(const error_code& ec, std::string_view what, const std::string& file) {
  if (!ec) return {};
  return Error{ErrorCode::invalid_argument, std::string(what) + " " + file + ": " + ec.message()};
}

Result<void> use_certificate(ssl::context& context, const std::string& cert,
                             const std::string& key) {
  error_code ec;
  context.use_certificate_chain_file(cert, ec);
  SLUICE_CHECK(checked(ec, "TLS certificate", cert));
  context.use_private_key_file(key, ssl::context::pem, ec);
  return checked(ec, "TLS key", key);
}

Result<void> trust(ssl::context& context, const std::string& file) {
  error_code ec;
  context.load_verify_file(file, ec);
  return checked(ec, "TLS certificate authorities", file);
}

TlsContext fresh_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  return context;
}

}  // namespace

Result<TlsContext> make_server_tls(const TlsServerOptions& options) {
  if (options.cert_file.empty()) return TlsContext{};
  auto context = fresh_context(ssl::context::tls_server);
  SLUICE_CHECK(use_certificate(*context, options.cert_file, options.key_file));
  if (!options.client_ca_file.empty()) {
    SLUICE_CHECK(trust(*context, options.client_ca_file));
    context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  return context;
}

Result<TlsContext> make_client_tls(const TlsClientOptions& options) {
  auto context = fresh_context(ssl::context::tls_client);
  error_code ec;
  if (options.ca_file.empty()) {
    context->set_default_verify_paths(ec);
    SLUICE_CHECK(checked(ec, "TLS certificate authorities", "of the system"));
  } else {
    SLUICE_CHECK(trust(*context, options.ca_file));
  }
  if (!options.cert_file.empty()) {
    SLUICE_CHECK(use_certificate(*context, options.cert_file, options.key_file));
  }
  context->set_verify_mode(options.insecure_skip_verify ? ssl::verify_none : ssl::verify_peer);
  return context;
}

}  // namespace sluice::http
