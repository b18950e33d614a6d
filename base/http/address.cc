#include "base/http/address.h"

#include <charconv>

#include "base/http/text.h"

namespace sluice::http {

namespace asio = boost::asio;

namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;  // "" if there is none
};

// Splits at the colon before the port; colons inside brackets belong to the address.
HostPort split_host_port(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.rfind(':');
  const bool has_port = colon != text.npos && (bracket == text.npos || colon > bracket);
  HostPort parts{text.substr(0, has_port ? colon : text.size()),
                 has_port ? text.substr(colon + 1) : std::string_view()};
  if (parts.host.size() >= 2 && parts.host.front() == '[' && parts.host.back() == ']') {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  return parts;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  return ec == std::errc() && end == text.data() + text.size();
}

bool strip_scheme(std::string_view& text, std::string_view scheme) {
  if (lower_case(text.substr(0, scheme.size())) != scheme) return false;
  text.remove_prefix(scheme.size());
  return true;
}

}  // namespace

Result<asio::ip::tcp::endpoint> parse_listen_address(std::string_view text) {
  const HostPort parts = split_host_port(text);
  std::uint16_t port = 0;
  if (!parse_port(parts.port, port)) {
    return invalid_argument("listen address \"" + std::string(text) +
                            "\" must be host:port, such as 127.0.0.1:3180");
  }
  if (parts.host.empty()) return asio::ip::tcp::endpoint(asio::ip::tcp::v4(), port);
  boost::system::error_code ec;
  const std::string host(parts.host == "localhost" ? "127.0.0.1" : parts.host);
  const auto address = asio::ip::make_address(host, ec);
  if (ec) {
    return invalid_argument("listen address \"" + std::string(text) + "\": \"" + host +
                            "\" is not an IP address");
  }
  return asio::ip::tcp::endpoint(address, port);
}

std::string Url::authority() const {
  const std::string name = host.find(':') == host.npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<Url> parse_url(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return invalid_argument("URL \"" + std::string(text) + "\" " + std::string(why));
  };
  Url url;
  std::string_view rest = trim(text);
  url.tls = strip_scheme(rest, "https://") || strip_scheme(rest, "wss://");
  if (!url.tls && !strip_scheme(rest, "http://") && !strip_scheme(rest, "ws://")) {
    return bad("must begin with http:// or https://");
  }
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != authority.npos) return bad("must not hold a user or password");
  const HostPort parts = split_host_port(authority);
  std::uint16_t port = 0;
  if (parts.host.empty()) return bad("has no host");
  if (!parts.port.empty() && !parse_port(parts.port, port)) return bad("has a bad port");
  url.host = parts.host;
  url.port = parts.port.empty() ? (url.tls ? "443" : "80") : std::string(parts.port);
  url.target = rest.substr(path);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  for (const char c : url.target) {
    if (static_cast<unsigned char>(c) <= 0x20) return bad("must not hold spaces; encode them");
  }
  return url;
}

}  // namespace sluice::http
