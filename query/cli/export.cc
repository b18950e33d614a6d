// `sluice export`: a range of logs as files, in parts, several at a time. What each file holds
// depends on the data alone, not on who asked when: lines are in the order of time, and those of
// one timestamp in the order of their labels and texts.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "query/cli/api_client.h"
#include "query/cli/export_part.h"
#include "query/cli/log_pager.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

struct ExportOptions {
  std::string query;
  std::string directory;
  RangeFlags range;
  std::string split = "15m";
  std::string format = "jsonl";
  std::string compress = "zstd";
  unsigned jobs = 4;
  std::uint64_t batch = 5000;
  bool merge = false;
};

constexpr const char* export_examples =
    "  sluice export '{app=\"pay\"}' --from 2026-01-02 --to 2026-01-03 -d pay-jan2 --jobs 8\n"
    "  sluice export '{app=\"pay\"} |= \"error\"' --since 24h -d errors -o raw --compress none "
    "--merge\n\n"
    "Writes one file for each --split of the range, and manifest.jsonl, which lists the finished\n"
    "ones with lines, bytes and hash. Run it again with the same flags after it was interrupted "
    "or\n"
    "killed: finished parts stay, and the result is the same as that of an undisturbed run.";

class Exporter {
 public:
  Exporter(ExportManifest manifest, const ExportOptions& options, Context& context)
      : manifest_(std::move(manifest)),
        options_(options),
        context_(context),
        missing_(manifest_.missing()),
        began_(std::chrono::steady_clock::now()) {}

  ExitCode run() {
    {
      std::vector<std::jthread> workers;
      const std::size_t jobs = std::clamp<std::size_t>(options_.jobs, 1, 64);
      for (std::size_t i = 0; i < std::min(jobs, missing_.size()); ++i)
        workers.emplace_back([this] { work(); });
    }
    if (context_.err_is_tty && !context_.options.quiet) context_.err << "\n";
    if (context_.stop.stop_requested()) return ExitCode::interrupted;
    if (error_) return fail(context_, *error_);
    if (options_.merge)
      if (auto merged = merge(); !merged) return fail(context_, merged.error());
    return ExitCode::ok;
  }

 private:
  void work() {
    while (const auto part = next_part()) {
      auto exported = export_part(*part);
      const std::lock_guard lock(mutex_);
      if (exported) exported = entered(*part, std::move(*exported));
      if (exported) continue;
      if (!error_) error_ = exported.error();
      return;
    }
  }

  std::optional<std::size_t> next_part() {
    const std::lock_guard lock(mutex_);
    if (error_ || context_.stop.stop_requested() || next_ == missing_.size()) return std::nullopt;
    return missing_[next_++];
  }

  Result<ExportedPart> export_part(std::size_t part) {
    const ExportPlan& plan = manifest_.plan();
    ApiClient api(context_);
    LogPager pager(plan.part_range(part), true, 0, options_.batch);
    SLUICE_TRY(auto writer, PartWriter::create(plan, manifest_.path_of(part)));
    while (const auto page = pager.next()) {
      SLUICE_TRY(auto lines, read_page(api, *page));
      SLUICE_CHECK(writer.add(pager.accept(std::move(lines))));
    }
    return writer.finish();
  }

  Result<std::vector<LogLine>> read_page(ApiClient& api, const LogPager::Page& page) const {
    http::Params params;
    params.add("query", manifest_.plan().query);
    params.add("start", std::to_string(unix_ns(page.range.start)));
    params.add("end", std::to_string(unix_ns(page.range.end)));
    params.add("limit", std::to_string(page.limit));
    params.add("direction", "forward");
    SLUICE_TRY(auto answer, api.get("/loki/api/v1/query_range", params));
    // A part of a part must not count as finished.
    if (const auto it = answer.find("warnings"); it != answer.end() && !it->empty())
      return Error{ErrorCode::unavailable,
                   "the server warns: " + (*it)[0].dump() + "; the export would not be complete"};
    SLUICE_TRY(const auto data, data_of(std::move(answer)));
    if (text_of(data, "resultType") != "streams")
      return invalid_argument("only lines can be exported: give a log query");
    return parse_streams(data["result"]);
  }

