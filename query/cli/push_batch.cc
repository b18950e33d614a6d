#include "query/cli/push_batch.h"

#include <algorithm>

#include "base/codec/json_writer.h"

namespace sluice::query::cli {

void PushBatch::add(std::string_view line, Timestamp now) {
  last_ = last_ == Timestamp::min() ? now : std::max(now, last_ + Duration{1});
  JsonWriter entry;
  entry.begin_array().string(std::to_string(unix_ns(last_))).string(line).end_array();
  if (lines_ > 0) body_ += ',';
  body_ += entry.text();
  ++lines_;
}

std::string PushBatch::take() {
  JsonWriter w;
  w.begin_object().key("streams").begin_array().begin_object();
  w.key("stream").begin_object();
  for (const auto& label : labels_) w.key(label.name).string(label.value);
  w.end_object();
  w.key("values").raw("[" + body_ + "]");
  w.end_object().end_array().end_object();
  body_.clear();
  lines_ = 0;
  return w.take();
}

}  // namespace sluice::query::cli
