// The parts of the client that need Beast, behind plain types; in client.cc.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/http/address.h"
#include "base/http/client.h"
#include "base/http/socket_io.h"

namespace sluice::http {

// HTTP/1.1 response bytes in, head and pieces of body out. One response per parser; interim (1xx)
// responses are skipped.
class ResponseParser {
 public:
  explicit ResponseParser(bool head_request);
  ~ResponseParser();

  enum class State { need_more, complete };
  struct Step {
    State state = State::need_more;
    std::size_t consumed = 0;
  };
  Result<Step> feed(std::string_view bytes);
  // The peer closed: fine if that is how the body ends, else an Error.
  Result<void> end_of_stream();

  ClientResponse head() const;      // status and headers; status 0 before they are there
  std::string take_piece();         // body bytes since the last call
  bool keep_alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Upgrades the connection and hands each text message to `put` (which may suspend) until either
// side closes. An Error says why the upgrade failed or the connection broke.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  virtual boost::asio::awaitable<bool> put(std::string message) = 0;  // false: stop
  virtual void upgraded() = 0;
};
boost::asio::awaitable<Result<ClientResponse>> run_websocket_client(SocketIo& io, const Url& url,
                                                                    const Headers& headers,
                                                                    MessageSink& sink);

}  // namespace sluice::http
