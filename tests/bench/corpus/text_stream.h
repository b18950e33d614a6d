// TextStream: amplifies a Sample: runs of its lines in their order, each begun at another place,
// with the slots' values drawn again and the times in the lines advancing with the stream. No line
// is written twice.
#pragma once

#include <unordered_set>
#include <vector>

#include "tests/bench/corpus/line_source.h"
#include "tests/bench/corpus/sample.h"

namespace sluice::bench {

class TextStream : public LineSource {
 public:
  // The sample must outlive the stream.
  TextStream(const Sample& sample, Random random);

  void next(Moment& moment, std::string& line) override;
  void next_with(const Plant& plant, Moment& moment, std::string& line) override;
  double mean_line_bytes() const override;

 private:
  const LineTemplate& next_template();
  void write(const Moment& moment, std::string& line);
  bool first_of_its_kind(const Moment& moment, const std::string& line);

  const Sample* sample_;
  Random random_;
  std::vector<ValueSource> sources_;
  std::size_t at_ = 0;
  std::size_t left_in_run_ = 0;
  std::int64_t second_ = -1;
  std::unordered_set<std::size_t> seen_in_second_;  // hashes of lines
};

}  // namespace sluice::bench
