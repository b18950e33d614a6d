// What finding detected_level costs: sluice-bench-levels FILE... prints for each file CPU seconds
// per GB of lines, and how many lines had which level.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "query/logql/detect_level.h"
#include "tests/bench/file_lines.h"

namespace {

using namespace sluice;

constexpr std::size_t least_bytes = 64 << 20;

double seconds_per_gigabyte(const std::vector<std::string_view>& lines, std::size_t bytes) {
  const LabelSet stream = {{"app", "bench"}};
  query::logql::LevelDetector detector;
  std::size_t done = 0;
  std::size_t letters = 0;
  const std::clock_t start = std::clock();
  for (; done < least_bytes; done += bytes)
    for (const auto line : lines) letters += detector.level(stream, {}, line).size();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return letters == 0 ? 0 : seconds / (static_cast<double>(done) / 1e9);
}

void measure_levels(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto lines = bench::lines_of(text);
  if (lines.empty()) return;
  std::printf("%-40s %5.2f s/GB ", path, seconds_per_gigabyte(lines, text.size()));
  query::logql::LevelDetector detector;
  std::map<std::string, std::size_t> levels;
  for (const auto line : lines) ++levels[detector.level({}, {}, line)];
  for (const auto& [level, count] : levels) std::printf(" %s=%zu", level.c_str(), count);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) measure_levels(argv[i]);
  return 0;
}
