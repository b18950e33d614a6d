// Beast on the server's side: the request parser and the WebSocket session. Nothing else of the
// server includes Beast, because each source that does costs ten seconds to compile.
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include "base/http/request_parser.h"
#include "base/http/websocket_session.h"
#include "base/types/assert.h"

namespace sluice::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

// --- RequestParser ---------------------------------------------------------------------------

struct RequestParser::Impl {
  using Parser = beast::http::request_parser<beast::http::string_body>;
  Parser parser;
  bool head_taken = false;
  bool over_limit = false;  // Content-Length is; Beast would reserve it and go on
};

namespace {

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

Response refusal(const error_code& ec) {
  using beast::http::error;
  Response response =
      error_response(invalid_argument("not a valid HTTP/1.1 request: " + ec.message()));
  if (ec == error::header_limit) {
    response = error_response(invalid_argument("the request head is too long"));
    response.status = 431;
  } else if (ec == error::body_limit) {
    response = error_response({ErrorCode::too_large, "the body exceeds this path's limit"});
  } else if (ec == error::bad_version) {
    response.status = 505;
  }
  return response;
}

}  // namespace

RequestParser::RequestParser(std::size_t max_header_bytes) : impl_(std::make_unique<Impl>()) {
  impl_->parser.header_limit(static_cast<std::uint32_t>(max_header_bytes));
  // Until the route is known there is no limit to hold; the body is not read before it is.
  impl_->parser.body_limit(boost::none);
  impl_->parser.eager(false);
}

RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::feed(std::string_view bytes) {
  auto& parser = impl_->parser;
  Step step;
  if (impl_->over_limit) {
    step.state = ParseState::failed;
    step.refusal = refusal(beast::http::error::body_limit);
    return step;
  }
  while (true) {
    if (impl_->head_taken && parser.is_done()) {
      step.state = ParseState::complete;
      return step;
    }
    const std::string_view rest = bytes.substr(step.consumed);
    if (rest.empty()) return step;
    error_code ec;
    const std::size_t used = parser.put(asio::buffer(rest), ec);
    step.consumed += used;
    if (ec == beast::http::error::need_more) return step;
    if (ec) {
      step.state = ParseState::failed;
      step.refusal = refusal(ec);
      return step;
    }
    if (!impl_->head_taken && parser.is_header_done()) {
      step.state = ParseState::head;
      return step;
    }
  }
}

RequestHead RequestParser::take_head() {
  SLUICE_ASSERT(impl_->parser.is_header_done());
  impl_->head_taken = true;
  const auto& message = impl_->parser.get();
  RequestHead head;
  head.method = view(message.method_string());
  head.target = view(message.target());
  head.version = static_cast<int>(message.version());
  head.keep_alive = impl_->parser.keep_alive();
  head.has_body = !impl_->parser.is_done();
  if (const auto length = impl_->parser.content_length()) head.content_length = *length;
  for (const auto& field : message) {
    head.headers.add(view(field.name_string()), view(field.value()));
  }
  return head;
}

void RequestParser::body_limit(std::size_t bytes) {
  const auto length = impl_->parser.content_length();
  impl_->over_limit = length && *length > bytes;
  impl_->parser.body_limit(bytes);
}

std::size_t RequestParser::body_size() const { return impl_->parser.get().body().size(); }

std::string RequestParser::take_body() { return std::move(impl_->parser.get().body()); }

// --- WebSocket -------------------------------------------------------------------------------

namespace {

using Stream = beast::websocket::stream<Transport&>;

// Peers of our feeds have nothing long to say.
constexpr std::size_t max_incoming_message = 64 << 10;
constexpr std::chrono::seconds handshake_limit{10};
// A ping goes out after half of this, and the peer is taken for dead after all of it.
constexpr std::chrono::seconds peer_silence_limit{60};

// Reads to notice pings, pongs and the close; a feed's peer sends nothing that matters.
asio::awaitable<void> read_until_closed(Stream& stream, WebSocketQueue& queue,
                                        asio::steady_timer& wake) {
  error_code ec;
  while (!ec) {
    beast::flat_buffer buffer(max_incoming_message);
    co_await stream.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
  }
  queue.mark_closed();
  wake.cancel();
}

asio::awaitable<void> write_until_closed(Stream& stream, WebSocketQueue& queue,
                                         asio::steady_timer& wake) {
  error_code ec;
  while (!ec && stream.is_open()) {
    if (const auto text = queue.pop()) {
      co_await stream.async_write(asio::buffer(*text),
                                  asio::redirect_error(asio::use_awaitable, ec));
    } else if (const auto close = queue.close_request()) {
      const beast::websocket::close_reason reason(
          static_cast<beast::websocket::close_code>(close->code), close->reason);
      co_await stream.async_close(reason, asio::redirect_error(asio::use_awaitable, ec));
      co_return;
    } else {
      error_code woken;
      wake.expires_at(asio::steady_timer::time_point::max());
      co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
  }
  // A failed write leaves the reader waiting for a peer that no longer listens.
  stream.next_layer().close();
}

}  // namespace

asio::awaitable<void> serve_websocket(Transport& transport, RequestParser& parser,
                                      WebSocketQueue& queue, asio::steady_timer& wake) {
  using namespace asio::experimental::awaitable_operators;
  Stream stream(transport);
  stream.set_option(
      beast::websocket::stream_base::timeout{handshake_limit, peer_silence_limit, true});
  stream.read_message_max(max_incoming_message);
  stream.text(true);
  error_code ec;
  co_await stream.async_accept(parser.impl().parser.get(),
                               asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return;
  co_await (read_until_closed(stream, queue, wake) && write_until_closed(stream, queue, wake));
}

}  // namespace sluice::http
