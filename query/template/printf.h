// Go's fmt verbs over TemplateValues. Private to query/template.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "query/template/value.h"

namespace sluice::query::tmpl {

// %v %s %q %d %x %X %o %b %c %f %F %e %E %g %G %t %T %% with flags "-+# 0", width and precision
// ('*' too). Mistakes print as Go prints them: %!d(string=hi), %!d(MISSING), %!(EXTRA int=1).
std::string format(std::string_view format, std::span<const TemplateValue> arguments);

}  // namespace sluice::query::tmpl
