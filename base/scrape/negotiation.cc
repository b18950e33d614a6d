#include "base/scrape/negotiation.h"

#include <algorithm>

#include "base/types/ascii.h"

namespace sluice::scrape {

namespace {

constexpr std::string_view media_type_of(ScrapeProtocol protocol) {
  switch (protocol) {
    case ScrapeProtocol::protobuf:
      return "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
             "encoding=delimited";
    case ScrapeProtocol::openmetrics_1_0_0: return "application/openmetrics-text;version=1.0.0";
    case ScrapeProtocol::openmetrics_0_0_1: return "application/openmetrics-text;version=0.0.1";
    case ScrapeProtocol::text_1_0_0: return "text/plain;version=1.0.0";
    case ScrapeProtocol::text_0_0_4: return "text/plain;version=0.0.4";
  }
  return "";
}

bool has_escaping(ScrapeProtocol protocol) {
  return protocol == ScrapeProtocol::openmetrics_1_0_0 || protocol == ScrapeProtocol::text_1_0_0;
}

ExpositionFormat format_of_protocol(ScrapeProtocol protocol) {
  if (protocol == ScrapeProtocol::protobuf) return ExpositionFormat::protobuf;
  const bool text =
      protocol == ScrapeProtocol::text_1_0_0 || protocol == ScrapeProtocol::text_0_0_4;
  return text ? ExpositionFormat::text : ExpositionFormat::openmetrics;
}

// "Text/Plain; version=0.0.4" -> "text/plain"
std::string bare_media_type(std::string_view content_type) {
  std::string type = lower_case(content_type.substr(0, content_type.find(';')));
  type.erase(std::remove(type.begin(), type.end(), ' '), type.end());
  return type;
}

}  // namespace

std::string accept_header(const std::vector<ScrapeProtocol>& protocols, NameScheme names) {
  constexpr int known_protocols = 5;  // of Prometheus, protobuf among them
  int weight = known_protocols + 1;
  std::string out;
  for (const ScrapeProtocol protocol : protocols) {
    out += media_type_of(protocol);
    if (has_escaping(protocol))
      out += names == NameScheme::utf8 ? ";escaping=allow-utf-8" : ";escaping=underscores";
    out += ";q=0." + std::to_string(weight--) + ",";
  }
  return out + "*/*;q=0." + std::to_string(weight);
}

Result<ExpositionFormat> format_of(std::string_view content_type,
                                   const std::optional<ScrapeProtocol>& fallback) {
  const std::string type = bare_media_type(content_type);
  if (type == "text/plain") return ExpositionFormat::text;
  if (type == "application/openmetrics-text") return ExpositionFormat::openmetrics;
  // Of what may be protobuf only families one after the other.
  if (type == "application/vnd.google.protobuf" &&
      content_type.find("encoding=delimited") != std::string_view::npos)
    return ExpositionFormat::protobuf;
  if (fallback) return format_of_protocol(*fallback);
  if (type.empty())
    return Error{ErrorCode::unsupported_media,
                 "non-compliant scrape target sending blank Content-Type and no "
                 "fallback_scrape_protocol specified for target"};
  std::string quoted;
  append_quoted(quoted, content_type.substr(0, 100));
  return Error{ErrorCode::unsupported_media,
               "received unsupported Content-Type " + quoted +
                   " and no fallback_scrape_protocol specified for target"};
}

}  // namespace sluice::scrape
