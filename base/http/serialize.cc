#include "base/http/serialize.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "base/http/text.h"

namespace sluice::http {

namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr std::array<Reason, 32> reasons{{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

bool is_framing(std::string_view name) {
  const std::string lower = lower_case(name);
  return lower == "content-length" || lower == "transfer-encoding" || lower == "connection" ||
         lower == "date";
}

bool never_has_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c;
  out += "\r\n";
}

BodyKind body_kind(const Response& response, const Framing& framing) {
  if (never_has_body(response.status)) return BodyKind::none;
  if (!response.stream) return BodyKind::length;
  return framing.version >= 11 ? BodyKind::chunked : BodyKind::until_close;
}

std::string serialize_head(const Response& response, const Framing& framing) {
  const BodyKind kind = body_kind(response, framing);
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_field(out, "Date", http_date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers) {
    if (!is_framing(name)) append_field(out, name, value);
  }
  if (kind == BodyKind::length) {
    append_field(out, "Content-Length", std::to_string(response.body.size()));
  } else if (kind == BodyKind::chunked) {
    append_field(out, "Transfer-Encoding", "chunked");
  }
  const bool keep = framing.keep_alive && kind != BodyKind::until_close;
  if (!keep) append_field(out, "Connection", "close");
  if (keep && framing.version == 10) append_field(out, "Connection", "keep-alive");
  return out + "\r\n";
}

std::string chunk(std::string_view data) {
  std::array<char, 16> size{};
  const auto [end, ec] = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16);
  std::string out(size.data(), end);
  out.reserve(out.size() + data.size() + 4);
  out += "\r\n";
  out += data;
  return out += "\r\n";
}

std::string_view reason_phrase(int status) {
  const auto it = std::find_if(reasons.begin(), reasons.end(),
                               [&](const Reason& r) { return r.status == status; });
  return it == reasons.end() ? "Unknown" : it->phrase;
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                        "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t t = unix_seconds;
  std::tm tm{};
  gmtime_r(&t, &tm);
  // Names by table, not strftime's %a and %b, which follow the locale.
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[static_cast<std::size_t>(tm.tm_wday)].data(), tm.tm_mday,
                months[static_cast<std::size_t>(tm.tm_mon)].data(), tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec);
  return text.data();
}

}  // namespace sluice::http
