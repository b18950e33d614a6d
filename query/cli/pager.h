// Pager: runs less (or what SLUICE_PAGER or PAGER say) and takes what is written to out() to it. A
// reader who has not scrolled on stops our writes, and so our questions to the server.
#pragma once

#include <memory>
#include <ostream>
#include <string>

namespace sluice::query::cli {

// The command to page with: SLUICE_PAGER, PAGER, else "less -FRSX"; "" if it is empty or "cat".
std::string pager_command();

class Pager {
 public:
  // Null if the command cannot be started: print as without one.
  static std::unique_ptr<Pager> start(const std::string& command);
  // Waits until the reader has left.
  ~Pager();

  std::ostream& out();

 private:
  struct Impl;
  explicit Pager(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::query::cli
