// Upper and lower case of UTF-8 text, letter by letter, by the C library's tables (the locale
// C.UTF-8, which Debian always has). Of text that is no UTF-8 only ASCII letters change. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

std::string to_lower_utf8(std::string_view text);
std::string to_upper_utf8(std::string_view text);
// As Go's strings.Title: the first letter of each word in upper case. Words are of letters, digits
// and underscores.
std::string to_title_utf8(std::string_view text);

}  // namespace sluice
