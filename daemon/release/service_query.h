// LogQL texts about one version of one service, made from the configured templates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/release/options.h"

namespace sluice::release {

// {{service}}, {{env}}, {{version}} replaced. Error(invalid_argument): another {{name}}, or an
// unclosed one.
Result<std::string> fill_template(std::string_view text, std::string_view service,
                                  std::string_view env, std::string_view version);

class ServiceQuery {
 public:
  // The names have passed check_name().
  static Result<ServiceQuery> make(const ServiceOptions& options, std::string_view service,
                                   std::string_view env, std::string_view version);

  const std::string& lines() const { return lines_; }    // all of the version
  const std::string& errors() const { return errors_; }  // its error lines
  // Error lines that contain all of these; literals stand right behind the stream selector, where
  // the store can skip data by them.
  std::string errors_with(const std::vector<std::string>& literals) const;

 private:
  std::string lines_;
  std::string errors_;
};

}  // namespace sluice::release