  // Under the lock.
  Result<ExportedPart> entered(std::size_t part, ExportedPart exported) {
    SLUICE_CHECK(manifest_.enter(part, exported));
    lines_ += exported.lines;
    bytes_ += exported.bytes;
    report(part, exported);
    return exported;
  }

  void report(std::size_t part, const ExportedPart& exported) {
    if (context_.options.quiet) return;
    if (!context_.err_is_tty) {
      context_.out << Json({{"part", part},
                            {"file", manifest_.plan().part_name(part)},
                            {"lines", exported.lines},
                            {"bytes", exported.bytes}})
                          .dump()
                   << "\n";
      return;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    context_.err << "\r" << manifest_.finished().size() << "/" << manifest_.plan().parts()
                 << " parts, " << lines_ << " lines, " << (bytes_ >> 20) << " MiB, "
                 << static_cast<std::uint64_t>(static_cast<double>(lines_) / took.count())
                 << " lines/s " << std::flush;
  }

  // One file of all parts; gzip and zstd files may be put one behind the other.
  Result<void> merge() {
    const std::string path = options_.directory + "/" + manifest_.plan().merged_name();
    std::ofstream out(path + ".tmp", std::ios::binary | std::ios::trunc);
    for (std::size_t part = 0; part < manifest_.plan().parts(); ++part) {
      std::ifstream in(manifest_.path_of(part), std::ios::binary);
      if (in.peek() != std::ifstream::traits_type::eof()) out << in.rdbuf();
    }
    out.close();
    std::error_code ec;
    if (out) std::filesystem::rename(path + ".tmp", path, ec);
    if (!out || ec) return Error{ErrorCode::io, "cannot write " + path};
    return {};
  }

  std::mutex mutex_;
  ExportManifest manifest_;
  const ExportOptions& options_;
  Context& context_;
  const std::vector<std::size_t> missing_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
  std::uint64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point began_;
};

ExitCode run_export(const ExportOptions& o, Context& context) {
  const auto range = resolve_range(o.range, context.clock.now());
  if (!range) return fail(context, range.error());
  const auto split = parse_duration(o.split);
  if (!split) return fail(context, split.error());
  if (*split < std::chrono::seconds{1})
    return fail(context, invalid_argument("--split must be at least 1s"));
  if (o.batch == 0) return fail(context, invalid_argument("--batch must be at least 1"));
  const ExportPlan plan{o.query, *range, *split, o.format, o.compress};
  constexpr std::size_t max_parts = 1'000'000;
  if (plan.parts() > max_parts)
    return fail(context, invalid_argument("more than 1,000,000 parts; choose a longer --split"));
  // "The last hour" is another one at every start.
  const bool relative = o.range.from.empty() || o.range.to.empty();
  auto manifest = ExportManifest::open(o.directory, plan, relative);
  if (!manifest) return fail(context, manifest.error());
  return Exporter(std::move(*manifest), o, context).run();
}

}  // namespace

Action add_export(CLI::App& root) {
  auto o = std::make_shared<ExportOptions>();
  CLI::App& app =
      add_subcommand(root, "export", "Write a range of logs to files, resumably", export_examples);
  app.add_option("query", o->query, "LogQL query without metrics")->required();
  app.add_option("-d,--dir", o->directory, "Folder to write to")->required();
  app.add_option("-s,--since", o->range.since, "How far back to begin")->capture_default_str();
  app.add_option("--from", o->range.from, "Begin of the range, instead of --since");
  app.add_option("--to", o->range.to, "End of the range (exclusive); now if absent");
  app.add_option("--split", o->split, "Time that one file covers")->capture_default_str();
  app.add_option("-j,--jobs", o->jobs, "Parts to read at once")->capture_default_str();
  app.add_option("--batch", o->batch, "Lines to ask for at a time")->capture_default_str();
  app.add_option("-o,--output", o->format, "jsonl or raw")
      ->check(CLI::IsMember({"jsonl", "raw"}))
      ->capture_default_str();
  app.add_option("--compress", o->compress, "zstd, gzip or none")
      ->check(CLI::IsMember({"zstd", "gzip", "none"}))
      ->capture_default_str();
  app.add_flag("--merge", o->merge, "Also put all parts together in one file");
  return [o](Context& context) { return run_export(*o, context); };
}

}  // namespace sluice::query::cli
