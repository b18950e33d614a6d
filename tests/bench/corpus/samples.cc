#include "tests/bench/corpus/samples.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/bench/corpus/format_file.h"

namespace sluice::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t sample_bytes_max = 64 << 20;
constexpr std::size_t format_lines = 2000;

std::string app_name(const fs::path& path) {
  std::string name = path.filename().string();
  name.resize(std::min(name.find_first_of("_."), name.size()));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > sample_bytes_max || error)
    return Error{ErrorCode::io, path.string() + ": unreadable, or larger than 64 MiB"};
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return Error{ErrorCode::io, "cannot read " + path.string()};
  return text;
}

Result<std::vector<fs::path>> files_of(const std::string& folder, const std::string& suffix) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == suffix) files.push_back(entry.path());
  if (error) return Error{ErrorCode::io, folder + ": " + error.message()};
  if (files.empty()) return invalid_argument("no *" + suffix + " in " + folder);
  std::sort(files.begin(), files.end());
  return files;
}

using Maker = std::function<Result<Sample>(std::string app, const std::string& text)>;

Result<std::vector<Sample>> read_all(const std::string& folder, const std::string& suffix,
                                     const Maker& make) {
  SLUICE_TRY(const auto files, files_of(folder, suffix));
  std::vector<Sample> samples;
  for (const auto& file : files) {
    SLUICE_TRY(const auto text, read_file(file));
    auto sample = make(app_name(file), text);
    if (!sample) return std::move(sample).error().within(file.string());
    samples.push_back(std::move(*sample));
  }
  return samples;
}

}  // namespace

Result<std::vector<Sample>> read_samples(const std::string& folder) {
  return read_all(folder, ".log", [](std::string app, const std::string& text) {
    return learn_sample(std::move(app), text);
  });
}

Result<std::vector<Sample>> read_formats(const std::string& folder) {
  return read_all(folder, ".format",
                  [](std::string app, const std::string& text) -> Result<Sample> {
                    SLUICE_TRY(const auto lines, expand_format(text, format_lines));
                    return learn_sample(std::move(app), lines);
                  });
}

}  // namespace sluice::bench
