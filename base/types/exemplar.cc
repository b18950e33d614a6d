#include "base/types/exemplar.h"

#include "base/types/utf8.h"

namespace sluice {

namespace {

constexpr std::size_t exemplar_characters_max = 128;

std::size_t count_characters(std::string_view utf8) {
  std::size_t characters = 0;
  for (const char c : utf8) characters += (c & 0xC0) != 0x80;
  return characters;
}

}  // namespace

bool valid_exemplar(const Exemplar& exemplar) {
  std::size_t characters = 0;
  for (const Label& label : exemplar.labels) {
    if (!valid_utf8_name(label.name) || !valid_utf8(label.value)) return false;
    characters += count_characters(label.name) + count_characters(label.value);
  }
  return characters <= exemplar_characters_max;
}

}  // namespace sluice
