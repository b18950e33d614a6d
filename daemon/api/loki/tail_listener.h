// TailListener: one open tail WebSocket: first history, then what arrives, and a report of what
// did not fit.
//
// While the history is read, live entries wait here. Entries pushed before it was read to the end
// may be in it as well as among the live ones; those are sent once.
// A frame that the socket does not take (its queue is full) is dropped, and the next one says so.
// Safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/http/router.h"
#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/tail_query.h"

namespace sluice::api::loki {

class TailListener {
 public:
  TailListener(std::shared_ptr<http::WebSocket> socket, bool categorize, bool legacy = false)
      : socket_(std::move(socket)), categorize_(categorize), legacy_(legacy) {}

  // Sends the history and goes live. Pushes up to `last_offer` may be in the history.
  void begin(const query::Streams& history, std::uint64_t last_offer);
  void deliver(query::Streams streams, const TailQuery::Due& due);
  void close(int code, std::string reason) { socket_->close(code, std::move(reason)); }
  std::size_t dropped_total() const;

 private:
  using EntryKey = std::tuple<Timestamp, std::string, std::string>;  // with labels and line
  void remember(const query::Streams& history);
  void remove_known(query::Streams& streams);
  void hold(const query::Streams& streams);
  void send(const query::Streams& streams);
  void note_dropped(const query::Streams& streams);
  void note_dropped(DroppedEntry entry);
  std::string frame(const query::Streams& streams) const;
  std::string legacy_frame(const query::Streams& streams) const;

  std::shared_ptr<http::WebSocket> socket_;
  bool categorize_;
  bool legacy_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  bool live_ = false;
  query::Streams held_;
  std::size_t held_entries_ = 0;
  std::multiset<EntryKey> known_;  // the history, as long as it may come again
  std::uint64_t known_until_ = 0;  // the last push that may be in it
  std::vector<DroppedEntry> dropped_;
  std::size_t dropped_total_ = 0;
};

}  // namespace sluice::api::loki
