// TLS settings of servers and clients (OpenSSL 3 through asio::ssl). Files are PEM.
#pragma once

#include <string>

namespace sluice::http {

struct TlsServerOptions {
  std::string cert_file;       // chain, leaf first; empty: no TLS
  std::string key_file;
  std::string client_ca_file;  // set: clients must show a certificate signed by it (mutual TLS)
};

struct TlsClientOptions {
  std::string ca_file;      // empty: the system's
  std::string cert_file;    // for mutual TLS
  std::string key_file;
  std::string server_name;  // empty: the URL's host
  bool insecure_skip_verify = false;
};

}  // namespace sluice::http
