// mig-adapter: flags, wiring, exit code.
#include <variant>

#include "flags.h"
#include "process.h"

int main(int argc, char** argv) {
  const auto flags = migadapter::app::parse_flags(argc, argv);
  if (const int* exit_code = std::get_if<int>(&flags)) return *exit_code;
  return migadapter::app::run(std::get<migadapter::app::RunFlags>(flags));
}
