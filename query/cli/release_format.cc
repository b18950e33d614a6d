#include "query/cli/release_format.h"

#include <nlohmann/json.hpp>

#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

Color color_of_status(const std::string& status) {
  if (status == "succeeded") return Color::green;
  if (status == "failed") return Color::red;
  return status == "rolled_back" ? Color::yellow : Color::none;
}

}  // namespace

std::string release_text(const Json& release, bool color) {
  const std::string status = text_of(release, "status");
  std::string out = text_of(release, "id") + "  " + text_of(release, "service") + " " +
                    text_of(release, "version") + " (" + text_of(release, "env") + ")  " +
                    paint(status, color_of_status(status), color) + "\n";
  for (const char* key : {"started_at", "finished_at", "commit"}) {
    const std::string value = text_of(release, key);
    if (!value.empty()) {
      out += "  " + std::string(key) + ": " + printable(format_when(value)) + "\n";
    }
  }
  return out;
}

std::string release_table(const Json& releases, bool color) {
  Table table({"ID", "SERVICE", "ENV", "VERSION", "STATUS", "STARTED"});
  for (const auto& release : releases) {
    const std::string status = text_of(release, "status");
    table.add({{text_of(release, "id")},
               {text_of(release, "service")},
               {text_of(release, "env")},
               {text_of(release, "version")},
               {status, color_of_status(status)},
               {format_when(text_of(release, "started_at"))}});
  }
  return table.empty() ? "no releases\n" : table.render(color);
}

}  // namespace sluice::query::cli
