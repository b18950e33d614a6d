#include "daemon/api/loki/tail_listener.h"

#include "daemon/api/loki/legacy_answer.h"

namespace sluice::api::loki {

namespace {

// Entries that may arrive while the history is read.
constexpr std::size_t max_held_entries = 10'000;

std::size_t count(const query::Streams& streams) {
  std::size_t n = 0;
  for (const auto& stream : streams) n += stream.entries.size();
  return n;
}

}  // namespace

void TailListener::begin(const query::Streams& history, std::uint64_t last_offer) {
  const std::lock_guard lock(mutex_);
  live_ = true;
  remember(history);
  known_until_ = last_offer;
  if (!history.empty()) send(history);
  remove_known(held_);
  if (!held_.empty()) send(held_);
  held_.clear();
}

void TailListener::deliver(query::Streams streams, const TailQuery::Due& due) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : due.dropped) note_dropped(entry);
  if (!live_) return hold(streams);
  if (due.first_offer <= known_until_)
    remove_known(streams);
  else
    known_.clear();
  if (!streams.empty()) send(streams);
}

void TailListener::remember(const query::Streams& history) {
  for (const auto& stream : history)
    for (const auto& entry : stream.entries)
      known_.emplace(entry.timestamp, stream.labels.to_string(), entry.line);
}

void TailListener::remove_known(query::Streams& streams) {
  for (auto& stream : streams) {
    const std::string labels = stream.labels.to_string();
    std::erase_if(stream.entries, [&](const LogEntry& entry) {
      const auto it = known_.find({entry.timestamp, labels, entry.line});
      if (it == known_.end()) return false;
      known_.erase(it);
      return true;
    });
  }
  std::erase_if(streams, [](const query::LogStream& stream) { return stream.entries.empty(); });
}

std::size_t TailListener::dropped_total() const {
  const std::lock_guard lock(mutex_);
  return dropped_total_;
}

void TailListener::hold(const query::Streams& streams) {
  if (held_entries_ + count(streams) > max_held_entries) return note_dropped(streams);
  held_entries_ += count(streams);
  held_.insert(held_.end(), streams.begin(), streams.end());
}

void TailListener::send(const query::Streams& streams) {
  if (socket_->send(frame(streams)))
    dropped_.clear();
  else
    note_dropped(streams);
}

void TailListener::note_dropped(const query::Streams& streams) {
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries) note_dropped({stream.labels, entry.timestamp});
}

void TailListener::note_dropped(DroppedEntry entry) {
  ++dropped_total_;
  if (dropped_.size() < max_reported_drops) dropped_.push_back(std::move(entry));
}

std::string TailListener::legacy_frame(const query::Streams& streams) const {
  JsonWriter out;
  out.begin_object().key("streams");
  write_legacy_streams(out, streams, query::Direction::forward);
  out.key("dropped_entries");
  if (dropped_.empty()) {
    out.null();
  } else {
    out.begin_array();
    for (const auto& [labels, timestamp] : dropped_) {
      out.begin_object().key("Timestamp").string(format_rfc3339(timestamp));
      out.key("Labels").string(labels.to_string()).end_object();
    }
    out.end_array();
  }
  out.end_object();
  return out.take();
}

std::string TailListener::frame(const query::Streams& streams) const {
  if (legacy_) return legacy_frame(streams);
  JsonWriter out;
  out.begin_object().key("streams");
  write_streams(out, streams, {query::Direction::forward, categorize_});
  if (!dropped_.empty()) {
    out.key("dropped_entries").begin_array();
    for (const auto& [labels, timestamp] : dropped_) {
      out.begin_object().key("labels");
      write_labels(out, labels);
      out.key("timestamp").string(std::to_string(unix_ns(timestamp))).end_object();
    }
    out.end_array();
  }
  if (categorize_) out.key("encodingFlags").begin_array().string("categorize-labels").end_array();
  out.end_object();
  return out.take();
}

}  // namespace sluice::api::loki
