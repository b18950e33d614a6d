// LineCutter: how a line is cut into static bytes and variables, for whoever needs the cut alone.
#pragma once

#include <string_view>

#include "rules/token_match.h"

namespace sluice::rules {

// Behind these bytes a '-' is the sign of the number that follows.
inline bool may_precede_sign(char c) {
  return std::string_view(" \t=:,([{").find(c) != std::string_view::npos;
}

// The sink is given static bytes and variables in turn: add_static(text), add_slot(value, type).
template <class Sink>
class LineCutter {
 public:
  LineCutter(std::string_view line, Sink& sink) : line_(line), sink_(sink) {}

  void run() {
    while (pos_ < line_.size() && !full()) advance();
    if (pos_ < line_.size()) add_slot(line_.size() - pos_, SlotType::text);
  }

 private:
  bool full() const { return pos_ >= max_template_bytes || slots_ + 1 >= max_template_slots; }

  void advance() {
    const std::string_view rest = line_.substr(pos_);
    if (begins_negative_number(rest)) {
      const TokenMatch number = match_variable(rest.substr(1));
      return add_slot(number.length + 1, number.type);
    }
    if (!is_word_byte(rest.front())) return add_static(1);
    const TokenMatch variable = match_variable(rest);
    if (variable.length > 0) return add_slot(variable.length, variable.type);
    add_static(word_length(rest));
  }

  // A '-' after nothing, a space or an opening character belongs to the number that follows, so
  // that a value's sign does not change the template.
  bool begins_negative_number(std::string_view rest) const {
    if (rest.size() < 2 || rest[0] != '-' || rest[1] < '0' || rest[1] > '9') return false;
    if (pos_ > 0 && !may_precede_sign(line_[pos_ - 1])) return false;
    return match_variable(rest.substr(1)).length > 0;
  }

  void add_static(std::size_t n) {
    sink_.add_static(line_.substr(pos_, n));
    pos_ += n;
  }

  void add_slot(std::size_t n, SlotType type) {
    sink_.add_slot(line_.substr(pos_, n), type);
    ++slots_;
    pos_ += n;
  }

  std::string_view line_;
  Sink& sink_;
  std::size_t pos_ = 0;
  std::size_t slots_ = 0;
};

}  // namespace sluice::rules
