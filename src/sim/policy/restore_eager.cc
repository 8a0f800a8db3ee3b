#include "sim/mig_adapter.h"
#include "sim/policy/policies.h"

namespace migadapter::sim {
namespace {

std::unique_ptr<Adapter> make_adapter(const Workload& workload, const Inventory& inventory) {
  decide::RestorePolicy restore;
  restore.mode = decide::RestoreMode::eager;
  return std::make_unique<MigAdapter>(workload, inventory, restore);
}

}  // namespace

Policy restore_eager_policy() {
  return {"upgrade-restore-eager",
          "Waiting pods are upgraded, and moved back as soon as a smaller instance is free.",
          Cutting::as_given, nullptr, make_adapter};
}

}  // namespace migadapter::sim
