// Reading the kernel's small text files: whole files, lines, fields, numbers. Pure but for the
// file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::agent {

// Nearly no file of /proc or /sys that we read is larger. Tables of sockets and neighbours are.
inline constexpr std::size_t largest_text = 4 << 20;
// Error(too_large) past `most` bytes.
Result<std::string> read_text(const std::string& path, std::size_t most = largest_text);
// Gives `take` each line of a table under its header, without blank ones, of a file of any size.
using TakeRow = std::function<Result<void>(std::string_view)>;
Result<void> read_rows(const std::string& path, const TakeRow& take);
// "" if it cannot be read.
std::string text_or_empty(const std::string& path);
// The file's first line without its end; nullopt if it cannot be read.
std::optional<std::string> read_line(const std::string& path);
std::optional<double> read_number(const std::string& path);
bool path_exists(const std::string& path);
std::vector<std::string> list_names(const std::string& directory);  // sorted

std::vector<std::string_view> split_lines_of(std::string_view text);
std::vector<std::string_view> split_fields(std::string_view line);  // by spaces and tabs
// The lines of a table under its header, without blank ones.
std::vector<std::string_view> rows_of(std::string_view table);
std::optional<double> to_number(std::string_view text);
std::optional<std::uint64_t> to_hex(std::string_view text);

// "path: what is odd": the error of a file that does not look as it should.
Error malformed(std::string_view path, std::string_view what);

}  // namespace sluice::agent
