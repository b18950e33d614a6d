#include "rules/template_key.h"

#include <algorithm>

#include "base/types/ascii.h"
#include "rules/line_cutter.h"

namespace sluice::rules {
namespace {

// What stands between the words of one variable: times, addresses, UUIDs, decimals, signs.
bool is_joint(char c) {
  return std::string_view("-:./,+ ").find(c) != std::string_view::npos;
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The word at the end of `text` could be one of a UUID.
bool ends_like_uuid(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_hex_digit(text[text.size() - 1 - n])) ++n;
  const bool whole = n == text.size() || !is_word_byte(text[text.size() - 1 - n]);
  return whole && (n == 4 || n == 8);
}

char joint_left(std::string_view before, bool first) {
  if (before.empty()) return first ? PartPlace::none : PartPlace::any;
  const char joint = before.back();
  if (!is_joint(joint)) return PartPlace::none;
  if (before.size() == 1) return !first || joint == '-' ? joint : PartPlace::none;
  const std::string_view text = before.substr(0, before.size() - 1);
  const bool joins = is_digit(text.back()) ||
                     (joint == '-' && (may_precede_sign(text.back()) || ends_like_uuid(text)));
  return joins ? joint : PartPlace::none;
}

char joint_right(std::string_view behind, bool last) {
  if (behind.empty()) return last ? PartPlace::none : PartPlace::any;
  const char joint = behind.front();
  if (!is_joint(joint)) return PartPlace::none;
  if (behind.size() == 1) return last ? PartPlace::none : joint;
  const bool joins = is_digit(behind[1]) || (joint == '-' && is_hex_digit(behind[1]));
  return joins ? joint : PartPlace::none;
}

// Whether a variable may hold the word and go on behind the joint.
bool may_join(std::string_view word, char joint) {
  if (joint == PartPlace::none || word.empty()) return false;
  if (joint == ' ') return word.size() == 2 && is_digit(word[0]) && is_digit(word[1]);
  if (is_digit(word[0])) return true;
  const bool of_uuid = word.size() == 4 || word.size() == 8 || word.size() == 12;
  return (joint == '-' || joint == PartPlace::any) && of_uuid &&
         std::all_of(word.begin(), word.end(), is_hex_digit);
}

std::string_view last_word(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_word_byte(text[text.size() - 1 - n])) ++n;
  return text.substr(text.size() - n);
}

struct KeySink {
  void add_static(std::string_view text) { out.append(text); }
  void add_slot(std::string_view, SlotType) { out.push_back('\0'); }
  std::string& out;
};

}  // namespace

PartPlace place_between(std::string_view before, std::string_view behind, bool first, bool last) {
  PartPlace place;
  place.left = joint_left(before, first);
  place.right = joint_right(behind, last);
  place.sign_is_value = before.empty() ? first : may_precede_sign(before.back());
  return place;
}

void append_template_key(std::string_view part, const PartPlace& place, std::string& out) {
  if (!place.sign_is_value && part.starts_with('-')) out.push_back('-');
  KeySink sink{out};
  LineCutter(part, sink).run();
  if (!may_join(part.substr(0, word_length(part)), place.left) &&
      !may_join(last_word(part), place.right))
    return;
  // No rule of the split looks at which digit it is.
  out.push_back('\0');
  std::transform(part.begin(), part.end(), std::back_inserter(out),
                 [](char c) { return is_digit(c) ? '0' : c; });
}

}  // namespace sluice::rules
