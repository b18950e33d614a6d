// A directory that goes away with the test, and verbs on files in it.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace sluice::agent::test {

class TempDir {
 public:
  TempDir() {
    const char* base = std::getenv("TMPDIR");
    std::string pattern = std::string(base != nullptr ? base : "/tmp") + "/sluice-agent-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }

  void write(std::string_view name, std::string_view text) const {
    put(name, text, std::ios::trunc);
  }
  void append(std::string_view name, std::string_view text) const {
    put(name, text, std::ios::app);
  }
  void rename(std::string_view from, std::string_view to) const {
    std::filesystem::rename(*this / from, *this / to);
  }
  void copy(std::string_view from, std::string_view to) const {
    std::filesystem::copy_file(*this / from, *this / to);
  }
  void remove(std::string_view name) const { std::filesystem::remove(*this / name); }
  void make_dir(std::string_view name) const { std::filesystem::create_directories(*this / name); }
  std::string read(std::string_view name) const {
    std::ifstream in(*this / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  void put(std::string_view name, std::string_view text, std::ios::openmode mode) const {
    std::ofstream out(*this / name, std::ios::binary | std::ios::out | mode);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    REQUIRE(out.good());
  }

  std::string path_;
};

}  // namespace sluice::agent::test
