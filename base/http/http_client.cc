// The Client: keeps idle connections, starts exchanges, and waits for them on the caller's thread.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <mutex>
#include <stop_token>

#include "base/http/client_exchange.h"
#include "base/http/content_encoding.h"
#include "base/runtime/io_runtime.h"
#include "base/runtime/task_group.h"

namespace sluice::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using ExchangePtr = std::shared_ptr<ClientExchange>;
using Consumer = std::function<bool(std::string_view)>;

// Connections that wait for their next request, newest last. Thread-safe.
class IdlePool {
 public:
  explicit IdlePool(std::size_t limit) : limit_(limit) {}

  std::shared_ptr<SocketIo> take(const std::string& key) {
    const std::lock_guard lock(mutex_);
    for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
      if (it->first != key) continue;
      auto io = std::move(it->second);
      idle_.erase(std::next(it).base());
      return io;
    }
    return nullptr;
  }

  void put(std::string key, std::shared_ptr<SocketIo> io) {
    std::shared_ptr<SocketIo> oldest;
    const std::lock_guard lock(mutex_);
    idle_.emplace_back(std::move(key), std::move(io));
    if (idle_.size() <= limit_) return;
    oldest = std::move(idle_.front().second);
    idle_.pop_front();
    close(std::move(oldest));
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    for (auto& [key, io] : idle_) close(std::move(io));
    idle_.clear();
  }

 private:
  static void close(std::shared_ptr<SocketIo> io) {
    const auto executor = io->transport().get_executor();
    asio::post(executor, [io = std::move(io)] { io->close(); });
  }

  const std::size_t limit_;
  std::mutex mutex_;
  std::deque<std::pair<std::string, std::shared_ptr<SocketIo>>> idle_;  // protected by mutex_
};

// Aborts an exchange at its deadline. Destroyed when the exchange is over.
class Deadline {
 public:
  Deadline(const ExchangePtr& exchange, std::chrono::milliseconds timeout)
      : timer_(std::make_shared<asio::steady_timer>(exchange->io()->transport().get_executor(),
                                                    timeout)) {
    timer_->async_wait([exchange, timer = timer_, timeout](const error_code& ec) {
      if (ec || exchange->upgraded()) return;
      exchange->abort(ErrorCode::timeout,
                      "no complete answer within " + std::to_string(timeout.count()) + " ms");
    });
  }
  ~Deadline() {
    asio::post(timer_->get_executor(), [timer = timer_] { timer->cancel(); });
  }

 private:
  std::shared_ptr<asio::steady_timer> timer_;
};

class BlockingClient : public Client {
 public:
  BlockingClient(IoRuntime& runtime, ClientOptions options)
      : runtime_(runtime), options_(std::move(options)), idle_(options_.max_idle_connections) {}

  ~BlockingClient() override {
    idle_.clear();
    group_.wait();
  }

  Result<ClientResponse> request(ClientRequest request) override {
    if (!request.headers.has("Accept-Encoding")) request.headers.set("Accept-Encoding", "gzip");
    std::string body;
    const std::size_t limit = options_.max_response_bytes;
    const auto collect = [&](std::string_view piece) {
      body += piece;
      return body.size() <= limit;
    };
    SLUICE_TRY(auto response, perform(ClientExchange::Kind::http, request, collect));
    if (body.size() > limit) {
      return Error{ErrorCode::too_large,
                   "the response exceeds " + std::to_string(limit) + " bytes"};
    }
    response.body = std::move(body);
    if (!response.body.empty()) {
      SLUICE_CHECK(decode_content(response.headers, response.body, limit));
    }
    return response;
  }

  Result<ClientResponse> stream(ClientRequest request, Consumer on_data) override {
    return perform(ClientExchange::Kind::http, request, on_data);
  }

  Result<void> websocket(ClientRequest request, Consumer on_message) override {
    SLUICE_TRY(const auto response,
               perform(ClientExchange::Kind::websocket, request, on_message));
    if (response.status == 101) return {};
    return Error{error_code_of(response.status),
                 "the server refused the WebSocket with " + std::to_string(response.status) +
                     (response.body.empty() ? "" : ": " + response.body)};
  }

 private:
  static ErrorCode error_code_of(int status) {
    switch (status) {
      case 400: return ErrorCode::invalid_argument;
      case 401: return ErrorCode::unauthenticated;
      case 403: return ErrorCode::forbidden;
      case 404: return ErrorCode::not_found;
      case 429: return ErrorCode::limit_exceeded;
      default: return ErrorCode::unavailable;
    }
  }

  Result<ClientResponse> perform(ClientExchange::Kind kind, const ClientRequest& request,
                                 const Consumer& consume) {
    SLUICE_TRY(const Url url, parse_url(request.url));
    SLUICE_TRY(const TlsContext tls, tls_for(url));
    const std::string key = (url.tls ? "s " : "p ") + url.authority();
    auto kept = kind == ClientExchange::Kind::http ? idle_.take(key) : nullptr;
    const bool reused = kept != nullptr;
    if (!reused) kept = fresh_socket(tls);
    auto exchange = std::make_shared<ClientExchange>(kind, std::move(kept), reused, url, options_);
    auto outcome = wait_for(exchange, request, consume);
    if (!outcome && exchange->worth_retrying() && outcome.error().code == ErrorCode::unavailable) {
      exchange = std::make_shared<ClientExchange>(kind, fresh_socket(tls), false, url, options_);
      outcome = wait_for(exchange, request, consume);
    }
    if (exchange->reusable()) idle_.put(key, exchange->io());
    return outcome;
  }

  Result<ClientResponse> wait_for(const ExchangePtr& exchange, const ClientRequest& request,
                                  const Consumer& consume) {
    group_.spawn(exchange->io()->transport().get_executor(), exchange->run(request));
    const Deadline deadline(exchange, request.timeout);
    const std::stop_callback on_cancel(request.cancel, [&] {
      exchange->abort(ErrorCode::cancelled, "the request was cancelled");
    });
    bool stopped = false;
    while (const auto piece = exchange->handoff().take([&] { exchange->piece_taken(); })) {
      if (stopped || consume(*piece)) continue;
      stopped = true;
      exchange->abort(ErrorCode::cancelled, "the receiver wants no more");
    }
    auto outcome = exchange->handoff().outcome();
    if (!outcome && stopped) return exchange->head();
    return outcome;
  }

  std::shared_ptr<SocketIo> fresh_socket(const TlsContext& tls) {
    Transport::Tcp::socket socket(asio::make_strand(runtime_.context()));
    return std::make_shared<SocketIo>(std::move(socket), tls, std::chrono::hours{24});
  }

  Result<TlsContext> tls_for(const Url& url) {
    if (!url.tls) return TlsContext{};
    const std::lock_guard lock(mutex_);
    if (!tls_) {
      SLUICE_TRY(tls_, make_client_tls(options_.tls));
    }
    return tls_;
  }

  IoRuntime& runtime_;
  const ClientOptions options_;
  IdlePool idle_;
  std::mutex mutex_;
  TlsContext tls_;  // protected by mutex_
  TaskGroup group_{"http client"};
};

}  // namespace

std::unique_ptr<Client> make_client(IoRuntime& runtime, ClientOptions options) {
  return std::make_unique<BlockingClient>(runtime, std::move(options));
}

}  // namespace sluice::http
