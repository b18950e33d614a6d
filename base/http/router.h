// Router: the table from method and path to handler, with each route's pool, role and limits.
//
// Built once at start, then read-only and shared by all threads. Patterns are literal segments,
// {name} (one segment) and a final {rest...} (the remainder): "/loki/api/v1/label/{name}/values".
// A literal beats a parameter. Unknown path: 404; known path, other method: 405 with Allow.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace sluice::http {

// Where a handler runs. `commit` handlers block on fsync, `query` handlers burn CPU; `inline_`
// handlers answer in microseconds and run on the I/O thread.
enum class Pool { inline_, commit, query };

using Handler = std::function<Response(Request&)>;

// One open WebSocket as seen by whoever feeds it. send() never blocks: it queues up to the bound
// given in WebSocketOptions and returns false when the queue is full or the peer is gone; then the
// message was not taken. Safe from any thread.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual bool send(std::string text) = 0;
  virtual bool open() const = 0;
  virtual void close(int code, std::string reason) = 0;
};

// Called on the route's pool once the upgrade is accepted. What it returns is called (once) when
// the socket closes for whatever reason; the feed must stop then. An Error refuses the upgrade
// with the matching HTTP status, before anything was sent.
using WebSocketHandler =
    std::function<Result<std::function<void()>>(Request&, std::shared_ptr<WebSocket>)>;

struct RouteOptions {
  Pool pool = Pool::query;
  Role role = Role::read;           // least role that may call it
  std::size_t max_body = 1 << 20;   // bytes, after decompression
  std::chrono::milliseconds deadline{60'000};  // then `cancel` stops and the client gets 504
};

struct Route {
  std::string method;
  std::string pattern;
  RouteOptions options;
  Handler handler;             // one of the two is set
  WebSocketHandler websocket;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // method may be "GET|POST". A pattern added twice for one method is a bug (asserted).
  void add(std::string_view methods, std::string_view pattern, RouteOptions options,
           Handler handler);
  void add_websocket(std::string_view pattern, RouteOptions options, WebSocketHandler handler);
  // For paths no route knows (the UI's assets). Not consulted for known paths.
  void fallback(RouteOptions options, Handler handler);

  struct Match {
    const Route* route = nullptr;  // null: see status
    std::map<std::string, std::string> params;
    int status = 404;              // 404 or 405 when route is null
    std::string allow;             // for 405
  };
  Match match(std::string_view method, std::string_view path) const;
  // Runs the matching handler at once on the calling thread: for tests without sockets.
  Response dispatch(Request request) const;
  // The answer when there is no handler to run: 404, 405 with Allow, or 426 on a WebSocket route.
  static Response unmatched_response(const Match& match, const Request& request);
  const std::vector<std::unique_ptr<Route>>& routes() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Route> fallback_;
};

}  // namespace sluice::http
