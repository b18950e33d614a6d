// Symbols: label names and values of a tenant's series in memory, each once, counted by those who
// use it and gone with the last of them. Addresses are stable. Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace sluice::storage {

// One text; its address names it.
class Symbol {
 public:
  std::string_view text() const { return {text_.get(), size_}; }

 private:
  friend class Symbols;
  std::unique_ptr<char[]> text_;
  std::uint32_t size_ = 0;
  std::uint32_t users_ = 0;
};

class Symbols {
 public:
  // Counts one more user.
  const Symbol* acquire(std::string_view text);
  void release(const Symbol* symbol);
  const Symbol* find(std::string_view text) const;  // or null
  std::size_t size() const { return symbols_.size(); }

 private:
  struct Hash {
    std::size_t operator()(std::string_view text) const;
  };
  // The key lies in the symbol.
  std::unordered_map<std::string_view, std::unique_ptr<Symbol>, Hash> symbols_;
};

}  // namespace sluice::storage
