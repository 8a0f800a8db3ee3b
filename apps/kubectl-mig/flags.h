// The command line of kubectl-mig.
#pragma once

#include <string>
#include <variant>

#include "simulate.h"

namespace migadapter::app {

/// Reads the command line. Holds an exit code where nothing is left to do: --help, --version, or a
/// mistake, which is then on standard error.
std::variant<SimulateFlags, int> parse_flags(int argc, char** argv);

}  // namespace migadapter::app
