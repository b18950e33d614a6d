// Beast on the client's side: the response parser and the WebSocket client.
#include "base/http/client.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include "base/http/client_wire.h"

namespace sluice::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

std::string_view text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

// A body that is taken away piece by piece. Unlike Beast's string_body it does not reserve what
// Content-Length claims.
struct PieceBody {
  using value_type = std::string;
  class reader {
   public:
    template <bool is_request, class Fields>
    reader(beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, error_code& ec) { ec = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& ec) {
      ec = {};
      const std::string bytes = beast::buffers_to_string(buffers);
      body_ += bytes;
      return bytes.size();
    }
    void finish(error_code& ec) { ec = {}; }

   private:
    value_type& body_;
  };
};

using Parser = beast::http::response_parser<PieceBody>;

// Responses with longer heads are not what any server of ours or theirs sends.
constexpr std::uint32_t max_head = 256 << 10;

constexpr std::chrono::seconds client_handshake_limit{30};
// A ping goes out after half of this, and the server is taken for dead after all of it.
constexpr std::chrono::seconds server_silence_limit{60};

std::unique_ptr<Parser> fresh_parser(bool head_request) {
  auto parser = std::make_unique<Parser>();
  parser->header_limit(max_head);
  parser->body_limit(boost::none);  // the exchange counts
  parser->eager(true);
  parser->skip(head_request);
  return parser;
}

template <class Message>
ClientResponse head_of(const Message& message) {
  ClientResponse head;
  head.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    head.headers.add(text_of(field.name_string()), text_of(field.value()));
  }
  return head;
}

Error broken(std::string_view what, const error_code& ec) {
  return {ErrorCode::unavailable, std::string(what) + ": " + ec.message()};
}

}  // namespace

struct ResponseParser::Impl {
  bool head_request;
  std::unique_ptr<Parser> parser = fresh_parser(head_request);
};

ResponseParser::ResponseParser(bool head_request)
    : impl_(new Impl{head_request, fresh_parser(head_request)}) {}
ResponseParser::~ResponseParser() = default;

Result<ResponseParser::Step> ResponseParser::feed(std::string_view bytes) {
  Step step;
  while (true) {
    auto& parser = *impl_->parser;
    if (parser.is_done()) {
      const auto status = parser.get().result_int();
      if (status >= 200 || status == 101) {
        step.state = State::complete;
        return step;
      }
      impl_->parser = fresh_parser(impl_->head_request);
      continue;
    }
    const std::string_view rest = bytes.substr(step.consumed);
    if (rest.empty()) return step;
    error_code ec;
    step.consumed += parser.put(asio::buffer(rest), ec);
    if (ec == beast::http::error::need_more) return step;
    if (ec) return broken("malformed response", ec);
  }
}

Result<void> ResponseParser::end_of_stream() {
  auto& parser = *impl_->parser;
  error_code ec = beast::http::error::end_of_stream;
  if (parser.got_some()) parser.put_eof(ec);
  if (ec) return broken("the server closed the connection", ec);
  return {};
}

ClientResponse ResponseParser::head() const {
  if (!impl_->parser->is_header_done()) return {};
  return head_of(impl_->parser->get());
}

std::string ResponseParser::take_piece() { return std::exchange(impl_->parser->get().body(), {}); }

bool ResponseParser::keep_alive() const { return impl_->parser->keep_alive(); }

asio::awaitable<Result<ClientResponse>> run_websocket_client(SocketIo& io, const Url& url,
                                                             const Headers& headers,
                                                             MessageSink& sink) {
  namespace ws = beast::websocket;
  ws::stream<Transport&> stream(io.transport());
  stream.set_option(ws::stream_base::timeout{client_handshake_limit, server_silence_limit, true});
  stream.set_option(ws::stream_base::decorator([&headers](ws::request_type& request) {
    for (const auto& [name, value] : headers) request.insert(name, value);
  }));
  error_code ec;
  ws::response_type response;
  co_await stream.async_handshake(response, url.authority(), url.target,
                                  asio::redirect_error(asio::use_awaitable, ec));
  if (ec == ws::error::upgrade_declined) {
    ClientResponse declined = head_of(response);
    declined.body = response.body();
    co_return declined;
  }
  if (ec) co_return broken("WebSocket handshake", ec);
  sink.upgraded();
  while (true) {
    beast::flat_buffer buffer;
    co_await stream.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
    std::string message = beast::buffers_to_string(buffer.data());
    if (!co_await sink.put(std::move(message))) {
      co_await stream.async_close(ws::close_code::normal,
                                  asio::redirect_error(asio::use_awaitable, ec));
      ec = ws::error::closed;
      break;
    }
  }
  const auto code = stream.reason().code;
  if (ec == ws::error::closed && (code == ws::close_code::normal || code == ws::close_code::none)) {
    co_return head_of(response);
  }
  if (ec == ws::error::closed) {
    co_return Error{ErrorCode::unavailable, "the server closed the WebSocket: " +
                                                std::to_string(code) + " " +
                                                std::string(stream.reason().reason.c_str())};
  }
  co_return broken("WebSocket", ec);
}

}  // namespace sluice::http
