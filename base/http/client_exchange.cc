#include "base/http/client_exchange.h"

#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include "base/http/serialize.h"
#include "base/http/text.h"

namespace sluice::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto forever = SocketIo::Clock::time_point::max();

bool takes_body(const ClientRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

}  // namespace

std::string serialize_request_head(const ClientRequest& request, const Url& url) {
  std::string out = request.method + ' ' + url.target + " HTTP/1.1\r\n";
  append_field(out, "Host", url.authority());
  for (const auto& [name, value] : request.headers) append_field(out, name, value);
  if (!request.headers.has("User-Agent")) append_field(out, "User-Agent", "sluice");
  if (takes_body(request)) append_field(out, "Content-Length", std::to_string(request.body.size()));
  return out + "\r\n";
}

ClientExchange::ClientExchange(Kind kind, std::shared_ptr<SocketIo> io, bool reused, Url url,
                               const ClientOptions& options)
    : kind_(kind), io_(std::move(io)), reused_(reused), url_(std::move(url)), options_(options) {}

void ClientExchange::abort(ErrorCode code, std::string why) {
  asio::post(io_->transport().get_executor(),
             [self = shared_from_this(), error = Error{code, std::move(why)}] {
               if (self->over_) return;  // the connection serves another request by now
               if (!self->aborted_) self->aborted_ = error;
               self->io_->close();
             });
}

void ClientExchange::piece_taken() {
  asio::post(io_->transport().get_executor(), [self = shared_from_this()] { self->io_->notify(); });
}

Error ClientExchange::lost(std::string_view doing) const {
  if (aborted_) return *aborted_;
  return {ErrorCode::unavailable,
          std::string(doing) + " " + url_.authority() + ": the connection broke"};
}

asio::awaitable<void> ClientExchange::run(const ClientRequest& request) {
  auto outcome = co_await talk(request);
  if (!reusable_) io_->close();
  if (!outcome && aborted_) outcome = *aborted_;
  over_ = true;
  handoff_.finish(std::move(outcome));
}

asio::awaitable<Result<ClientResponse>> ClientExchange::talk(const ClientRequest& request) {
  if (!reused_) {
    if (auto connected = co_await connect(); !connected) co_return connected.error();
  }
  if (kind_ == Kind::websocket) co_return co_await talk_websocket(request);
  const std::string head = serialize_request_head(request, url_);
  if (!co_await io_->write(head, request.body)) {
    // A server that refuses early answers and closes; its answer may still be there to read.
    if (io_->closed()) co_return lost("sending to");
  }
  co_return co_await read_response(request);
}

asio::awaitable<Result<void>> ClientExchange::connect_tcp() {
  auto& socket = io_->transport().socket();
  tcp::resolver resolver(socket.get_executor());
  error_code ec;
  auto endpoints = co_await resolver.async_resolve(
      url_.host, url_.port, asio::redirect_error(asio::use_awaitable, ec));
  // A name that needs no resolver (RFC 6761): machines without /etc/hosts do not know it, and
  // say so with one error or another.
  if (ec && url_.host == "localhost")
    endpoints = co_await resolver.async_resolve("127.0.0.1", url_.port,
                                                asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) {
    co_await asio::async_connect(socket, endpoints, asio::redirect_error(asio::use_awaitable, ec));
  }
  if (aborted_) co_return *aborted_;
  if (ec) {
    co_return Error{ErrorCode::unavailable,
                    "connecting to " + url_.authority() + ": " + ec.message()};
  }
  socket.set_option(tcp::no_delay(true), ec);  // a failure costs latency only
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ClientExchange::connect() {
  // Bounds name resolution, connecting and the handshake together.
  auto timer = std::make_shared<asio::steady_timer>(io_->transport().get_executor(),
                                                    options_.connect_timeout);
  timer->async_wait([self = shared_from_this(), timer](const error_code& ec) {
    if (!ec) self->abort(ErrorCode::timeout, "connecting to " + self->url_.authority() +
                                                 " took too long");
  });
  auto connected = co_await connect_tcp();
  auto* ssl = io_->transport().ssl();
  if (connected && ssl != nullptr) {
    const std::string& name =
        options_.tls.server_name.empty() ? url_.host : options_.tls.server_name;
    // What the macro SSL_set_tlsext_host_name does, without its C cast.
    SSL_ctrl(ssl->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(name.c_str()));
    if (!options_.tls.insecure_skip_verify) {
      ssl->set_verify_callback(asio::ssl::host_name_verification(name));
    }
    const error_code ec =
        co_await io_->handshake(asio::ssl::stream_base::client, options_.connect_timeout);
    if (ec) {
      connected = aborted_ ? *aborted_
                           : Error{ErrorCode::unavailable, "TLS handshake with " +
                                                               url_.authority() + ": " +
                                                               ec.message()};
    }
  }
  timer->cancel();
  co_return connected;
}

// Waits until the caller took the piece before; false if the exchange was aborted meanwhile.
asio::awaitable<bool> ClientExchange::hand_over(std::string piece) {
  if (piece.empty()) co_return true;
  while (handoff_.full()) {
    if (io_->closed()) co_return false;
    co_await io_->pause_until(forever);
  }
  handoff_.put(std::move(piece));
  co_return true;
}

asio::awaitable<Result<ClientResponse>> ClientExchange::read_response(
    const ClientRequest& request) {
  ResponseParser parser(request.method == "HEAD");
  while (true) {
    auto step = parser.feed(io_->input());
    if (!step) co_return std::move(step).error();
    io_->consume(step->consumed);
    answered_ = answered_ || step->consumed > 0;
    if (head_.status == 0) head_ = parser.head();
    std::string piece = parser.take_piece();
    if (!co_await hand_over(std::move(piece))) co_return lost("reading from");
    if (step->state == ResponseParser::State::complete) {
      reusable_ = parser.keep_alive() && io_->input().empty();
      co_return head_;
    }
    if (co_await io_->fill(forever) == SocketIo::Fill::data) continue;
    if (aborted_) co_return *aborted_;
    if (auto end = parser.end_of_stream(); !end) co_return std::move(end).error();
    co_return head_;
  }
}

class ExchangeSink : public MessageSink {
 public:
  explicit ExchangeSink(ClientExchange& exchange) : exchange_(exchange) {}
  asio::awaitable<bool> put(std::string message) override {
    return exchange_.hand_over(std::move(message));
  }
  void upgraded() override {
    exchange_.upgraded_ = true;
    exchange_.head_.status = 101;
  }

 private:
  ClientExchange& exchange_;
};

asio::awaitable<Result<ClientResponse>> ClientExchange::talk_websocket(
    const ClientRequest& request) {
  ExchangeSink sink(*this);
  co_return co_await run_websocket_client(*io_, url_, request.headers, sink);
}

}  // namespace sluice::http
