#include "daemon/api/loki/tail_listener.h"

#include <set>
#include <tuple>

namespace sluice::api::loki {

namespace {

// Entries that may arrive while the history is read.
constexpr std::size_t max_held_entries = 10'000;

std::size_t count(const query::Streams& streams) {
  std::size_t n = 0;
  for (const auto& stream : streams) n += stream.entries.size();
  return n;
}

using EntryKey = std::tuple<Timestamp, std::string, std::string>;

std::multiset<EntryKey> keys_of(const query::Streams& streams) {
  std::multiset<EntryKey> keys;
  for (const auto& stream : streams)
    for (const auto& entry : stream.entries)
      keys.emplace(entry.timestamp, stream.labels.to_string(), entry.line);
  return keys;
}

void remove_known(query::Streams& streams, const query::Streams& history) {
  auto known = keys_of(history);
  for (auto& stream : streams) {
    const std::string labels = stream.labels.to_string();
    std::erase_if(stream.entries, [&](const LogEntry& entry) {
      const auto it = known.find({entry.timestamp, labels, entry.line});
      if (it == known.end()) return false;
      known.erase(it);
      return true;
    });
  }
  std::erase_if(streams, [](const query::LogStream& stream) { return stream.entries.empty(); });
}

}  // namespace

void TailListener::begin(const query::Streams& history) {
  const std::lock_guard lock(mutex_);
  live_ = true;
  if (!history.empty()) send(history);
  remove_known(held_, history);
  if (!held_.empty()) send(held_);
  held_.clear();
}

void TailListener::deliver(const query::Streams& streams,
                           const std::vector<DroppedEntry>& dropped) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : dropped) note_dropped(entry);
  if (streams.empty()) return;
  live_ ? send(streams) : hold(streams);
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

std::string TailListener::frame(const query::Streams& streams) const {
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
