// sluice-bench-corpus: writes a corpus of log files for benchmarks (tests/bench/README.md).
//
//   sluice-bench-corpus --out DIR --mb N [--seed N] [--samples DIR] [--formats DIR]
//
// DIR gets FILE.log and FILE.times per stream and manifest.tsv, one stream a line: labels, kind,
// app, host, file, lines, bytes. Prints one JSON object: lines, bytes, streams, seconds, start,
// end.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/codec/json_writer.h"
#include "tests/bench/corpus/samples.h"
#include "tests/bench/corpus/stream_writer.h"

namespace sluice::bench {
namespace {

// Four hours of a Tuesday morning, 2024-03-19 08:00 UTC. The last percent is left free, for lines
// that moved to the next second.
constexpr std::int64_t start_ns = 1'710'835'200'000'000'000;
constexpr std::int64_t span_ns = 4LL * 3600 * 1'000'000'000;

struct Options {
  std::string out;
  std::string samples;
  std::string formats = SLUICE_BENCH_FORMATS;
  std::size_t megabytes = 100;
  std::uint64_t seed = 1;
};

Result<StreamSize> write_corpus(const Options& options, const std::vector<StreamPlan>& plans) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  std::ofstream manifest(options.out + "/manifest.tsv", std::ios::binary);
  StreamSize total;
  for (const auto& plan : plans) {
    const TimeSpan span{start_ns + 1'000'000, start_ns + span_ns / 100 * 99};
    SLUICE_TRY(const auto size, write_stream(plan, span, options.out));
    manifest << plan.labels << '\t' << plan.kind << '\t' << plan.app << '\t' << plan.host << '\t'
             << plan.file << '\t' << size.lines << '\t' << size.bytes << '\n';
    total.lines += size.lines;
    total.bytes += size.bytes;
  }
  manifest.close();
  if (!manifest) return Error{ErrorCode::io, "cannot write " + options.out + "/manifest.tsv"};
  return total;
}

Result<void> run(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  SLUICE_TRY(const auto samples, options.samples.empty() ? read_formats(options.formats)
                                                         : read_samples(options.samples));
  const auto plans = make_plan(options.megabytes * 1'000'000, options.seed, samples);
  SLUICE_TRY(const auto size, write_corpus(options, plans));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  JsonWriter w;
  w.begin_object().key("lines").number(size.lines).key("bytes").number(size.bytes);
  w.key("streams").number(static_cast<std::uint64_t>(plans.size()));
  w.key("seconds").number(took.count());
  w.key("start").number(start_ns).key("end").number(start_ns + span_ns).end_object();
  std::puts(w.text().c_str());
  return {};
}

int run_main(int argc, char** argv) {
  CLI::App app{"Writes a corpus of log files for benchmarks."};
  Options options;
  app.add_option("--out", options.out, "folder to write to")->required();
  app.add_option("--mb", options.megabytes, "size in MB")->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", options.seed, "same seed, same bytes");
  app.add_option("--samples", options.samples, "folder of sample logs, *.log");
  app.add_option("--formats", options.formats, "folder of formats, used without samples");
  CLI11_PARSE(app, argc, argv);
  const auto done = run(options);
  if (done) return 0;
  std::fprintf(stderr, "sluice-bench-corpus: %s\n", done.error().message.c_str());
  return 1;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  return sluice::bench::run_main(argc, argv);
}
