#include "daemon/alerting/rule_files.h"

#include <glob.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

namespace sluice::alerting {
namespace {

constexpr std::size_t max_rule_files = 10'000;

Result<void> expand(const std::string& pattern, std::set<std::string>& paths) {
  if (pattern.find_first_of("*?[") == std::string::npos) {
    paths.insert(pattern);
    return {};
  }
  glob_t found{};
  const int code = ::glob(pattern.c_str(), 0, nullptr, &found);
  for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i) paths.insert(found.gl_pathv[i]);
  ::globfree(&found);
  if (code != 0 && code != GLOB_NOMATCH) {
    return Error{ErrorCode::io, "cannot list rule files " + pattern};
  }
  if (paths.size() > max_rule_files) {
    return invalid_argument("more than " + std::to_string(max_rule_files) + " rule files");
  }
  return {};
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) return Error{ErrorCode::io, path + ": " + std::strerror(errno)};
  return text.str();
}

Result<rules::RuleFile> load_one(const std::string& path, const rules::RuleFileOptions& options) {
  SLUICE_TRY(auto text, read_file(path));
  return rules::parse_rule_file(std::move(text), path, options);
}

}  // namespace

Result<std::vector<rules::RuleFile>> load_rule_files(const std::vector<std::string>& patterns,
                                                     const rules::RuleFileOptions& options) {
  std::set<std::string> paths;
  for (const auto& pattern : patterns) SLUICE_CHECK(expand(pattern, paths));
  std::vector<rules::RuleFile> files;
  std::string problems;
  for (const auto& path : paths) {
    auto file = load_one(path, options);
    if (file) {
      files.push_back(std::move(*file));
    } else {
      problems += (problems.empty() ? "" : "\n") + file.error().message;
    }
  }
  if (!problems.empty()) return invalid_argument(std::move(problems));
  return files;
}

}  // namespace sluice::alerting
