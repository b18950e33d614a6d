// ModelServer: the daemon's rules of docs/format/batch-identity.md, too simple to be wrong, with
// faults on demand. What it stored is compared with what was written.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/batch/batch.h"

namespace sluice::agent::test {

struct StoredLine {
  std::string source;
  std::string text;
  Timestamp timestamp{};
  LabelSet labels;
  LinePart part = LinePart::whole;
  bool loss_marker = false;
};

class ModelServer {
 public:
  // Called before a batch is looked at; an outcome stands for the answer, and nothing is stored.
  std::function<std::optional<Outcome>(const Batch&)> fault;
  std::vector<StoredLine> lines;
  std::map<std::string, std::uint64_t> high;
  std::map<std::string, std::uint64_t> lost;

  Outcome push(const Batch& batch) {
    if (fault)
      if (auto answer = fault(batch)) return *answer;
    const auto& id = batch.identity;
    auto& mark = high[id.source];
    if (id.start > mark && !id.gap_is_loss) return answer(OutcomeKind::go_back, 409, mark);
    if (id.start > mark) lost[id.source] += id.start - mark;
    for (std::size_t i = 0; i < batch.lines.size(); ++i)
      if (id.ends[i] > mark || id.start > mark) store(batch, batch.lines[i]);
    mark = std::max(mark, id.end);
    return answer(OutcomeKind::stored, 204, mark);
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& line : lines)
      if (!line.loss_marker) out.push_back(line.text);
    return out;
  }
  std::size_t loss_markers() const {
    std::size_t n = 0;
    for (const auto& line : lines) n += line.loss_marker ? 1 : 0;
    return n;
  }
  std::uint64_t lost_bytes() const {
    std::uint64_t n = 0;
    for (const auto& [source, bytes] : lost) n += bytes;
    return n;
  }

 private:
  static Outcome answer(OutcomeKind kind, int status, std::uint64_t mark) {
    Outcome out;
    out.kind = kind;
    out.status = status;
    out.mark = mark;
    return out;
  }
  void store(const Batch& batch, const BatchLine& line) {
    lines.push_back({batch.identity.source, std::string(batch.text(line)), line.timestamp,
                     batch.labels, line.part, batch.loss_marker});
  }
};

}  // namespace sluice::agent::test
