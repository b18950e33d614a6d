// ClientExchange: one request on one connection, as a coroutine on the connection's strand. The
// calling thread waits at the Handoff.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "base/http/client_wire.h"
#include "base/http/handoff.h"

namespace sluice::http {

class ClientExchange : public std::enable_shared_from_this<ClientExchange> {
 public:
  enum class Kind { http, websocket };

  // io: a fresh, unconnected socket or (reused) a kept one.
  ClientExchange(Kind kind, std::shared_ptr<SocketIo> io, bool reused, Url url,
                 const ClientOptions& options);

  // Ends in handoff().finish(), always. `request` is the caller's and stays until then.
  boost::asio::awaitable<void> run(const ClientRequest& request);
  Handoff& handoff() { return handoff_; }
  const std::shared_ptr<SocketIo>& io() const { return io_; }

  // From any thread: ends the exchange with this error.
  void abort(ErrorCode code, std::string why);
  // From any thread: the caller took a piece.
  void piece_taken();

  // After the end: may the connection serve another request? Did nothing of an answer arrive?
  bool reusable() const { return reusable_; }
  bool worth_retrying() const { return reused_ && !answered_; }
  // After the end: status and headers as far as they came.
  const ClientResponse& head() const { return head_; }
  // Any time, on the strand: is this a WebSocket that got through? (Its time limit ends then.)
  bool upgraded() const { return upgraded_; }

 private:
  boost::asio::awaitable<Result<ClientResponse>> talk(const ClientRequest& request);
  boost::asio::awaitable<Result<void>> connect();
  boost::asio::awaitable<Result<void>> connect_tcp();
  boost::asio::awaitable<Result<ClientResponse>> read_response(const ClientRequest& request);
  boost::asio::awaitable<Result<ClientResponse>> talk_websocket(const ClientRequest& request);
  boost::asio::awaitable<bool> hand_over(std::string piece);
  Error lost(std::string_view doing) const;

  friend class ExchangeSink;

  const Kind kind_;
  const std::shared_ptr<SocketIo> io_;
  const bool reused_;
  const Url url_;
  const ClientOptions& options_;
  Handoff handoff_;
  std::optional<Error> aborted_;  // on the strand
  ClientResponse head_;           // on the strand, then by the caller after the end
  bool upgraded_ = false;         // on the strand
  bool over_ = false;             // on the strand
  bool answered_ = false;         // these two: on the strand, then by the caller after the end
  bool reusable_ = false;
};

// "GET /path HTTP/1.1\r\nHost: ...\r\n\r\n"; pure.
std::string serialize_request_head(const ClientRequest& request, const Url& url);

}  // namespace sluice::http
