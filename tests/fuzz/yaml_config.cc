// The YAML reader under every getter: no crash, no hang, and every problem has a place.
#include "base/config/yaml.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

constexpr const char* key = "key";

void read_scalars(sluice::YamlNode& node) {
  node.string(key);
  node.integer(key, 0, -10, 10);
  node.number(key, 0);
  node.boolean(key, false);
  node.duration(key, {});
  node.bytes(key, 0);
  node.strings(key);
}

// Bounded by the document's own bounds: depth 64, 1000 nodes behind aliases.
void walk(sluice::YamlNode node) {
  if (node.is_scalar()) node.text();
  if (node.is_list())
    for (sluice::YamlNode& item : node.items()) walk(item);
  if (!node.is_map()) return;
  read_scalars(node);
  walk(node.section("map"));
  for (auto& [name, value] : node.entries()) walk(value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  const bool walked = input.flag();
  auto document = YamlDocument::parse(std::string(input.rest()), "f");
  if (!document) {
    fuzz::require(document.error().message.starts_with("f:"), "syntax errors have a place");
    return 0;
  }
  YamlNode root = document->root();
  if (walked)
    walk(root);
  else
    read_scalars(root);
  const auto finished = document->finish();
  fuzz::require(finished || finished.error().message.starts_with("f:"), "problems have a place");
  return 0;
}
