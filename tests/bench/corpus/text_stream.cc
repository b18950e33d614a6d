#include "tests/bench/corpus/text_stream.h"

#include <functional>

namespace sluice::bench {

namespace {

constexpr std::size_t run_min = 3;
constexpr std::size_t run_spread = 40;
constexpr int tries_per_moment = 16;
constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

TextStream::TextStream(const Sample& sample, Random random) : sample_(&sample), random_(random) {
  for (const auto& klass : sample.classes) sources_.emplace_back(klass);
}

double TextStream::mean_line_bytes() const {
  return static_cast<double>(sample_->bytes) / static_cast<double>(sample_->order.size());
}

const LineTemplate& TextStream::next_template() {
  if (left_in_run_ == 0) {
    at_ = random_.below(sample_->order.size());
    left_in_run_ = run_min + random_.below(run_spread);
  }
  --left_in_run_;
  const std::uint32_t index = sample_->order[at_];
  at_ = (at_ + 1) % sample_->order.size();
  return sample_->templates[index];
}

void TextStream::write(const Moment& moment, std::string& line) {
  line.clear();
  for (const auto& piece : next_template()) {
    switch (piece.kind) {
      case TemplatePiece::Kind::text: line += piece.text; break;
      case TemplatePiece::Kind::time: append_time(piece.text, moment, line); break;
      case TemplatePiece::Kind::value: sources_[piece.klass].append_next(random_, line); break;
    }
  }
}

// Lines hold their time to the second at least: only those of one second can be equal.
bool TextStream::first_of_its_kind(const Moment& moment, const std::string& line) {
  if (moment.second() != second_) {
    second_ = moment.second();
    seen_in_second_.clear();
  }
  return seen_in_second_.insert(std::hash<std::string>{}(line)).second;
}

void TextStream::next(Moment& moment, std::string& line) {
  for (int tries = 0;; ++tries) {
    write(moment, line);
    if (first_of_its_kind(moment, line)) return;
    if (tries % tries_per_moment == tries_per_moment - 1)
      moment.set((moment.second() + 1) * second_ns);
  }
}

void TextStream::next_with(const Plant& plant, Moment& moment, std::string& line) {
  next(moment, line);
  line.push_back(' ');
  line += plant.text;
}

}  // namespace sluice::bench
