// Speed and yield of splitting: sluice-bench-split FILE... prints for each file and detail MB per
// second of CPU, the templates found, and the share of rows whose template has 16 or more in its 64
// Ki rows.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/template.h"
#include "tests/bench/file_lines.h"

namespace {

using namespace sluice::storage;

constexpr std::size_t rows_per_group = 64 << 10;
constexpr std::uint32_t common_rows = 16;
constexpr std::size_t measured_bytes = 64 << 20;

struct Found {
  std::size_t templates = 0;
  std::size_t covered = 0;
  std::size_t slots = 0;
};

double megabytes_per_second(const std::vector<std::string_view>& lines, std::size_t bytes,
                            Detail detail) {
  LineSplitter splitter;
  SplitLine split;
  TemplateTable table;
  std::size_t done = 0;
  const std::clock_t start = std::clock();
  while (done < measured_bytes) {
    for (const auto line : lines) {
      splitter.split(line, detail, split);
      (void)table.find_or_add(line, split);
    }
    done += bytes;
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return static_cast<double>(done) / 1e6 / seconds;
}

Found find(const std::vector<std::string_view>& lines, Detail detail) {
  LineSplitter splitter;
  SplitLine split;
  TemplateTable table;
  Found found;
  std::unordered_map<std::uint32_t, std::uint32_t> rows;
  const auto end_group = [&] {
    for (const auto& [number, count] : rows)
      if (number != TemplateTable::none && count >= common_rows) found.covered += count;
    rows.clear();
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    splitter.split(lines[i], detail, split);
    found.slots += split.slots.size();
    ++rows[table.find_or_add(lines[i], split)];
    if ((i + 1) % rows_per_group == 0) end_group();
  }
  end_group();
  found.templates = table.size();
  return found;
}

void measure(const char* path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (text.empty()) {
    std::fprintf(stderr, "%s: nothing to read\n", path);
    return;
  }
  const auto lines = sluice::bench::lines_of(text);
  const auto count = static_cast<double>(lines.size());
  for (const auto detail : {Detail::fine, Detail::coarse}) {
    const Found found = find(lines, detail);
    const std::string_view name =
        std::string_view(path).substr(std::string_view(path).rfind('/') + 1);
    std::printf(
        "%-24.*s %-6s %6.0f MB/s %6zu templates %5.1f%% covered %5.1f slots/line\n",
        static_cast<int>(name.size()), name.data(), detail == Detail::fine ? "fine" : "coarse",
        megabytes_per_second(lines, text.size(), detail), found.templates,
        100 * static_cast<double>(found.covered) / count, static_cast<double>(found.slots) / count);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) measure(argv[i]);
  return argc > 1 ? 0 : 2;
}
