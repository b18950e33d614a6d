#include "agent/host/family.h"

#include "base/codec/json_writer.h"

namespace sluice::agent {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out.push_back(c);
  }
}

void append_labels(std::string& out, const LabelSet& labels) {
  if (labels.empty()) return;
  char separator = '{';
  for (const auto& label : labels) {
    out.push_back(separator);
    out += label.name + "=\"";
    append_escaped(out, label.value, true);
    out += "\"";
    separator = ',';
  }
  out += "}";
}

}  // namespace

std::string_view to_string(MetricType type) {
  switch (type) {
    case MetricType::counter: return "counter";
    case MetricType::gauge: return "gauge";
    case MetricType::untyped: return "untyped";
    case MetricType::histogram: return "histogram";
    case MetricType::summary: return "summary";
  }
  return "untyped";
}

Family& Families::family(std::string_view name, MetricType type, std::string_view help) {
  if (const auto it = by_name_.find(name); it != by_name_.end()) return *it->second;
  families_.push_back({std::string(name), type, std::string(help), {}});
  by_name_.emplace(name, &families_.back());
  return families_.back();
}

void Families::counter(std::string_view name, std::string_view help, double value,
                       LabelSet labels) {
  family(name, MetricType::counter, help).values.push_back({std::move(labels), value, {}});
}

void Families::gauge(std::string_view name, std::string_view help, double value, LabelSet labels) {
  family(name, MetricType::gauge, help).values.push_back({std::move(labels), value, {}});
}

void Families::untyped(std::string_view name, std::string_view help, double value,
                       LabelSet labels) {
  family(name, MetricType::untyped, help).values.push_back({std::move(labels), value, {}});
}

std::size_t Families::merge(Families other) {
  std::size_t left_out = 0;
  for (auto& f : other.families_) {
    if (by_name_.contains(f.name)) {
      ++left_out;
      continue;
    }
    families_.push_back(std::move(f));
    by_name_.emplace(families_.back().name, &families_.back());
  }
  return left_out;
}

Families Families::take(const std::function<bool(const Family&)>& wanted) {
  Families taken;
  Families rest;
  for (auto& f : families_) {
    Families& into = wanted(f) ? taken : rest;
    into.families_.push_back(std::move(f));
    into.by_name_.emplace(into.families_.back().name, &into.families_.back());
  }
  *this = std::move(rest);
  return taken;
}

std::size_t Families::sample_count() const {
  std::size_t n = 0;
  for (const auto& f : families_) n += f.values.size();
  return n;
}

std::string to_text(const Families& families) {
  std::string out;
  for (const auto& f : families) {
    out += "# HELP " + f.name + " ";
    append_escaped(out, f.help, false);
    out += "\n# TYPE " + f.name + " ";
    out.append(to_string(f.type)).append("\n");
    for (const auto& v : f.values) {
      out += f.name + v.suffix;
      append_labels(out, v.labels);
      out += " " + format_sample_value(v.value) + "\n";
    }
  }
  return out;
}

}  // namespace sluice::agent
