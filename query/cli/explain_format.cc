#include "query/cli/explain_format.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

std::string count(const Json& explain, const char* pointer) {
  const Json::json_pointer at(pointer);
  return explain.contains(at) && explain[at].is_number()
             ? std::to_string(static_cast<std::uint64_t>(number_of(explain[at])))
             : "?";
}

std::string time_text(const Json& explain, const char* stage) {
  const Json::json_pointer at(std::string("/milliseconds/") + stage);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms",
                explain.contains(at) ? number_of(explain[at]) : 0.0);
  return text.data();
}

}  // namespace

void add_explain(Json& total, const Json& page) {
  if (!page.is_object()) return;
  if (!total.is_object()) {
    total = page;
    return;
  }
  for (const auto& [key, value] : page.items()) {
    if (value.is_object())
      add_explain(total[key], value);
    else if (value.is_number_integer() && total[key].is_number_integer())
      total[key] = total[key].get<std::int64_t>() + value.get<std::int64_t>();
    else if (value.is_number())
      total[key] = number_of(total[key]) + value.get<double>();
  }
}

std::string format_explain(const Json& e) {
  const auto n = [&](const char* pointer) { return count(e, pointer); };
  std::string out = "query       " + text_of(e, "query") + "\n";
  out += "parts       " + n("/parts/considered") + " considered, " + n("/parts/skipped_by_time") +
         " skipped by time\n";
  out += "row groups  " + n("/row_groups/considered") +
         " considered; skipped: " + n("/row_groups/skipped/by_stream") + " by stream, " +
         n("/row_groups/skipped/by_time") + " by time, " + n("/row_groups/skipped/by_template") +
         " by template, " + n("/row_groups/skipped/by_filter") + " by filter, " +
         n("/row_groups/skipped/by_header") + " by header\n";
  out += "            " + n("/row_groups/answered_by_header") + " answered by header, " +
         n("/row_groups/read") + " read, " + n("/row_groups/damaged") + " damaged\n";
  out += "unsealed    " + n("/unsealed_batches/considered") + " batches considered, " +
         n("/unsealed_batches/read") + " read\n";
  out += "read        " + n("/read/bytes") + " bytes in " + n("/read/chunks") + " chunks; " +
         n("/read/columns_decoded") + " columns decoded, " + n("/read/columns_cached") +
         " kept from before, " + n("/read/columns_searched") + " searched; " +
         n("/read/lines_rebuilt") + " lines rebuilt\n";
  out += "looked at   " + n("/looked_at/lines") + " lines, " + n("/looked_at/line_bytes") +
         " bytes; kept " + n("/looked_at/lines_kept") + "\n";
  out += "time        plan " + time_text(e, "plan") + ", search " + time_text(e, "search") +
         ", read " + time_text(e, "read") + ", evaluate " + time_text(e, "evaluate") + ", total " +
         time_text(e, "total") + "; " + n("/threads") + " threads\n";
  return out;
}

}  // namespace sluice::query::cli
