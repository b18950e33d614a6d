#include "query/cli/export_manifest.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "query/cli/api_client.h"
#include "query/cli/durable_file.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Json to_json(const ExportPlan& plan) {
  return {{"query", plan.query},
          {"from", std::to_string(unix_ns(plan.range.start))},
          {"to", std::to_string(unix_ns(plan.range.end))},
          {"split_seconds", std::chrono::duration<double>(plan.split).count()},
          {"format", plan.format},
          {"compress", plan.compress}};
}

std::int64_t nanoseconds_of(const Json& object, const char* key) {
  return std::strtoll(text_of(object, key).c_str(), nullptr, 10);
}

ExportPlan plan_from(const Json& object) {
  ExportPlan plan;
  plan.query = text_of(object, "query");
  plan.range = {from_unix_ns(nanoseconds_of(object, "from")),
                from_unix_ns(nanoseconds_of(object, "to"))};
  plan.split = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
      object.contains("split_seconds") ? number_of(object["split_seconds"]) : 0));
  plan.format = text_of(object, "format");
  plan.compress = text_of(object, "compress");
  return plan;
}

std::string suffix(const ExportPlan& plan) {
  std::string out = plan.format == "raw" ? ".log" : ".jsonl";
  if (plan.compress == "gzip") out += ".gz";
  if (plan.compress == "zstd") out += ".zst";
  return out;
}

}  // namespace

std::size_t ExportPlan::parts() const {
  const Duration length = range.end - range.start;
  return static_cast<std::size_t>((length + split - Duration{1}) / split);
}

TimeRange ExportPlan::part_range(std::size_t part) const {
  const Timestamp start = range.start + split * static_cast<std::int64_t>(part);
  return {start, std::min(start + split, range.end)};
}

std::string ExportPlan::part_name(std::size_t part) const {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "part-%06zu", part);
  return name.data() + suffix(*this);
}

std::string ExportPlan::merged_name() const {
  return "export" + suffix(*this);
}

Result<ExportManifest> ExportManifest::open(const std::string& directory, const ExportPlan& plan,
                                            bool relative_range) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec) return Error{ErrorCode::io, "cannot make " + directory + ": " + ec.message()};
  ExportManifest manifest(directory, plan);
  std::string text = text_of_file(manifest.manifest_path());
  // What stands behind the last line break was cut off by a crash.
  const auto whole = text.rfind('\n');
  text.resize(whole == std::string::npos ? 0 : whole + 1);
  if (!text.empty()) SLUICE_CHECK(manifest.read(text, relative_range));
  if (text.empty()) text = to_json(manifest.plan_).dump() + "\n";
  SLUICE_TRY(auto file, DurableFile::create(manifest.manifest_path()));
  SLUICE_CHECK(file.write(text));
  SLUICE_CHECK(file.commit());
  return manifest;
}

Result<void> ExportManifest::read(const std::string& text, bool relative_range) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const Json header = Json::parse(line, nullptr, false);
  const ExportPlan earlier = plan_from(header);
  if (relative_range) plan_.range = earlier.range;
  if (!(earlier == plan_))
    return invalid_argument(directory_ + " holds another export: " + line +
                            "; give another --dir, or the same query, range and flags");
  while (std::getline(in, line)) read_part(line);
  return {};
}

void ExportManifest::read_part(const std::string& line) {
  const Json entry = Json::parse(line, nullptr, false);
  if (!entry.is_object() || !entry.contains("part") || !entry["part"].is_number_unsigned()) return;
  const auto part = entry["part"].get<std::size_t>();
  if (part >= plan_.parts()) return;
  const ExportedPart exported{entry.value("lines", std::uint64_t{0}),
                              entry.value("bytes", std::uint64_t{0}), text_of(entry, "hash")};
  std::error_code ec;
  if (std::filesystem::file_size(path_of(part), ec) == exported.bytes && !ec)
    finished_[part] = exported;
}

std::vector<std::size_t> ExportManifest::missing() const {
  std::vector<std::size_t> parts;
  for (std::size_t part = 0; part < plan_.parts(); ++part)
    if (!finished_.contains(part)) parts.push_back(part);
  return parts;
}

std::string ExportManifest::path_of(std::size_t part) const {
  return directory_ + "/" + plan_.part_name(part);
}

Result<void> ExportManifest::enter(std::size_t part, const ExportedPart& exported) {
  const Json entry = {{"part", part},
                      {"file", plan_.part_name(part)},
                      {"lines", exported.lines},
                      {"bytes", exported.bytes},
                      {"hash", exported.hash}};
  SLUICE_CHECK(append_durably(manifest_path(), entry.dump() + "\n"));
  finished_[part] = exported;
  return {};
}

}  // namespace sluice::query::cli
