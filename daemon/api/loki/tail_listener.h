// TailListener: one open tail WebSocket: first history, then what arrives, and a report of what
// did not fit.
//
// While the history is read, live entries wait here; those the history already had are left out.
// A frame that the socket does not take (its queue is full) is dropped, and the next one says so.
// Safe from any thread.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/http/router.h"
#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/tail_query.h"

namespace sluice::api::loki {

class TailListener {
 public:
  TailListener(std::shared_ptr<http::WebSocket> socket, bool categorize)
      : socket_(std::move(socket)), categorize_(categorize) {}

  // Sends the history and goes live.
  void begin(const query::Streams& history);
  void deliver(const query::Streams& streams, const std::vector<DroppedEntry>& dropped);
  void close(int code, std::string reason) { socket_->close(code, std::move(reason)); }
  std::size_t dropped_total() const;

 private:
  void hold(const query::Streams& streams);
  void send(const query::Streams& streams);
  void note_dropped(const query::Streams& streams);
  void note_dropped(DroppedEntry entry);
  std::string frame(const query::Streams& streams) const;

  std::shared_ptr<http::WebSocket> socket_;
  bool categorize_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  bool live_ = false;
  query::Streams held_;
  std::size_t held_entries_ = 0;
  std::vector<DroppedEntry> dropped_;
  std::size_t dropped_total_ = 0;
};

}  // namespace sluice::api::loki
