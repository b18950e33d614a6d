// sluice-bench-naive: answers queries over a corpus one line at a time, all of it in memory.
//
//   sluice-bench-naive DIR < REQUESTS
//
// DIR is of sluice-bench-corpus. A request is a line of fields with tabs between:
// log|instant|range, start and end (Unix ns), step (ns), limit, backward|forward, LogQL. Its answer
// is a JSON object: cpu_ms, lines, series, sum of all values; or error. The engine is Sluice's,
// without a store that could answer from columns, headers or filters: what those are worth is the
// difference.
#include <cmath>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <map>

#include "base/codec/json_writer.h"
#include "base/types/labels.h"
#include "query/engine/engine.h"
#include "tests/bench/push/corpus_reader.h"
#include "tests/query/memory_source.h"

namespace sluice::bench {
namespace {

constexpr std::size_t batch_bytes = 1 << 20;
constexpr std::size_t batch_entries = 4096;
constexpr std::int64_t ns_per_ms = 1'000'000;

Result<void> load(const std::string& folder, query::test::MemoryLogSource& logs) {
  SLUICE_TRY(const auto reader, CorpusReader::open(folder, batch_bytes));
  std::map<std::string, std::vector<LogEntry>> streams;
  for (Batch batch; reader->next(batch);)
    for (const BatchStream& stream : batch.streams)
      for (const BatchEntry& entry : stream.entries)
        streams[*stream.labels].push_back(
            {from_unix_ns(entry.unix_ns), std::string(entry.line), {}});
  for (auto& [text, entries] : streams) {
    SLUICE_TRY(const LabelSet labels, parse_labels(text));
    logs.add_stream(labels, std::move(entries));
  }
  return {};
}

struct Request {
  std::string kind, direction, query;
  std::int64_t start = 0, end = 0, step = 0;
  std::size_t limit = 0;
};

// The fields are a script's: what is missing is empty, and then refused by the engine.
Request parse(const std::string& line) {
  std::vector<std::string> fields{""};
  for (const char c : line)
    if (c == '\t' && fields.size() < 7)
      fields.emplace_back();
    else
      fields.back() += c;
  fields.resize(7);
  return {fields[0],
          fields[5],
          fields[6],
          std::atoll(fields[1].c_str()),
          std::atoll(fields[2].c_str()),
          std::atoll(fields[3].c_str()),
          static_cast<std::size_t>(std::atoll(fields[4].c_str()))};
}

struct Answer {
  std::size_t lines = 0;
  std::size_t series = 0;
  double sum = 0;

  void add(double value) {
    if (!std::isnan(value)) sum += value;
  }
};

Answer count(const query::Value& value) {
  Answer answer;
  if (const auto* streams = std::get_if<query::Streams>(&value)) {
    answer.series = streams->size();
    for (const auto& stream : *streams) answer.lines += stream.entries.size();
  } else if (const auto* vector = std::get_if<query::Vector>(&value)) {
    answer.series = vector->size();
    for (const auto& sample : *vector) answer.add(sample.value);
  } else if (const auto* matrix = std::get_if<query::Matrix>(&value)) {
    answer.series = matrix->size();
    for (const auto& series : *matrix)
      for (const Sample& sample : series.samples) answer.add(sample.value);
  }
  return answer;
}

Result<query::QueryResult> ask(const query::Engine& engine, const Request& request) {
  SLUICE_TRY(const auto expr, query::parse_logql(request.query));
  query::QueryLimits limits;
  limits.max_memory_bytes = std::size_t{8} << 30;
  limits.max_series = 10'000'000;
  limits.timeout = std::chrono::hours(1);
  query::QueryContext context({}, limits);
  if (request.kind == "log")
    return engine.logs(
        *expr, default_tenant(),
        {{from_unix_ns(request.start), from_unix_ns(request.end)},
         request.limit,
         request.direction == "forward" ? query::Direction::forward : query::Direction::backward},
        context);
  if (request.kind == "instant")
    return engine.instant(*expr, {default_tenant(), request.end / ns_per_ms, request.query},
                          context);
  return engine.range(*expr,
                      {default_tenant(), request.start / ns_per_ms, request.end / ns_per_ms,
                       request.step / ns_per_ms, request.query},
                      context);
}

void answer(const query::Engine& engine, const Request& request) {
  const std::clock_t began = std::clock();
  const auto result = ask(engine, request);
  const double took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  JsonWriter out;
  out.begin_object();
  if (result) {
    const Answer counted = count(result->value);
    out.key("cpu_ms").number(took * 1000).key("lines").number(std::uint64_t{counted.lines});
    out.key("series").number(std::uint64_t{counted.series}).key("sum").number(counted.sum);
  } else {
    out.key("error").string(result.error().message);
  }
  out.end_object();
  std::puts(out.text().c_str());
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: sluice-bench-naive DIR < REQUESTS\n", stderr);
    return 2;
  }
  query::test::MemoryLogSource logs(batch_entries);
  query::test::MemorySampleSource samples;
  if (const auto loaded = load(argv[1], logs); !loaded) {
    std::fprintf(stderr, "sluice-bench-naive: %s\n", loaded.error().message.c_str());
    return 1;
  }
  const query::Engine engine(logs, samples);
  for (std::string line; std::getline(std::cin, line);) answer(engine, parse(line));
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  return sluice::bench::run(argc, argv);
}
