// The HTTP client: for the agent's shipping, hooks' tests and the `sluice` command line.
//
// request() blocks the calling thread (agents and the CLI call it from their own threads); the
// sockets run on the IoRuntime. Connections are kept and reused per host; a request that fails on
// a reused connection before any response byte is tried once more on a new one. No redirects are
// followed. (Notifications and rollback hooks go through libcurl, for proxies and mail.)
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/http/message.h"
#include "base/http/tls.h"
#include "base/types/result.h"

namespace sluice {
class IoRuntime;
}

namespace sluice::http {

struct ClientOptions {
  TlsClientOptions tls;
  std::chrono::milliseconds connect_timeout{5'000};
  std::size_t max_idle_connections = 8;
  std::size_t max_response_bytes = 256 << 20;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // http://host:port/path?query or https://
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};  // whole exchange
  std::stop_token cancel;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;  // decompressed
};

class Client {
 public:
  virtual ~Client() = default;
  // Error only when there was no complete response: unavailable, timeout, cancelled, too_large.
  virtual Result<ClientResponse> request(ClientRequest request) = 0;
  // Streams the body to `on_data` as it comes; returning false stops the transfer. The returned
  // response has an empty body.
  virtual Result<ClientResponse> stream(ClientRequest request,
                                        std::function<bool(std::string_view)> on_data) = 0;
  // Connects a WebSocket (ws:// or wss://, http(s):// taken alike) and calls on_message for each
  // text message until the peer closes, `cancel` stops, or on_message returns false. Blocks.
  virtual Result<void> websocket(ClientRequest request,
                                 std::function<bool(std::string_view)> on_message) = 0;
};

std::unique_ptr<Client> make_client(IoRuntime& runtime, ClientOptions options);

}  // namespace sluice::http
