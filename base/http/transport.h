// Transport: a TCP connection that may speak TLS; one type for both, so that what is above is
// compiled once. A model of Asio's AsyncStream. Internal to base/http.
//
// Not thread-safe: use on the strand that is its executor. At most one read and one write at a
// time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "base/http/tls_context.h"

// Declared, not included: Beast's headers stay in server.cc and client.cc.
namespace boost::beast {
enum class role_type;
}

namespace sluice::http {

class Transport {
 public:
  using Tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;
  using executor_type = Tcp::socket::executor_type;
  using Ssl = boost::asio::ssl::stream<Tcp::socket&>;

  // tls null: plain TCP.
  Transport(Tcp::socket socket, TlsContext tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
    if (tls_) ssl_ = std::make_unique<Ssl>(socket_, *tls_);
  }

  executor_type get_executor() { return socket_.get_executor(); }
  Tcp::socket& socket() { return socket_; }
  Ssl* ssl() { return ssl_.get(); }

  boost::asio::awaitable<error_code> handshake(boost::asio::ssl::stream_base::handshake_type type) {
    error_code ec;
    if (ssl_) {
      co_await ssl_->async_handshake(
          type, boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    co_return ec;
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (ssl_) {
            ssl_->async_read_some(into, std::move(handler));
          } else {
            socket_.async_read_some(into, std::move(handler));
          }
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (ssl_) {
            ssl_->async_write_some(from, std::move(handler));
          } else {
            socket_.async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

  // Says goodbye: TLS close_notify, then FIN. The socket stays open for reading.
  boost::asio::awaitable<void> shut_down() {
    error_code ec;
    if (ssl_) {
      co_await ssl_->async_shutdown(
          boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
    // A failed shutdown means that the peer was faster; there is nobody left to tell.
    socket_.shutdown(Tcp::socket::shutdown_send, ec);
  }

  // Cancels whatever is outstanding.
  void close() {
    error_code ec;
    socket_.close(ec);  // the descriptor is gone whatever close() says
  }

 private:
  Tcp::socket socket_;
  TlsContext tls_;
  std::unique_ptr<Ssl> ssl_;
};

// What Beast's WebSocket asks of a stream, found by argument-dependent lookup.
inline void beast_close_socket(Transport& transport) { transport.close(); }

template <class Handler>
void async_teardown(boost::beast::role_type, Transport& transport, Handler&& handler) {
  boost::system::error_code ec;
  if (transport.ssl() != nullptr) {
    transport.ssl()->async_shutdown(std::forward<Handler>(handler));
    return;
  }
  transport.socket().shutdown(Transport::Tcp::socket::shutdown_send, ec);
  boost::asio::post(transport.get_executor(), [h = std::forward<Handler>(handler), ec]() mutable {
    std::move(h)(ec);
  });
}

}  // namespace sluice::http
