#include "sim/mig_adapter.h"
#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

std::unique_ptr<Adapter> make_adapter(const Workload& workload, const Inventory& inventory) {
  decide::RestorePolicy restore;
  restore.mode = decide::RestoreMode::when_needed;
  return std::make_unique<MigAdapter>(workload, inventory, restore);
}

}  // namespace

Policy restore_when_needed_policy() {
  return {"upgrade-restore-when-needed",
          "Waiting pods are upgraded, and moved back when somebody waits for what they have.",
          Cutting::as_given, nullptr, make_adapter};
}

}  // namespace migadapter::sim
