#include "daemon/ingest/validate_labels.h"

#include "base/types/utf8.h"

namespace sluice::ingest {

namespace {

std::string shortened(const std::string& text) {
  return text.size() <= 100 ? text : text.substr(0, 100) + "...";
}

std::string over(std::size_t found, std::size_t limit) {
  return std::to_string(found) + ", limit " + std::to_string(limit);
}

}  // namespace

std::optional<LabelProblem> find_label_problem(const LabelSet& labels, std::size_t labels_max,
                                               const Limits& limits, Names names) {
  if (labels.size() > labels_max)
    return LabelProblem{"too_many_labels", "too many labels: " + over(labels.size(), labels_max)};
  for (const auto& [name, value] : labels) {
    if (names == Names::utf8 ? !valid_utf8_name(name) : !valid_label_name(name))
      return LabelProblem{"invalid_label_name", "invalid label name \"" + shortened(name) + "\""};
    if (name.size() > limits.label_name_bytes)
      return LabelProblem{"label_name_too_long",
                          "label name \"" + shortened(name) +
                              "\" is too long: " + over(name.size(), limits.label_name_bytes),
                          shortened(name)};
    if (value.size() > limits.label_value_bytes)
      return LabelProblem{"label_value_too_long",
                          "value of label \"" + name +
                              "\" is too long: " + over(value.size(), limits.label_value_bytes),
                          shortened(value)};
  }
  return std::nullopt;
}

std::size_t metadata_bytes(const LabelSet& metadata) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : metadata) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace sluice::ingest
