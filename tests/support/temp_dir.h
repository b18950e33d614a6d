// TempDir: a directory under TMPDIR that goes away with the test, and verbs on files in it.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace sluice {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Gives the file's path.
  std::string write(std::string_view name, std::string_view text) const {
    return put(name, text, std::ios::trunc);
  }
  std::string append(std::string_view name, std::string_view text) const {
    return put(name, text, std::ios::app);
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
  std::string put(std::string_view name, std::string_view text, std::ios::openmode mode) const {
    std::string file = *this / name;
    std::ofstream out(file, std::ios::binary | std::ios::out | mode);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    REQUIRE(out.good());
    return file;
  }

  std::string path_;
};

}  // namespace sluice
