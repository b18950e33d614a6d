// `sluice complete`: asks the server what a word of the command line may become. Called by the
// completion script at every tab, so it gives up after 200 ms and remembers answers for a minute.
#include "query/cli/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

namespace {

constexpr std::chrono::milliseconds completion_timeout{200};
constexpr std::chrono::seconds cache_time{60};

bool name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Behind the last brace or comma that no quotes surround; npos if a quote is open, whose place
// `quote` then is.
std::size_t last_opening(std::string_view text, std::size_t& quote) {
  std::size_t opening = std::string_view::npos;
  quote = std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != std::string_view::npos) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        quote = std::string_view::npos;
    } else if (text[i] == '"') {
      quote = i;
    } else if (text[i] == '{' || text[i] == ',') {
      opening = i + 1;
    } else if (text[i] == '}') {
      opening = std::string_view::npos;
    }
  }
  return opening;
}

struct CompleteOptions {
  std::string kind = "selector";
  std::string word;
};

std::filesystem::path cache_path(const std::string& target, const Context& context) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (cache != nullptr && *cache != '\0')
    folder = cache;
  else if (home != nullptr && *home != '\0')
    folder = std::filesystem::path(home) / ".cache";
  else
    return {};
  const std::string key = context.options.addr + "|" + context.options.tenant + "|" + target;
  return folder / "sluice" / ("complete-" + std::to_string(std::hash<std::string>{}(key)));
}

std::vector<std::string> read_lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool fresh(const std::filesystem::path& path) {
  std::error_code ec;
  const auto written = std::filesystem::last_write_time(path, ec);
  return !ec && std::filesystem::file_time_type::clock::now() - written < cache_time;
}

// Names, or values of a label; none when the server does not answer in time.
std::vector<std::string> ask(const std::string& path, Context& context) {
  const auto cache = cache_path(path, context);
  if (!cache.empty() && fresh(cache)) return read_lines_of(cache);
  ApiClient api(context);
  api.set_timeout(completion_timeout);
  api.set_retries(0);
  const auto answer = api.get(path);
  std::vector<std::string> found;
  if (!answer) return found;
  for (const auto& item : answer->value("data", nlohmann::json::array()))
    if (item.is_string()) found.push_back(item.get<std::string>());
  if (cache.empty()) return found;
  std::error_code ec;
  std::filesystem::create_directories(cache.parent_path(), ec);
  std::ofstream out(cache);
  for (const auto& item : found) out << item << "\n";
  return found;
}

ExitCode run_complete(const CompleteOptions& o, Context& context) {
  CompletionPlace place{CompletionPlace::Kind::name, "", "", o.word};
  if (o.kind == "selector") place = completion_place(o.word);
  if (place.kind == CompletionPlace::Kind::none) return ExitCode::ok;
  const bool names = place.kind == CompletionPlace::Kind::name;
  const std::string path =
      "/loki/api/v1/" + (names ? std::string("labels") : "label/" + place.label + "/values");
  for (auto& word : completions(place, ask(path, context)))
    context.out << word << (names && o.kind == "selector" ? "=" : "") << "\n";
  return ExitCode::ok;
}

}  // namespace

CompletionPlace completion_place(std::string_view text) {
  CompletionPlace place;
  std::size_t quote = 0;
  const std::size_t opening = last_opening(text, quote);
  if (opening == std::string_view::npos) return place;
  std::size_t begin = opening;
  while (begin < text.size() && text[begin] == ' ') ++begin;
  std::size_t end = begin;
  while (end < text.size() && name_char(text[end])) ++end;
  const std::string name(text.substr(begin, end - begin));
  if (quote == std::string_view::npos) {
    if (end == text.size())
      place = {CompletionPlace::Kind::name, std::string(text.substr(0, begin)), "", name};
    return place;
  }
  if (!name.empty() && quote > end)
    place = {CompletionPlace::Kind::value, std::string(text.substr(0, quote + 1)), name,
             std::string(text.substr(quote + 1))};
  return place;
}

std::vector<std::string> completions(const CompletionPlace& place,
                                     const std::vector<std::string>& candidates) {
  std::vector<std::string> out;
  const std::string_view closing = place.kind == CompletionPlace::Kind::value ? "\"" : "";
  for (const auto& candidate : candidates)
    if (candidate.starts_with(place.started))
      out.push_back(place.before + candidate + std::string(closing));
  return out;
}

Action add_complete(CLI::App& root) {
  auto o = std::make_shared<CompleteOptions>();
  CLI::App& app = add_subcommand(root, "complete", "Words the completion script offers",
                                 "  sluice complete '{app=\"pa'\n  sluice complete --kind name po");
  app.group("");  // not in --help: for the script
  app.add_option("--kind", o->kind, "selector or name")->check(CLI::IsMember({"selector", "name"}));
  app.add_option("word", o->word, "What is written so far");
  return [o](Context& context) { return run_complete(*o, context); };
}

}  // namespace sluice::query::cli
