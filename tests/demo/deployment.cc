#include "tests/demo/deployment.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace sluice::demo {
namespace {

Error io_error(const std::string& what) {
  return {ErrorCode::io, what + ": " + std::strerror(errno)};
}

Result<std::optional<std::string>> read_word(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return io_error("cannot read " + path);
  }
  std::string word;
  in >> word;
  if (word.empty()) return Error{ErrorCode::corrupt, path + " is empty, expected a version"};
  return std::optional<std::string>{std::move(word)};
}

Result<void> replace(const std::string& path, const std::string& text) {
  const std::string temporary = path + "." + std::to_string(::getpid());
  std::ofstream out(temporary, std::ios::trunc);
  out << text << '\n';
  out.close();
  if (!out) return io_error("cannot write " + temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return io_error("cannot replace " + path);
  return {};
}

}  // namespace

Result<std::optional<std::string>> Deployment::current() const {
  return read_word(path("version"));
}

Result<Deployment::Change> Deployment::deploy(const std::string& version) const {
  std::error_code ec;
  std::filesystem::create_directories(dir_, ec);
  if (ec) return Error{ErrorCode::io, "cannot create " + dir_ + ": " + ec.message()};
  SLUICE_TRY(auto now, current());
  Change change{now.value_or(""), version};
  if (!change.changed()) return change;
  if (now) SLUICE_CHECK(replace(path("previous"), *now));
  SLUICE_CHECK(replace(path("version"), version));
  return change;
}

Result<Deployment::Change> Deployment::rollback() const {
  SLUICE_TRY(auto now, current());
  if (!now) return Error{ErrorCode::not_found, "no version was ever deployed in " + dir_};
  SLUICE_TRY(auto before, read_word(path("previous")));
  if (!before) return Change{*now, *now};
  SLUICE_CHECK(replace(path("version"), *before));
  // Only now: a crash before this line makes the next call write the same version again.
  if (::unlink(path("previous").c_str()) != 0) return io_error("cannot remove " + path("previous"));
  return Change{*now, *before};
}

}  // namespace sluice::demo
