#include "base/http/message.h"

#include <algorithm>

#include "base/codec/json_writer.h"
#include "base/types/ascii.h"

namespace sluice::http {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return same_letters(a, b);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// RFC 3986 "unreserved": what needs no escape in any part of a URL.
bool unreserved(char c) {
  const char l = to_lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

// The names Prometheus' API uses where they exist, so that its clients understand ours.
std::string_view error_type(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::parse: return "bad_data";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::cancelled: return "canceled";
    default: return to_string(code);
  }
}

}  // namespace

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (same_name(key, name)) return value;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const auto& field) { return same_name(field.first, name); });
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int high = c == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += c == '+' && plus_is_space ? ' ' : c;
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

Params Params::parse(std::string_view urlencoded) {
  Params params;
  while (!urlencoded.empty()) {
    const std::size_t end = std::min(urlencoded.find('&'), urlencoded.size());
    const std::string_view item = urlencoded.substr(0, end);
    urlencoded.remove_prefix(std::min(end + 1, urlencoded.size()));
    if (item.empty()) continue;
    const std::size_t equals = std::min(item.find('='), item.size());
    const std::string_view value = item.substr(std::min(equals + 1, item.size()));
    params.add(percent_decode(item.substr(0, equals), true), percent_decode(value, true));
  }
  return params;
}

std::optional<std::string> Params::get(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Params::get_or(std::string_view name, std::string_view fallback) const {
  return get(name).value_or(std::string(fallback));
}

std::vector<std::string> Params::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : items_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void Params::add(std::string name, std::string value) {
  items_.emplace_back(std::move(name), std::move(value));
}

std::string Params::encode() const {
  std::string out;
  for (const auto& [key, value] : items_) {
    if (!out.empty()) out += '&';
    out += percent_encode(key) + '=' + percent_encode(value);
  }
  return out;
}

Response Response::text(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = std::move(body);
  return response;
}

Response Response::json(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Response Response::no_content() {
  Response response;
  response.status = 204;
  return response;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::parse: return 400;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::too_large: return 413;
    case ErrorCode::unsupported_media: return 415;
    case ErrorCode::limit_exceeded: return 429;
    case ErrorCode::cancelled: return 499;
    case ErrorCode::internal:
    case ErrorCode::corrupt:
    case ErrorCode::io: return 500;
    case ErrorCode::unavailable:
    case ErrorCode::no_space: return 503;
    case ErrorCode::timeout: return 504;
  }
  return 500;
}

Response error_response(const Error& error) {
  JsonWriter json;
  json.begin_object();
  json.key("status").string("error");
  json.key("errorType").string(error_type(error.code));
  json.key("error").string(error.message);
  json.end_object();
  Response response = Response::json(status_of(error.code), json.take());
  if (response.status == 429 || response.status == 503) response.headers.set("Retry-After", "1");
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace sluice::http
