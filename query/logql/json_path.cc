#include "query/logql/json_path.h"

#include <charconv>

#include "base/types/labels.h"

namespace sluice::query::logql {

namespace {

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text), rest_(text) {}

  Result<JsonPath> read() {
    JsonPath path;
    while (!rest_.empty()) {
      SLUICE_TRY(auto step, rest_.front() == '[' ? bracket() : key(path.empty()));
      path.push_back(std::move(step));
    }
    if (path.empty()) return expected("a key");
    return path;
  }

 private:
  Error expected(std::string_view what) const {
    return {ErrorCode::parse, "invalid JSON path \"" + std::string(text_) + "\": expected " +
                                  std::string(what) + " at byte " +
                                  std::to_string(text_.size() - rest_.size())};
  }

  Result<JsonStep> key(bool first) {
    if (!first) {
      if (rest_.front() != '.') return expected("\".\" or \"[\"");
      rest_.remove_prefix(1);
    }
    const auto end = std::min(rest_.find_first_of(".[] \t\""), rest_.size());
    if (end == 0) return expected("a key");
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return JsonStep{std::move(name)};
  }

  Result<JsonStep> bracket() {
    rest_.remove_prefix(1);
    JsonStep step;
    if (rest_.starts_with('"')) {
      auto name = unquote_front(rest_);
      if (!name) return expected("a quoted key");
      step = std::move(*name);
    } else {
      std::size_t index = 0;
      const auto [end, ec] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), index);
      if (ec != std::errc{}) return expected("an index or a quoted key");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      step = index;
    }
    if (!rest_.starts_with(']')) return expected("\"]\"");
    rest_.remove_prefix(1);
    return step;
  }

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace

Result<JsonPath> parse_json_path(std::string_view text) {
  return PathReader(text).read();
}

}  // namespace sluice::query::logql
