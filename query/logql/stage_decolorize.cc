// | decolorize: takes ANSI control sequences (ESC [ parameters letter) out of the line.

#include "query/logql/stage.h"

namespace sluice::query::logql {

namespace {

constexpr std::string_view introducer = "\x1B[";

// Behind the control sequence at the front of `text`; its introducer alone if it is cut short.
std::size_t sequence_length(std::string_view text) {
  for (std::size_t i = introducer.size(); i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x40 && c <= 0x7E) return i + 1;
    if (c < 0x20 || c > 0x3F) break;
  }
  return introducer.size();
}

class DecolorizeRunner : public StageRunner {
 public:
  bool process(LineState& state) override {
    std::string_view rest = state.current.line;
    if (rest.find(introducer) == std::string_view::npos) return true;
    plain_.clear();
    while (!rest.empty()) {
      const auto text = std::min(rest.find(introducer), rest.size());
      plain_ += rest.substr(0, text);
      rest.remove_prefix(text);
      if (!rest.empty()) rest.remove_prefix(sequence_length(rest));
    }
    state.current.line = state.arena.copy(plain_);
    return true;
  }

 private:
  std::string plain_;
};

}  // namespace

Result<StageRunnerPtr> make_runner(const DecolorizeStage&, LineState&) {
  return StageRunnerPtr(std::make_unique<DecolorizeRunner>());
}

}  // namespace sluice::query::logql
