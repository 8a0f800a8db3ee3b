#include "sim/mig_adapter.h"
#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

std::unique_ptr<Adapter> make_adapter(const Workload& workload, const Inventory& inventory) {
  decide::RestorePolicy restore;
  restore.mode = decide::RestoreMode::never;
  return std::make_unique<MigAdapter>(workload, inventory, restore);
}

}  // namespace

Policy upgrade_policy() {
  return {"upgrade", "Waiting pods are upgraded to idle larger instances and keep them.",
          Cutting::as_given, nullptr, make_adapter};
}

}  // namespace migadapter::sim
