// serve_websocket: the server's side of one WebSocket, from the 101 to the close. In server.cc.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/http/request_parser.h"
#include "base/http/transport.h"
#include "base/http/websocket_queue.h"

namespace sluice::http {

// Returns when the socket is closed, by either side or by silence (pings go unanswered). `wake` is
// cancelled by whoever puts something into the queue. The parser has the complete upgrade request.
boost::asio::awaitable<void> serve_websocket(Transport& transport, RequestParser& parser,
                                             WebSocketQueue& queue,
                                             boost::asio::steady_timer& wake);

}  // namespace sluice::http
