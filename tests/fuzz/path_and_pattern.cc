// The small languages within LogQL: patterns (`| pattern`, `|>`) and paths into JSON. The first
// line of the input is the text, the rest a log line.
#include <string>

#include "base/types/labels.h"
#include "query/logql/capture_pattern.h"
#include "query/logql/json_path.h"
#include "query/logql/line_pattern.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::query::logql;

void check_captures(std::string_view pattern, std::string_view line) {
  const auto compiled = CapturePattern::compile(pattern);
  if (!compiled) return;
  std::size_t at = 0;
  compiled->match(line, [&](std::string_view name, std::string_view value) {
    fuzz::require(valid_label_name(name), "captures are labels");
    const auto begin = static_cast<std::size_t>(value.data() - line.data());
    fuzz::require(begin >= at && begin + value.size() <= line.size(),
                  "captures follow each other in the line");
    at = begin + value.size();
  });
}

void check_filter(std::string_view pattern, std::string_view line) {
  const auto compiled = LinePattern::compile(pattern);
  if (!compiled) return;
  compiled->matches(line);
  const bool text = pattern.find('<') == std::string_view::npos;
  fuzz::require(!text || compiled->matches(pattern), "a text matches itself");
}

std::string printed(const JsonPath& path) {
  std::string out;
  for (const auto& step : path) {
    out += '[';
    if (const auto* key = std::get_if<std::string>(&step))
      append_quoted(out, *key);
    else
      out += std::to_string(std::get<std::size_t>(step));
    out += ']';
  }
  return out;
}

void check_path(std::string_view text) {
  const auto path = parse_json_path(text);
  if (!path || path->empty()) return;
  const auto again = parse_json_path(printed(*path));
  fuzz::require(again.has_value() && *again == *path, "a path that is printed is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const std::string text(input.line());
  const std::string line(input.rest());
  check_captures(text, line);
  check_filter(text, line);
  check_path(text);
  return 0;
}
