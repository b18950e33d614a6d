#include "daemon/alerting/json_document.h"

#include <nlohmann/json.hpp>

namespace sluice::alerting {

using Json = nlohmann::json;

// Shared by all views of one document.
struct Shared {
  Json root;
  std::string what;
  std::string problem;  // the first
};

struct JsonDocument::Impl {
  std::shared_ptr<Shared> shared;
  const Json* node = nullptr;  // an object within shared->root

  const Json* find(std::string_view member) const {
    const auto it = node->find(member);
    return it == node->end() || it->is_null() ? nullptr : &*it;
  }
  void expected(std::string_view member, std::string_view type) const {
    if (!shared->problem.empty()) return;
    shared->problem = "member \"" + std::string(member) + "\" must be " + std::string(type);
  }
};

namespace {
const Json& empty_object() {
  static const Json empty = Json::object();
  return empty;
}
}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::string what) {
  auto shared = std::make_shared<Shared>();
  shared->root = Json::parse(text, nullptr, false);
  shared->what = std::move(what);
  if (!shared->root.is_object()) {
    return Error{ErrorCode::corrupt, shared->what + ": not a JSON object"};
  }
  const Json* node = &shared->root;
  return JsonDocument(std::make_shared<Impl>(Impl{std::move(shared), node}));
}

bool JsonDocument::has(std::string_view member) const {
  return impl_->find(member) != nullptr;
}

std::string JsonDocument::text(std::string_view member, std::string_view fallback) const {
  const Json* node = impl_->find(member);
  if (node != nullptr && node->is_string()) return node->get<std::string>();
  if (node != nullptr) impl_->expected(member, "a string");
  return std::string(fallback);
}

std::int64_t JsonDocument::integer(std::string_view member, std::int64_t fallback) const {
  const Json* node = impl_->find(member);
  if (node != nullptr && node->is_number_integer()) return node->get<std::int64_t>();
  if (node != nullptr) impl_->expected(member, "a whole number");
  return fallback;
}

double JsonDocument::number(std::string_view member, double fallback) const {
  const Json* node = impl_->find(member);
  if (node != nullptr && node->is_number()) return node->get<double>();
  if (node != nullptr) impl_->expected(member, "a number");
  return fallback;
}

bool JsonDocument::boolean(std::string_view member, bool fallback) const {
  const Json* node = impl_->find(member);
  if (node != nullptr && node->is_boolean()) return node->get<bool>();
  if (node != nullptr) impl_->expected(member, "true or false");
  return fallback;
}

Timestamp JsonDocument::time(std::string_view member) const {
  return from_unix_ns(integer(member));
}

std::optional<Timestamp> JsonDocument::optional_time(std::string_view member) const {
  if (!has(member)) return std::nullopt;
  return time(member);
}

LabelSet JsonDocument::labels(std::string_view member) const {
  LabelSet out;
  const JsonDocument object = section(member);
  for (const auto& name : object.members()) out.set(name, object.text(name));
  return out;
}

std::vector<std::string> JsonDocument::texts(std::string_view member) const {
  std::vector<std::string> out;
  const Json* node = impl_->find(member);
  if (node == nullptr) return out;
  if (!node->is_array()) impl_->expected(member, "a list of strings");
  for (const Json& item : *node) {
    if (item.is_string()) {
      out.push_back(item.get<std::string>());
    } else {
      impl_->expected(member, "a list of strings");
    }
  }
  return out;
}

std::vector<JsonDocument> JsonDocument::list(std::string_view member) const {
  std::vector<JsonDocument> out;
  const Json* node = impl_->find(member);
  if (node == nullptr) return out;
  if (!node->is_array()) impl_->expected(member, "a list of objects");
  for (const Json& item : *node) {
    if (!item.is_object()) {
      impl_->expected(member, "a list of objects");
      continue;
    }
    out.push_back(JsonDocument(std::make_shared<Impl>(Impl{impl_->shared, &item})));
  }
  return out;
}

JsonDocument JsonDocument::section(std::string_view member) const {
  const Json* node = impl_->find(member);
  if (node != nullptr && !node->is_object()) {
    impl_->expected(member, "an object");
    node = nullptr;
  }
  if (node == nullptr) node = &empty_object();
  return JsonDocument(std::make_shared<Impl>(Impl{impl_->shared, node}));
}

std::vector<std::string> JsonDocument::members() const {
  std::vector<std::string> out;
  for (const auto& item : impl_->node->items()) out.push_back(item.key());
  return out;
}

Result<void> JsonDocument::finish() const {
  if (impl_->shared->problem.empty()) return {};
  return Error{ErrorCode::corrupt, impl_->shared->what + ": " + impl_->shared->problem};
}

}  // namespace sluice::alerting
