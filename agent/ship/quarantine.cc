#include "agent/ship/quarantine.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

std::uint64_t size_of(const std::string& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  return ec ? 0 : size;
}

// The file's own bytes; a batch's buffer may begin with some that stand before its start.
std::string_view raw_bytes(const Batch& batch) {
  const std::string_view all = batch.bytes;
  const auto length = batch.identity.end - batch.identity.start;
  return length >= all.size() ? all : all.substr(all.size() - length);
}

std::string head_line(const Batch& batch, const std::string& path, const Outcome& outcome,
                      Timestamp now) {
  std::string out = "# " + format_rfc3339(now) + " source=" + batch.identity.source +
                    " start=" + std::to_string(batch.identity.start) +
                    " end=" + std::to_string(batch.identity.end) +
                    " status=" + std::to_string(outcome.status) + " path=";
  append_quoted(out, path);
  out += " message=";
  append_quoted(out, outcome.message);
  return out + "\n";
}

}  // namespace

Quarantine::Quarantine(const std::string& directory, std::uint64_t max_bytes, AgentMetrics& metrics)
    : path_(directory + "/quarantine.log"), max_bytes_(max_bytes), metrics_(metrics) {}

void Quarantine::add(const Batch& batch, const std::string& path, const Outcome& outcome,
                     Timestamp now) {
  const auto bytes = raw_bytes(batch);
  metrics_.quarantined_bytes.inc(static_cast<double>(bytes.size()));
  metrics_.quarantined_lines.inc(static_cast<double>(batch.lines.size()));
  log_error("the server rejected lines; they are in quarantine", {{"path", path},
                                                                  {"lines", batch.lines.size()},
                                                                  {"start", batch.identity.start},
                                                                  {"end", batch.identity.end},
                                                                  {"status", outcome.status},
                                                                  {"server", outcome.message}});
  const auto head = head_line(batch, path, outcome, now);
  const auto needed = head.size() + bytes.size() + 1;
  if (size_of(path_) + needed > max_bytes_ / 2) rotate();
  if (needed > max_bytes_ / 2)
    return metrics_.quarantine_dropped_bytes.inc(static_cast<double>(bytes.size()));
  std::ofstream out(path_, std::ios::binary | std::ios::app);
  out << head << bytes << '\n' << std::flush;
  if (out) return;
  metrics_.quarantine_dropped_bytes.inc(static_cast<double>(bytes.size()));
  log_error("cannot write the quarantine file", {{"path", path_}});
}

void Quarantine::rotate() {
  const auto old = path_ + ".1";
  metrics_.quarantine_dropped_bytes.inc(static_cast<double>(size_of(old)));
  std::rename(path_.c_str(), old.c_str());  // missing at first: nothing to keep
}

}  // namespace sluice::agent
