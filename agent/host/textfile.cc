// node_textfile_*: what other programs measured, from *.prom in a directory.
#include "agent/host/textfile.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "agent/host/collector.h"
#include "agent/host/text.h"
#include "base/scrape/exposition.h"
#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

constexpr std::size_t most_files = 1'000;
constexpr std::size_t most_samples = 100'000;
using scrape::ExposedEntry;

MetricType type_named(std::string_view name) {
  for (const auto type :
       {MetricType::counter, MetricType::gauge, MetricType::histogram, MetricType::summary})
    if (name == to_string(type)) return type;
  return MetricType::untyped;
}

// What one file says, before it is known that all of it is well.
struct TextfileContent {
  std::map<std::string, MetricType> types;
  std::map<std::string, std::string> helps;
  struct Series {
    LabelSet labels;  // with the name
    double value = 0;
  };
  std::vector<Series> series;
};

Result<LabelSet> classic_labels(std::string_view text) {
  SLUICE_TRY(auto labels, scrape::parse_series(text));
  for (const auto& label : labels) {
    const bool name = label.name == metric_name_label;
    if (name ? !valid_metric_name(label.value) : !valid_label_name(label.name))
      return invalid_argument("`" + (name ? label.value : label.name) +
                              "` is no name of letters, digits and _");
  }
  return LabelSet::from(std::move(labels));
}

Result<void> take_entry(const ExposedEntry& entry, TextfileContent& out) {
  switch (entry.kind) {
    case ExposedEntry::Kind::type: out.types[entry.family] = type_named(entry.text); break;
    case ExposedEntry::Kind::help: out.helps[entry.family] = entry.text; break;
    case ExposedEntry::Kind::series: {
      if (entry.timestamp_ms)
        return invalid_argument("`" + std::string(entry.series) + "` has a timestamp");
      SLUICE_TRY(auto labels, classic_labels(entry.series));
      out.series.push_back({std::move(labels), entry.value});
      break;
    }
    case ExposedEntry::Kind::unit:
    case ExposedEntry::Kind::end: break;
  }
  return {};
}

Result<TextfileContent> read_content(std::string_view text, std::size_t max_samples) {
  TextfileContent out;
  scrape::ExpositionReader reader(text, scrape::ExpositionFormat::text);
  for (;;) {
    SLUICE_TRY(const auto entry, reader.next());
    if (entry.kind == ExposedEntry::Kind::end) return out;
    if (out.series.size() == max_samples && entry.kind == ExposedEntry::Kind::series)
      return Error{ErrorCode::too_large,
                   "more than " + std::to_string(most_samples) + " samples in all files"};
    SLUICE_CHECK(take_entry(entry, out));
  }
}

bool is_part_of(std::string_view suffix, MetricType type) {
  if (type == MetricType::histogram)
    return suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
  return type == MetricType::summary && (suffix == "_sum" || suffix == "_count");
}

// "x_sum" belongs to x if x is a histogram or a summary.
std::pair<std::string, std::string> family_and_suffix(const std::string& name,
                                                      const TextfileContent& content) {
  const auto underscore = name.rfind('_');
  if (underscore == std::string::npos || content.types.contains(name)) return {name, {}};
  const auto family = content.types.find(name.substr(0, underscore));
  const auto suffix = name.substr(underscore);
  if (family == content.types.end() || !is_part_of(suffix, family->second)) return {name, {}};
  return {family->first, suffix};
}

void emit_content(const std::string& path, TextfileContent content, Families& out) {
  for (auto& [labels, value] : content.series) {
    const auto [name, suffix] =
        family_and_suffix(std::string(labels.get(metric_name_label)), content);
    const auto type = content.types.find(name);
    const auto help = content.helps.find(name);
    auto& family =
        out.family(name, type == content.types.end() ? MetricType::untyped : type->second,
                   help == content.helps.end() ? "Metric read from " + path : help->second);
    labels.erase(metric_name_label);
    family.values.push_back({std::move(labels), value, suffix});
  }
}

std::optional<double> modified_at(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return std::nullopt;
  return static_cast<double>(s.st_mtim.tv_sec);  // whole seconds, as by node_exporter
}

// One directory, and what was wrong with its files when it was last read.
class Textfiles {
 public:
  explicit Textfiles(const HostRoots& roots)
      : directory_(roots.textfiles.empty() ? roots.root + "/var/lib/prometheus/node-exporter"
                                           : roots.textfiles),
        required_(!roots.textfiles.empty()) {}

  void collect(Families& out) {
    std::map<std::string, std::string> errors;
    TextfileReader reader(most_samples);
    for (const auto& path : files(errors)) {
      const auto done = read_file(path, reader, out);
      if (!done) errors[path] = done.error().message;
    }
    report(std::move(errors), out);
  }

 private:
  std::vector<std::string> files(std::map<std::string, std::string>& errors) const {
    struct stat s {};
    if (required_ && ::stat(directory_.c_str(), &s) != 0) errors[directory_] = "cannot be read";
    std::vector<std::string> out;
    for (const auto& name : list_names(directory_))
      if (name.ends_with(".prom")) out.push_back(directory_ + "/" + name);
    if (out.size() <= most_files) return out;
    errors[directory_] = std::to_string(out.size()) + " files, the first " +
                         std::to_string(most_files) + " are read";
    out.resize(most_files);
    return out;
  }

  static Result<void> read_file(const std::string& path, TextfileReader& reader, Families& out) {
    SLUICE_TRY(const auto text, read_text(path));
    SLUICE_CHECK(reader.add(path, text, out));
    // Not before it is known to be good: a broken file must look old.
    if (const auto time = modified_at(path))
      out.gauge("node_textfile_mtime_seconds", "When a file was last written, unix seconds.", *time,
                {{"file", path}});
    return {};
  }

  // An error is logged when it is new, and shown as long as it lasts.
  void report(std::map<std::string, std::string> errors, Families& out) {
    for (const auto& [path, error] : errors) {
      const auto before = errors_.find(path);
      if (before == errors_.end() || before->second != error)
        log_warn("text file of metrics is left out", {{"file", path}, {"error", error}});
      out.gauge("sluice_agent_textfile_error", "1 for each text file that is left out.", 1,
                {{"file", path}});
    }
    out.gauge("node_textfile_scrape_error", "1 if a file could not be read, or did not parse.",
              errors.empty() ? 0 : 1);
    errors_ = std::move(errors);
  }

  std::string directory_;
  bool required_;
  std::map<std::string, std::string> errors_;
};

}  // namespace

Result<void> TextfileReader::add(const std::string& path, std::string_view text, Families& out) {
  SLUICE_TRY(auto content, read_content(text, left_));
  std::set<LabelSet> own;
  for (const auto& s : content.series)
    if (seen_.contains(s.labels) || !own.insert(s.labels).second)
      return Error{ErrorCode::conflict, s.labels.to_string() + " is there twice"};
  for (const auto& [family, type] : content.types)
    if (const auto it = types_.find(family); it != types_.end() && it->second != type)
      return Error{ErrorCode::conflict, family + " has another type in another file"};
  types_.insert(content.types.begin(), content.types.end());
  left_ -= content.series.size();
  seen_.merge(own);
  emit_content(path, std::move(content), out);
  return {};
}

Collector textfile_collector(const HostRoots& roots) {
  auto textfiles = std::make_shared<Textfiles>(roots);
  return {"textfile", [textfiles](Families& out) -> Result<void> {
            textfiles->collect(out);
            return {};
          }};
}

}  // namespace sluice::agent
