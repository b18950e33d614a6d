#include "agent/host/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace sluice::agent {
namespace {

constexpr std::size_t longest_row = 64 << 10;

template <class I>
std::optional<I> convert(std::string_view text, int base) {
  I value{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// read(2) and not a stream: /proc files have no size, and EINVAL or EIO must be told from empty.
Result<void> read_pieces(const std::string& path, const TakeRow& take) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const auto code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return Error{code, path + ": " + std::strerror(errno)};
  }
  Result<void> done;
  std::array<char, 16 << 10> buffer;
  ssize_t n = 0;
  while (done && (n = ::read(fd, buffer.data(), buffer.size())) > 0)
    done = take({buffer.data(), static_cast<std::size_t>(n)});
  if (n < 0) done = Error{ErrorCode::io, path + ": " + std::strerror(errno)};
  ::close(fd);
  return done;
}

// Whole lines at the front of `text`, which go; the first of a table is its header.
Result<void> take_lines(std::string& text, bool& header, const TakeRow& take) {
  const auto end = text.rfind('\n');
  if (end == std::string::npos) return {};
  for (const auto line : split_lines_of(std::string_view(text).substr(0, end))) {
    if (!header && !split_fields(line).empty()) SLUICE_CHECK(take(line));
    header = false;
  }
  text.erase(0, end + 1);
  return {};
}

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t most) {
  std::string out;
  SLUICE_CHECK(read_pieces(path, [&](std::string_view piece) -> Result<void> {
    if (out.size() + piece.size() > most)
      return Error{ErrorCode::too_large, path + ": larger than " + std::to_string(most) + " bytes"};
    out += piece;
    return {};
  }));
  return out;
}

Result<void> read_rows(const std::string& path, const TakeRow& take) {
  std::string rest;
  bool header = true;
  SLUICE_CHECK(read_pieces(path, [&](std::string_view piece) -> Result<void> {
    rest += piece;
    SLUICE_CHECK(take_lines(rest, header, take));
    if (rest.size() > longest_row) return malformed(path, "a line without an end");
    return {};
  }));
  if (rest.empty()) return {};
  rest += '\n';
  return take_lines(rest, header, take);
}

std::string text_or_empty(const std::string& path) {
  auto text = read_text(path);
  return text ? std::move(*text) : std::string();
}

std::optional<std::string> read_line(const std::string& path) {
  auto text = read_text(path);
  if (!text) return std::nullopt;
  return text->substr(0, text->find('\n'));
}

std::optional<double> read_number(const std::string& path) {
  const auto line = read_line(path);
  return line ? to_number(*line) : std::nullopt;
}

bool path_exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::vector<std::string> list_names(const std::string& directory) {
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) return out;
  while (const dirent* e = ::readdir(dir.get()))
    if (e->d_name[0] != '.') out.emplace_back(e->d_name);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string_view> split_lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> out;
  constexpr std::string_view blank = " \t";
  for (auto begin = line.find_first_not_of(blank); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blank, begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blank, end);
  }
  return out;
}

std::vector<std::string_view> rows_of(std::string_view table) {
  auto lines = split_lines_of(table);
  if (!lines.empty()) lines.erase(lines.begin());
  std::erase_if(lines, [](std::string_view line) { return split_fields(line).empty(); });
  return lines;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> to_hex(std::string_view text) {
  return convert<std::uint64_t>(text, 16);
}

Error malformed(std::string_view path, std::string_view what) {
  return {ErrorCode::parse, std::string(path) + ": " + std::string(what)};
}

}  // namespace sluice::agent
