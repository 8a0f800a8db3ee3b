// kubectl-mig: flags, wiring, exit code.
#include <cstdio>
#include <string>
#include <variant>

#include "flags.h"
#include "simulate.h"

int main(int argc, char** argv) {
  using migadapter::app::OutputFormat;
  const auto flags = migadapter::app::parse_flags(argc, argv);
  if (const int* exit_code = std::get_if<int>(&flags)) return *exit_code;
  const auto& simulate = std::get<migadapter::app::SimulateFlags>(flags);
  const auto report = migadapter::app::simulate(simulate);
  if (!report) {
    std::fprintf(stderr, "kubectl-mig: %s\n", report.error().message().c_str());
    return 1;
  }
  const bool as_json = simulate.output == OutputFormat::json;
  const std::string text =
      as_json ? migadapter::sim::to_json(*report) : migadapter::sim::to_text(*report);
  std::fputs(text.c_str(), stdout);
  return 0;
}
