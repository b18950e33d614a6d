// Template keys: what of a varying part of a line decides the line's template
// (rules/line_template.h), so that lines need not be put together to be told apart.
//
// Two lines that are alike but for some parts, none of which begins or ends between two word bytes,
// have the same template if the keys of the parts are equal. Lines beyond the bounds of a template
// (64 KiB) aside.
#pragma once

#include <string>
#include <string_view>

namespace sluice::rules {

// The byte across which a variable may reach out of the part: '-' in "2026" and "-01-02", '.' in
// "1" and ".5".
struct PartPlace {
  static constexpr char none = '\0';
  static constexpr char any = '?';  // not known: another part follows at once
  char left = none;
  char right = none;
  bool sign_is_value = false;  // a '-' at the front belongs to the number behind it

  bool joins() const { return left != none || right != none; }
};

// Of a part with these bytes of the line before and behind it, up to the next parts. `first` and
// `last`: there is no other part on that side.
PartPlace place_between(std::string_view before, std::string_view behind, bool first, bool last);

// Appends the key of the part's bytes.
void append_template_key(std::string_view part, const PartPlace& place, std::string& out);

}  // namespace sluice::rules
