// Functions Prometheus documents for alert templates: humanize family, text, sample access.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/types/letter_case.h"
#include "base/types/time.h"
#include "query/ast/regex.h"
#include "query/template/functions.h"

namespace sluice::query::tmpl {

namespace {

std::string significant(double v) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4g", v);
  return text;
}

TemplateFunction number1(std::string (*f)(double)) {
  return {1, 1, [f](Args a) -> Result<TemplateValue> {
            SLUICE_TRY(const double v, number_arg(a, 0));
            return TemplateValue(f(v));
          }};
}

std::string humanize(double v) {
  if (v == 0 || !std::isfinite(v)) return significant(v);
  std::string prefix;
  if (std::fabs(v) >= 1) {
    for (const char* p : {"k", "M", "G", "T", "P", "E", "Z", "Y"}) {
      if (std::fabs(v) < 1000) break;
      prefix = p;
      v /= 1000;
    }
  } else {
    for (const char* p : {"m", "u", "n", "p", "f", "a", "z", "y"}) {
      if (std::fabs(v) >= 1) break;
      prefix = p;
      v *= 1000;
    }
  }
  return significant(v) + prefix;
}

std::string humanize1024(double v) {
  if (std::fabs(v) <= 1 || !std::isfinite(v)) return significant(v);
  std::string prefix;
  for (const char* p : {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"}) {
    if (std::fabs(v) < 1024) break;
    prefix = p;
    v /= 1024;
  }
  return significant(v) + prefix;
}

std::string long_duration(double v, const char* sign) {
  const auto total = static_cast<std::int64_t>(v);
  const auto days = total / 86400, hours = total / 3600 % 24, minutes = total / 60 % 60,
             seconds = total % 60;
  char text[96];
  if (days != 0)
    std::snprintf(text, sizeof text, "%s%lldd %lldh %lldm %llds", sign,
                  static_cast<long long>(days), static_cast<long long>(hours),
                  static_cast<long long>(minutes), static_cast<long long>(seconds));
  else if (hours != 0)
    std::snprintf(text, sizeof text, "%s%lldh %lldm %llds", sign, static_cast<long long>(hours),
                  static_cast<long long>(minutes), static_cast<long long>(seconds));
  else
    std::snprintf(text, sizeof text, "%s%lldm %llds", sign, static_cast<long long>(minutes),
                  static_cast<long long>(seconds));
  return text;
}

std::string humanize_duration(double v) {
  if (!std::isfinite(v)) return significant(v);
  if (v == 0) return "0s";
  if (std::fabs(v) >= 9e15) return significant(v) + "s";
  const char* sign = v < 0 ? "-" : "";
  const double magnitude = std::fabs(v);
  if (magnitude >= 60) return long_duration(magnitude, sign);
  if (magnitude >= 1) return sign + significant(magnitude) + "s";
  double scaled = magnitude;
  std::string prefix;
  for (const char* p : {"m", "u", "n", "p", "f", "a", "z", "y"}) {
    if (scaled >= 1) break;
    prefix = p;
    scaled *= 1000;
  }
  return sign + significant(scaled) + prefix + "s";
}

std::string humanize_percentage(double v) {
  return significant(v * 100) + "%";
}

std::string humanize_timestamp(double v) {
  if (!std::isfinite(v) || std::fabs(v) > 9.2e9) return significant(v);
  auto text = format_rfc3339(from_unix_ns(static_cast<std::int64_t>(v * 1e9)));
  std::replace(text.begin(), text.end(), 'T', ' ');
  text.pop_back();
  return text + " +0000 UTC";
}

Result<TemplateValue> match(Args a) {
  SLUICE_TRY(const auto regex, Regex::compile(text_arg(a, 0), Anchor::none));
  return TemplateValue(regex->matches(text_arg(a, 1)));
}

// reReplaceAll PATTERN REPLACEMENT TEXT
Result<TemplateValue> re_replace_all(Args a) {
  SLUICE_TRY(const auto regex, Regex::compile(text_arg(a, 0), Anchor::none));
  return TemplateValue(regex->replace_all(text_arg(a, 2), text_arg(a, 1)));
}

Result<TemplateValue> first(Args a) {
  auto* list = a[0].as_list();
  if (!list || list->empty()) return invalid_argument("first() called on vector with no elements");
  return list->front();
}

// A sample is a map with "Labels" and "Value".
Result<TemplateValue> label(Args a) {
  return a[1].field("Labels").field(text_arg(a, 0));
}
Result<TemplateValue> value(Args a) {
  return a[0].field("Value");
}
Result<TemplateValue> strvalue(Args a) {
  return a[0].field("Labels").field("__value__");
}

Result<TemplateValue> sort_by_label(Args a) {
  auto* list = a[1].as_list();
  if (!list) return invalid_argument("sortByLabel needs a vector");
  auto sorted = *list;
  const std::string name = text_arg(a, 0);
  std::stable_sort(
      sorted.begin(), sorted.end(), [&](const TemplateValue& x, const TemplateValue& y) {
        return x.field("Labels").field(name).text() < y.field("Labels").field(name).text();
      });
  return TemplateValue(std::move(sorted));
}

Result<TemplateValue> strip_port(Args a) {
  const std::string host = text_arg(a, 0);
  const auto colon = host.rfind(':');
  const bool bare_v6 =
      colon != std::string::npos && host.find(':') != colon && host.find(']') == std::string::npos;
  if (colon == std::string::npos || bare_v6) return TemplateValue(host);
  std::string name = host.substr(0, colon);
  if (name.size() > 1 && name.front() == '[' && name.back() == ']')
    name = name.substr(1, name.size() - 2);
  return TemplateValue(std::move(name));
}

Result<TemplateValue> strip_domain(Args a) {
  const std::string host = text_arg(a, 0);
  const auto colon = host.rfind(':');
  const std::string port = colon == std::string::npos ? "" : host.substr(colon);
  const std::string name = host.substr(0, colon);
  const bool address =
      name.find_first_not_of("0123456789.") == std::string::npos || name.starts_with('[');
  return TemplateValue((address ? name : name.substr(0, name.find('.'))) + port);
}

Result<TemplateValue> parse_duration(Args a) {
  auto d = parse_prometheus_duration(text_arg(a, 0));
  if (!d) return std::move(d).error();
  return TemplateValue(static_cast<double>(d->count()) / 1e9);
}

}  // namespace

void add_humanize(FunctionTable& table) {
  table["humanize"] = number1(humanize);
  table["humanize1024"] = number1(humanize1024);
  table["humanizeDuration"] = number1(humanize_duration);
  table["humanizePercentage"] = number1(humanize_percentage);
  table["humanizeTimestamp"] = number1(humanize_timestamp);
  table["toUpper"] = {1, 1, [](Args a) -> Result<TemplateValue> {
                        return TemplateValue(to_upper_utf8(text_arg(a, 0)));
                      }};
  table["toLower"] = {1, 1, [](Args a) -> Result<TemplateValue> {
                        return TemplateValue(to_lower_utf8(text_arg(a, 0)));
                      }};
  table["match"] = {2, 2, match};
  table["reReplaceAll"] = {3, 3, re_replace_all};
  table["first"] = {1, 1, first};
  table["label"] = {2, 2, label};
  table["value"] = {1, 1, value};
  table["strvalue"] = {1, 1, strvalue};
  table["sortByLabel"] = {2, 2, sort_by_label};
  table["stripPort"] = {1, 1, strip_port};
  table["stripDomain"] = {1, 1, strip_domain};
  table["parseDuration"] = {1, 1, parse_duration};
  table["safeHtml"] = {1, 1, [](Args a) -> Result<TemplateValue> { return a[0]; }};
}

}  // namespace sluice::query::tmpl
