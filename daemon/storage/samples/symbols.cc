#include "daemon/storage/samples/symbols.h"

#include <cstring>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/types/assert.h"

namespace sluice::storage {

std::size_t Symbols::Hash::operator()(std::string_view text) const {
  return XXH3_64bits(text.data(), text.size());
}

const Symbol* Symbols::acquire(std::string_view text) {
  auto it = symbols_.find(text);
  if (it == symbols_.end()) {
    auto symbol = std::make_unique<Symbol>();
    symbol->text_ = std::make_unique_for_overwrite<char[]>(text.size());
    std::memcpy(symbol->text_.get(), text.data(), text.size());
    symbol->size_ = static_cast<std::uint32_t>(text.size());
    const std::string_view key = symbol->text();
    it = symbols_.emplace(key, std::move(symbol)).first;
  }
  ++it->second->users_;
  return it->second.get();
}

void Symbols::release(const Symbol* symbol) {
  const auto it = symbols_.find(symbol->text());
  SLUICE_ASSERT(it != symbols_.end());
  if (--it->second->users_ > 0) return;
  const auto gone = std::move(it->second);  // the key outlives the entry
  symbols_.erase(it);
}

const Symbol* Symbols::find(std::string_view text) const {
  const auto it = symbols_.find(text);
  return it == symbols_.end() ? nullptr : it->second.get();
}

}  // namespace sluice::storage
