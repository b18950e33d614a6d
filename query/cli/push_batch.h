// PushBatch: lines on their way into one Loki push; pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::query::cli {

class PushBatch {
 public:
  PushBatch(LabelSet labels, std::size_t max_lines, std::size_t max_bytes)
      : labels_(std::move(labels)), max_lines_(max_lines), max_bytes_(max_bytes) {}

  // Lines of one push get rising timestamps, so that they keep their order.
  void add(std::string_view line, Timestamp now);
  bool empty() const { return lines_ == 0; }
  bool full() const { return lines_ >= max_lines_ || body_.size() >= max_bytes_; }
  std::size_t lines() const { return lines_; }
  // The JSON body of POST /loki/api/v1/push; the batch is empty afterwards.
  std::string take();

 private:
  const LabelSet labels_;
  const std::size_t max_lines_;
  const std::size_t max_bytes_;
  std::size_t lines_ = 0;
  Timestamp last_ = Timestamp::min();
  std::string body_;  // the values, without their brackets
};

}  // namespace sluice::query::cli
