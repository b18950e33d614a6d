// Scanning of JSON's scalars. Each function takes the place where its value begins and gives the
// place behind it, or nullptr if it is not valid (RFC 8259).
#pragma once

namespace sluice::storage {

// `at` is behind the opening quote; gives the place of the closing one. Notes whether there were
// escapes or bytes from 0x80 on (their UTF-8 is not checked here).
struct JsonString {
  const char* end = nullptr;
  bool escapes = false;
  bool foreign = false;
};
JsonString scan_json_string(const char* at, const char* end);

const char* scan_json_number(const char* at, const char* end);
const char* scan_json_word(const char* at, const char* end);  // true, false, null

}  // namespace sluice::storage
