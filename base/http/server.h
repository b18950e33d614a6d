// The HTTP/1.1 and WebSocket server: accepts, reads with limits, authenticates, dispatches to the
// Router on the right pool, answers, drains.
//
// Guarantees: keep-alive, pipelined requests answered in order; gzip, deflate, zstd and snappy
// request bodies (bounded after decompression); gzip responses when asked; header, body and time
// limits held by the parser; HEAD; Expect: 100-continue; garbage on one connection never touches
// another. Every bound has an answer: 431 headers, 413 body, 415 encoding, 408 slow client,
// 429 tenant or body budget used up, 503 too many connections or draining.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/http/auth.h"
#include "base/http/router.h"
#include "base/http/tls.h"
#include "base/types/result.h"

namespace sluice {
class IoRuntime;
class Metrics;
}  // namespace sluice

namespace sluice::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:3180";  // host:port, [::1]:port; port 0 picks one
  std::size_t max_connections = 1024;
  std::size_t max_header_bytes = 64 << 10;
  std::size_t max_body_bytes_in_flight = 128 << 20;  // of all requests being read or handled
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{60'000};   // whole body
  std::chrono::milliseconds idle_timeout{120'000};  // keep-alive
  std::chrono::milliseconds write_timeout{60'000};  // without progress
  std::size_t websocket_queue = 256;                // messages
  TlsServerOptions tls;                             // off when cert_file is empty
  AuthOptions auth;                                 // open when no tokens are configured
};

class Server {
 public:
  virtual ~Server() = default;
  // Binds and starts accepting. Error: address in use, bad address, bad certificate.
  virtual Result<void> start() = 0;
  virtual std::uint16_t port() const = 0;
  // New tokens and certificate, read and checked; the function swaps them in. Running requests keep
  // the old ones.
  virtual Result<std::function<void()>> prepare_reload(const AuthOptions& auth,
                                                       const TlsServerOptions& tls) = 0;
  Result<void> reload(const AuthOptions& auth, const TlsServerOptions& tls) {
    SLUICE_TRY(const auto swap, prepare_reload(auth, tls));
    swap();
    return {};
  }
  // Stops accepting, closes idle connections at once, lets busy ones finish with
  // Connection: close, cuts what is left at the deadline. Blocks. Idempotent.
  virtual void drain(std::chrono::milliseconds deadline) = 0;
};

// `router` and `metrics` must outlive the server. Metric names begin with sluice_http_.
std::unique_ptr<Server> make_server(IoRuntime& runtime, const Router& router, Metrics& metrics,
                                    ServerOptions options);

}  // namespace sluice::http
