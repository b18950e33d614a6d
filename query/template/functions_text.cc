// Text functions that LogQL documents for line_format and label_format.
#include <algorithm>

#include "base/codec/base64.h"
#include "base/http/message.h"
#include "base/types/letter_case.h"
#include "query/ast/regex.h"
#include "query/template/functions.h"

namespace sluice::query::tmpl {

namespace {

constexpr std::int64_t repeat_max = 1 << 20;  // output bound of a template

using String = std::string;

TemplateFunction text1(String (*f)(String)) {
  return {1, 1, [f](Args a) -> Result<TemplateValue> { return TemplateValue(f(text_arg(a, 0))); }};
}
TemplateFunction text2(TemplateValue (*f)(const String&, const String&)) {
  return {2, 2, [f](Args a) -> Result<TemplateValue> { return f(text_arg(a, 0), text_arg(a, 1)); }};
}

String lower(String s) {
  return to_lower_utf8(s);
}
String upper(String s) {
  return to_upper_utf8(s);
}
String title(String s) {
  return to_title_utf8(s);
}

String trim_left_of(const String& s, std::string_view set) {
  const auto at = s.find_first_not_of(set);
  return at == String::npos ? "" : s.substr(at);
}
String trim_right_of(const String& s, std::string_view set) {
  const auto at = s.find_last_not_of(set);
  return at == String::npos ? "" : s.substr(0, at + 1);
}
String trim_of(const String& s, std::string_view set) {
  return trim_left_of(trim_right_of(s, set), set);
}
String trim_space(String s) {
  return trim_of(s, " \t\n\r\v\f");
}

String without_prefix(const String& s, const String& prefix) {
  return s.starts_with(prefix) ? s.substr(prefix.size()) : s;
}
String without_suffix(const String& s, const String& suffix) {
  return s.ends_with(suffix) ? s.substr(0, s.size() - suffix.size()) : s;
}

// Go's strings.Replace; n < 0 replaces all.
String replace_n(const String& s, const String& from, const String& to, std::int64_t n) {
  if (from.empty()) return s;
  String out;
  std::size_t at = 0;
  while (n-- != 0) {
    const auto hit = s.find(from, at);
    if (hit == String::npos) break;
    out.append(s, at, hit - at).append(to);
    at = hit + from.size();
    if (out.size() > static_cast<std::size_t>(repeat_max)) break;
  }
  return out.append(s, at);
}

// Replace old new n s (Loki's first generation) and replace old new s (sprig's).
Result<TemplateValue> go_replace(Args a) {
  SLUICE_TRY(const auto n, int_arg(a, 3));
  return TemplateValue(replace_n(text_arg(a, 0), text_arg(a, 1), text_arg(a, 2), n));
}
Result<TemplateValue> sprig_replace(Args a) {
  return TemplateValue(replace_n(text_arg(a, 2), text_arg(a, 0), text_arg(a, 1), -1));
}

Result<TemplateValue> substr(Args a) {
  SLUICE_TRY(const auto start, int_arg(a, 0));
  SLUICE_TRY(const auto end, int_arg(a, 1));
  const String s = text_arg(a, 2);
  const auto size = static_cast<std::int64_t>(s.size());
  const auto from = std::clamp<std::int64_t>(start, 0, size);
  const auto to = end < start || end < 0 ? size : std::min(end, size);
  return TemplateValue(s.substr(static_cast<std::size_t>(from),
                                static_cast<std::size_t>(std::max<std::int64_t>(to - from, 0))));
}

Result<TemplateValue> trunc(Args a) {
  SLUICE_TRY(const auto n, int_arg(a, 0));
  const String s = text_arg(a, 1);
  const auto size = static_cast<std::int64_t>(s.size());
  if (n < 0) return TemplateValue(-n < size ? s.substr(static_cast<std::size_t>(size + n)) : s);
  return TemplateValue(s.substr(0, static_cast<std::size_t>(std::min(n, size))));
}

Result<TemplateValue> repeat(Args a) {
  SLUICE_TRY(const auto n, int_arg(a, 0));
  const String s = text_arg(a, 1);
  if (n > 0 && static_cast<std::int64_t>(s.size()) > repeat_max / n)
    return invalid_argument("repeat would make more than 1 MiB");
  String out;
  for (std::int64_t i = 0; i < n; ++i) out += s;
  return TemplateValue(std::move(out));
}

Result<TemplateValue> indent_with(Args a, std::string_view before) {
  SLUICE_TRY(const auto n, int_arg(a, 0));
  const String blanks(static_cast<std::size_t>(std::clamp<std::int64_t>(n, 0, 1000)), ' ');
  return TemplateValue(String(before) + blanks +
                       replace_n(text_arg(a, 1), "\n", "\n" + blanks, -1));
}
Result<TemplateValue> indent(Args a) {
  return indent_with(a, "");
}
Result<TemplateValue> nindent(Args a) {
  return indent_with(a, "\n");
}

Result<TemplateValue> align(Args a, bool left) {
  SLUICE_TRY(const auto n, int_arg(a, 0));
  const auto width = static_cast<std::size_t>(std::clamp<std::int64_t>(n, 0, 10'000));
  const String s = text_arg(a, 1);
  if (s.size() >= width)
    return TemplateValue(left ? s.substr(0, width) : s.substr(s.size() - width));
  const String blanks(width - s.size(), ' ');
  return TemplateValue(left ? s + blanks : blanks + s);
}

Result<TemplateValue> regex_replace(Args a, bool literal) {
  SLUICE_TRY(const auto regex, Regex::compile(text_arg(a, 0), Anchor::none));
  // regexReplaceAll PATTERN SOURCE REPLACEMENT, so that a pipe gives the replacement, as sprig has
  // it.
  const String replacement = literal ? replace_n(text_arg(a, 2), "$", "$$", -1) : text_arg(a, 2);
  return TemplateValue(regex->replace_all(text_arg(a, 1), replacement));
}

Result<TemplateValue> count(Args a) {
  SLUICE_TRY(const auto regex, Regex::compile(text_arg(a, 0), Anchor::none));
  const String s = text_arg(a, 1);
  std::string_view rest = s;
  std::vector<std::string_view> groups;
  std::int64_t n = 0;
  while (!rest.empty() && regex->capture(rest, groups)) {
    ++n;
    const auto end = static_cast<std::size_t>(groups[0].data() + groups[0].size() - rest.data());
    rest.remove_prefix(std::max<std::size_t>(end, 1));
  }
  return TemplateValue(n);
}

String encode_base64(String s) {
  return base64_encode(s);
}

Result<TemplateValue> decode_base64(Args a) {
  SLUICE_TRY(String bytes, base64_decode(text_arg(a, 0)));
  return TemplateValue(std::move(bytes));
}

Result<TemplateValue> default_(Args a) {
  return a[1].truth() ? a[1] : a[0];
}

String url_encode(String s) {
  return query_escape(s);
}
String url_decode(String s) {
  return http::percent_decode(s, true);
}

void add_trims(FunctionTable& table) {
  table["trim"] = table["TrimSpace"] = text1(trim_space);
  table["Trim"] =
      text2([](const String& s, const String& set) { return TemplateValue(trim_of(s, set)); });
  table["TrimLeft"] =
      text2([](const String& s, const String& set) { return TemplateValue(trim_left_of(s, set)); });
  table["TrimRight"] = text2(
      [](const String& s, const String& set) { return TemplateValue(trim_right_of(s, set)); });
  table["TrimPrefix"] =
      text2([](const String& s, const String& p) { return TemplateValue(without_prefix(s, p)); });
  table["TrimSuffix"] =
      text2([](const String& s, const String& p) { return TemplateValue(without_suffix(s, p)); });
  table["trimAll"] =
      text2([](const String& set, const String& s) { return TemplateValue(trim_of(s, set)); });
  table["trimPrefix"] =
      text2([](const String& p, const String& s) { return TemplateValue(without_prefix(s, p)); });
  table["trimSuffix"] =
      text2([](const String& p, const String& s) { return TemplateValue(without_suffix(s, p)); });
}

}  // namespace

void add_text(FunctionTable& table) {
  add_trims(table);
  table["lower"] = table["ToLower"] = text1(lower);
  table["upper"] = table["ToUpper"] = text1(upper);
  table["title"] = text1(title);
  table["contains"] = text2([](const String& part, const String& s) {
    return TemplateValue(s.find(part) != String::npos);
  });
  table["hasPrefix"] =
      text2([](const String& p, const String& s) { return TemplateValue(s.starts_with(p)); });
  table["hasSuffix"] =
      text2([](const String& p, const String& s) { return TemplateValue(s.ends_with(p)); });
  table["Replace"] = {4, 4, go_replace};
  table["replace"] = {3, 3, sprig_replace};
  table["substr"] = {3, 3, substr};
  table["trunc"] = {2, 2, trunc};
  table["repeat"] = {2, 2, repeat};
  table["indent"] = {2, 2, indent};
  table["nindent"] = {2, 2, nindent};
  table["alignLeft"] = {2, 2, [](Args a) { return align(a, true); }};
  table["alignRight"] = {2, 2, [](Args a) { return align(a, false); }};
  table["regexReplaceAll"] = {3, 3, [](Args a) { return regex_replace(a, false); }};
  table["regexReplaceAllLiteral"] = {3, 3, [](Args a) { return regex_replace(a, true); }};
  table["count"] = {2, 2, count};
  table["b64enc"] = text1(encode_base64);
  table["b64dec"] = {1, 1, decode_base64};
  table["default"] = {2, 2, default_};
  table["urlencode"] = text1(url_encode);
  table["urldecode"] = text1(url_decode);
}

}  // namespace sluice::query::tmpl
