#include "query/logql/constant.h"

#include <cmath>
#include <limits>

#include "base/types/assert.h"

namespace sluice::query::logql {

double fold_constants(BinaryOp op, double lhs, double rhs) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  switch (op) {
    case BinaryOp::add: return lhs + rhs;
    case BinaryOp::sub: return lhs - rhs;
    case BinaryOp::mul: return lhs * rhs;
    case BinaryOp::div: return rhs == 0 ? nan : lhs / rhs;
    case BinaryOp::mod: return rhs == 0 ? nan : std::fmod(lhs, rhs);
    case BinaryOp::pow: return std::pow(lhs, rhs);
    case BinaryOp::eq: return lhs == rhs ? 1 : 0;
    case BinaryOp::ne: return lhs != rhs ? 1 : 0;
    case BinaryOp::gt: return lhs > rhs ? 1 : 0;
    case BinaryOp::lt: return lhs < rhs ? 1 : 0;
    case BinaryOp::ge: return lhs >= rhs ? 1 : 0;
    case BinaryOp::le: return lhs <= rhs ? 1 : 0;
    default: SLUICE_ASSERT(!"set operators have no literal operands");
  }
  return nan;
}

}  // namespace sluice::query::logql
