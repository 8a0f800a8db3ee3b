// Runs a program and collects what it prints.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

struct ProgramCall {
  std::string program;  ///< a path, or a name to be found in $PATH
  std::vector<std::string> arguments;
  /// Set on top of our own environment.
  std::vector<std::pair<std::string, std::string>> environment;
  bool inherit_standard_input = false;  ///< else the program reads nothing
  base::Millis timeout{60'000};         ///< then it is killed
  std::size_t most_output_bytes = 1024 * 1024;
};

/// Runs the program to its end and returns its standard output; its standard error is ours. Blocks.
/// Errors: not_found when there is no such program, timeout, unavailable when it fails; no message
/// holds what the program printed.
base::Result<std::string> run_program(const ProgramCall& call);

}  // namespace migadapter::kube
