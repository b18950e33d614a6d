#include "query/cli/log_pager.h"

#include <algorithm>

namespace sluice::query::cli {

LogPager::LogPager(TimeRange range, bool forward, std::uint64_t limit, std::uint64_t batch)
    : range_(range), forward_(forward), limited_(limit > 0), left_(limit), batch_(batch) {}

std::optional<LogPager::Page> LogPager::next() const {
  if (done_ || range_.start >= range_.end || (limited_ && left_ == 0)) return std::nullopt;
  const std::uint64_t wanted = limited_ ? std::min(left_, batch_) : batch_;
  // No page is larger than the batch, which may be all the server allows, unless nothing new
  // would fit beside the crowd at the edge.
  return Page{range_, std::min(wanted + edge_count_, std::max(batch_, edge_count_ + 1))};
}

std::vector<LogLine> LogPager::accept(std::vector<LogLine> lines) {
  auto fresh = add(std::move(lines));
  end_page();
  return fresh;
}

std::vector<LogLine> LogPager::add(std::vector<LogLine> lines) {
  if (!page_) {
    page_ = next().value_or(Page{});
    known_ = at_edge_;
  }
  got_ += lines.size();
  sort_lines(lines, forward_);
  std::vector<LogLine> fresh;
  for (auto& line : lines) {
    const auto it = known_.find(line);
    if (it != known_.end() && it->second > 0) {
      --it->second;
    } else if (!limited_ || fresh.size() < left_) {
      fresh.push_back(std::move(line));
    }
  }
  if (limited_) left_ -= fresh.size();
  if (!fresh.empty()) remember(fresh);
  return fresh;
}

void LogPager::end_page() {
  // A page that is not full is the last one.
  const Page page = page_ ? *page_ : next().value_or(Page{});
  done_ = got_ < page.limit || !any_new_;
  page_.reset();
  got_ = 0;
  any_new_ = false;
}

void LogPager::remember(const std::vector<LogLine>& fresh) {
  any_new_ = true;
  if (edge_ != fresh.back().timestamp) {
    edge_ = fresh.back().timestamp;
    at_edge_.clear();
    edge_count_ = 0;
  }
  for (auto it = fresh.rbegin(); it != fresh.rend() && it->timestamp == *edge_; ++it) {
    ++at_edge_[*it];
    ++edge_count_;
  }
  // The edge stays in the range: start is inclusive, end is not.
  (forward_ ? range_.start : range_.end) = forward_ ? *edge_ : *edge_ + Duration{1};
}

}  // namespace sluice::query::cli
