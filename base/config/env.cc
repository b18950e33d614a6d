#include "base/config/env.h"

#include <cstdlib>

#include "base/types/ascii.h"
#include "base/types/labels.h"

namespace sluice {

namespace {

// What stands between the braces: NAME or NAME:-default.
Result<std::string> expand_reference(std::string_view inside, const EnvLookup& lookup) {
  const std::size_t colon = inside.find(":-");
  const std::string name(inside.substr(0, colon));
  if (!valid_label_name(name))  // the alphabet of environment variables is that of label names
    return invalid_argument("\"${" + std::string(inside) +
                            "}\" names no environment variable; write $$ for a dollar sign");
  const std::optional<std::string> value = lookup(name);
  if (colon == std::string_view::npos) {
    if (!value) return invalid_argument("environment variable " + name + " is not set");
    return *value;
  }
  return value && !value->empty() ? *value : std::string(inside.substr(colon + 2));
}

}  // namespace

std::optional<std::string> process_env(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<std::string> expand_env(std::string_view text, const EnvLookup& lookup) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
    } else if (text.starts_with('{')) {
      // ${1} is a group of a regular expression; no variable begins with a digit.
      if (text.size() > 1 && is_digit(text[1])) {
        out += '$';
        continue;
      }
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos)
        return invalid_argument("\"${\" without \"}\"; write $$ for a dollar sign");
      SLUICE_TRY(const std::string value, expand_reference(text.substr(1, close - 1), lookup));
      out += value;
      text.remove_prefix(close + 1);
    } else {
      out += '$';
    }
  }
  return out;
}

}  // namespace sluice
