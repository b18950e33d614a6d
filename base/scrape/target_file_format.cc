// Files of targets: [{"targets": ["host:port"], "labels": {"name": "value"}}] in JSON or YAML.
#include <simdjson.h>

#include "base/config/yaml.h"
#include "base/scrape/read_config.h"
#include "base/scrape/read_parts.h"

namespace sluice::scrape {

namespace {

namespace dom = simdjson::dom;

Error wrong_json(const std::string& path, const std::string& what) {
  return {ErrorCode::parse, path + ": " + what};
}

Result<std::string> json_text(const dom::element& value, const std::string& path) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS)
    return wrong_json(path, "targets and labels must be strings");
  return std::string(text);
}

Result<void> read_json_targets(const dom::element& value, const std::string& path,
                               TargetGroup& group) {
  dom::array targets;
  if (value.get_array().get(targets) != simdjson::SUCCESS)
    return wrong_json(path, "\"targets\" must be a list");
  for (const dom::element target : targets) {
    SLUICE_TRY(std::string address, json_text(target, path));
    if (auto problem = find_address_problem(address); !problem.empty())
      return wrong_json(path, problem);
    group.addresses.push_back(std::move(address));
  }
  return {};
}

Result<void> read_json_labels(const dom::element& value, const std::string& path,
                              TargetGroup& group) {
  dom::object labels;
  if (value.get_object().get(labels) != simdjson::SUCCESS)
    return wrong_json(path, "\"labels\" must be an object");
  for (const auto& [name, text] : labels) {
    if (!valid_name(NameScheme::utf8, name))
      return wrong_json(path, "\"" + std::string(name) + "\" is not a valid label name");
    SLUICE_TRY(const std::string label, json_text(text, path));
    group.labels.set(name, label);
  }
  return {};
}

Result<TargetGroup> read_json_group(const dom::element& value, const std::string& path) {
  TargetGroup group;
  dom::object fields;
  if (value.get_object().get(fields) != simdjson::SUCCESS)
    return wrong_json(path, "each group must be an object");
  for (const auto& [key, field] : fields) {
    if (key == "targets")
      SLUICE_CHECK(read_json_targets(field, path, group));
    else if (key == "labels")
      SLUICE_CHECK(read_json_labels(field, path, group));
    else
      return wrong_json(path, "unknown key \"" + std::string(key) + "\"");
  }
  return group;
}

Result<std::vector<TargetGroup>> parse_json_targets(const std::string& text,
                                                    const std::string& path) {
  dom::parser parser;
  dom::element root;
  dom::array groups;
  if (const auto error = parser.parse(text).get(root))
    return wrong_json(path, simdjson::error_message(error));
  if (root.get_array().get(groups) != simdjson::SUCCESS)
    return wrong_json(path, "must be a list of groups");
  std::vector<TargetGroup> out;
  for (const dom::element value : groups) {
    SLUICE_TRY(auto group, read_json_group(value, path));
    out.push_back(std::move(group));
  }
  return out;
}

Result<std::vector<TargetGroup>> parse_yaml_targets(std::string text, const std::string& path) {
  SLUICE_TRY(auto document, YamlDocument::parse(std::move(text), path, false));
  std::vector<TargetGroup> out;
  YamlNode root = document.root();
  for (YamlNode& node : root.items()) {
    if (node.is_map())
      out.push_back(read_target_group(node));
    else
      node.error("each group must be a map with targets and labels");
  }
  SLUICE_CHECK(document.finish());
  return out;
}

}  // namespace

Result<std::vector<TargetGroup>> parse_target_file(std::string text, const std::string& path) {
  const bool json = path.ends_with(".json") || path.ends_with(".JSON");
  auto groups = json ? parse_json_targets(text, path) : parse_yaml_targets(std::move(text), path);
  if (!groups) return groups;
  for (std::size_t i = 0; i < groups->size(); ++i) {
    (*groups)[i].source = path + ":" + std::to_string(i);
    (*groups)[i].labels.set("__meta_filepath", path);
  }
  return groups;
}

}  // namespace sluice::scrape
