#include "base/scrape/target.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/http/message.h"
#include "base/scrape/exposition.h"
#include "base/scrape/read_config.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

constexpr std::string_view address_label = "__address__";
constexpr std::string_view scheme_label = "__scheme__";
constexpr std::string_view path_label = "__metrics_path__";
constexpr std::string_view interval_label = "__scrape_interval__";
constexpr std::string_view timeout_label = "__scrape_timeout__";
constexpr std::string_view param_prefix = "__param_";
constexpr std::string_view meta_prefix = "__meta_";

LabelSet discovered_labels(const JobConfig& job, const std::string& address,
                           const LabelSet& group) {
  LabelSet labels = group;
  labels.set(address_label, address);
  const auto standard = [&](std::string_view name, std::string_view value) {
    if (!labels.has(name)) labels.set(name, value);
  };
  standard("job", job.name);
  standard(interval_label, format_prometheus_duration(job.interval));
  standard(timeout_label, format_prometheus_duration(job.timeout));
  standard(path_label, job.metrics_path);
  standard(scheme_label, job.scheme);
  for (const auto& [name, values] : job.params)
    if (!values.empty()) standard(std::string(param_prefix) + name, values.front());
  return labels;
}

// The parameters of the URL, sorted by name; __param_NAME replaces the first of a name.
std::string query_of(const JobConfig& job, const LabelSet& labels) {
  auto params = job.params;
  for (const Label& label : labels) {
    if (!label.name.starts_with(param_prefix)) continue;
    auto& values = params[label.name.substr(param_prefix.size())];
    if (values.empty()) values.emplace_back();
    values.front() = label.value;
  }
  http::Params out;
  for (const auto& [name, values] : params)
    for (const auto& value : values) out.add(name, value);
  std::string query = out.encode();
  // A blank is a plus, as Go writes it: the URL is shown, and compared with Prometheus'.
  for (auto at = query.find("%20"); at != std::string::npos; at = query.find("%20", at))
    query.replace(at, 3, "+");
  return query;
}

// What may stand in a path stands as it is; the rest, '%' and '?' too, is encoded.
std::string encoded_path(std::string_view path) {
  std::string out = path.starts_with('/') ? "" : "/";
  for (const char c : path) {
    constexpr std::string_view plain = "/:@$&+,;=!'()*";
    if (plain.find(c) != std::string_view::npos)
      out += c;
    else
      out += http::percent_encode(std::string_view(&c, 1));
  }
  return out;
}

std::string url_of(const JobConfig& job, const LabelSet& labels) {
  const std::string path = encoded_path(labels.get(path_label));
  std::string url = std::string(labels.get(scheme_label)) + "://";
  url += std::string(labels.get(address_label)) + path;
  const std::string query = query_of(job, labels);
  return query.empty() ? url : url + "?" + query;
}

std::string quoted_name(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

// One of the two times a target's labels name.
Result<Duration> time_label(const LabelSet& labels, std::string_view name,
                            const std::string& what) {
  const auto duration = parse_prometheus_duration(labels.get(name));
  if (!duration) return invalid_argument("error parsing " + what + ": " + duration.error().message);
  if (duration->count() == 0) return invalid_argument(what + " cannot be 0");
  if (*duration > longest_interval) return invalid_argument(what + " cannot be longer than 1y");
  return *duration;
}

Result<void> read_target_times(const LabelSet& labels, Target& target) {
  SLUICE_TRY(target.interval, time_label(labels, interval_label, "scrape interval"));
  SLUICE_TRY(target.timeout, time_label(labels, timeout_label, "scrape timeout"));
  if (target.timeout <= target.interval) return {};
  return invalid_argument("scrape timeout cannot be greater than scrape interval (" +
                          quoted_name(labels.get(timeout_label)) + " > " +
                          quoted_name(labels.get(interval_label)) + ")");
}

Result<void> check_labels(const JobConfig& job, const LabelSet& labels) {
  const std::string_view address = labels.get(address_label);
  if (address.empty()) return invalid_argument("no address");
  if (std::string problem = find_address_problem(address); !problem.empty())
    return invalid_argument(std::move(problem));
  const std::string_view scheme = labels.get(scheme_label);
  if (scheme != "http" && scheme != "https")
    return invalid_argument("invalid scheme: " + quoted_name(scheme));
  for (const Label& label : labels) {
    if (!valid_name(job.names, label.name))
      return invalid_argument("invalid label name: " + quoted_name(label.name));
    if (!valid_utf8(label.value))
      return invalid_argument("invalid label value for " + quoted_name(label.name));
  }
  return {};
}

LabelSet public_labels(const LabelSet& labels) {
  std::vector<Label> out;
  for (const Label& label : labels)
    if (!label.name.starts_with("__")) out.push_back(label);
  return LabelSet::from(std::move(out));
}

void remove_meta_labels(LabelSet& labels) {
  const LabelSet before = labels;
  for (const Label& label : before)
    if (label.name.starts_with(meta_prefix)) labels.erase(label.name);
}

Result<Target> finish_target(const JobConfig& job, LabelSet labels) {
  Target target;
  remove_meta_labels(labels);
  SLUICE_CHECK(check_labels(job, labels));
  SLUICE_CHECK(read_target_times(labels, target));
  if (!labels.has("instance")) labels.set("instance", std::string(labels.get(address_label)));
  target.url = url_of(job, labels);
  target.labels = public_labels(labels);
  target.hash = target.labels.hash() ^ XXH3_64bits(target.url.data(), target.url.size());
  return target;
}

}  // namespace

TargetOutcome make_target(const JobConfig& job, const Relabeler& relabel,
                          const std::string& address, const LabelSet& group) {
  TargetOutcome outcome;
  outcome.discovered = discovered_labels(job, address, group);
  LabelSet labels = outcome.discovered;
  if (!relabel.apply(labels)) return outcome;
  auto target = finish_target(job, std::move(labels));
  if (!target) {
    outcome.problem = target.error().message;
    return outcome;
  }
  target->discovered = outcome.discovered;
  outcome.target = std::move(*target);
  return outcome;
}

Timestamp next_tick(Timestamp now, std::uint64_t hash, Duration interval) {
  const std::int64_t length = interval.count();
  const auto offset = static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(length));
  std::int64_t since = (unix_ns(now) - offset) % length;
  if (since < 0) since += length;
  return now + Duration{length - since};
}

}  // namespace sluice::scrape
