#include "cluster/node.h"

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migadapter::cluster {
namespace {

constexpr std::string_view kProductLabel = "nvidia.com/gpu.product";
constexpr std::string_view kConfigStateLabel = "nvidia.com/mig.config.state";

std::string_view label_or_empty(const Labels& labels, std::string_view key) {
  const base::Name* value = find_label(labels, key);
  return value == nullptr ? std::string_view() : value->view();
}

/// The number that GPU Feature Discovery states about instances of the resource, for example
/// `nvidia.com/mig-1g.5gb` + `.memory`. Nothing unless it is a whole number, not negative.
std::optional<int> stated(const Labels& labels, const base::Name& resource,
                          std::string_view attribute) {
  const std::string_view text = label_or_empty(labels, resource.str().append(attribute));
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

void overrule(std::optional<int>& fact, std::optional<int> label) {
  if (label) fact = label;
}

/// The table's facts, overruled by what the node's labels say of instances it has now.
/// https://github.com/NVIDIA/k8s-device-plugin/blob/main/docs/gpu-feature-discovery/README.md
mig::Device device_of(const Labels& labels, const base::Name& resource, mig::Device device) {
  if (const auto memory = stated(labels, resource, ".memory"); memory && *memory > 0) {
    device.memory = mig::MemoryRange{*memory, *memory};
  }
  overrule(device.multiprocessors, stated(labels, resource, ".multiprocessors"));
  overrule(device.engines.copy, stated(labels, resource, ".engines.copy"));
  overrule(device.engines.decoder, stated(labels, resource, ".engines.decoder"));
  overrule(device.engines.encoder, stated(labels, resource, ".engines.encoder"));
  overrule(device.engines.jpeg, stated(labels, resource, ".engines.jpeg"));
  overrule(device.engines.optical_flow, stated(labels, resource, ".engines.ofa"));
  return device;
}

/// Whether a driver could have given the table's profile the other number of gigabytes. The drifts
/// seen are about an eighth at most (GB300: 31 and 35); profiles of as many compute slices that
/// differ in hardware are a factor of two apart.
bool may_have_drifted(int table_gib, int gib) {
  return 4 * std::abs(table_gib - gib) < table_gib;
}

/// The table's profile that `offered` names: the very name, else the one with as many compute
/// slices, the same variant and the nearest memory.
const mig::ModelProfile* table_profile(const mig::GpuModel& model, const mig::Profile& offered) {
  if (const mig::ModelProfile* exact = mig::find_profile(model, offered)) return exact;
  const mig::ModelProfile* nearest = nullptr;
  int least_drift = 0;
  for (const mig::ModelProfile& entry : model.profiles) {
    const mig::Profile& known = entry.profile;
    const int drift = std::abs(known.memory_gib - offered.memory_gib);
    const bool alike =
        known.compute_slices == offered.compute_slices && known.variant == offered.variant;
    if (!alike || !may_have_drifted(known.memory_gib, offered.memory_gib)) continue;
    if (nearest != nullptr && drift >= least_drift) continue;
    nearest = &entry;
    least_drift = drift;
  }
  return nearest;
}

using ResourcesByProfile = std::multimap<const mig::ModelProfile*, base::Name>;

/// The node's own names of the profiles it offers.
ResourcesByProfile offered_resources(const mig::GpuModel& model, const ResourceList& allocatable) {
  ResourcesByProfile resources;
  for (const ResourceAmount& amount : allocatable) {
    const base::Result<mig::Profile> profile = mig::parse_resource(amount.resource.view());
    if (!profile) continue;
    const mig::ModelProfile* entry = table_profile(model, *profile);
    if (entry != nullptr) resources.emplace(entry, amount.resource);
  }
  return resources;
}

std::map<mig::Profile, base::Name> make_table_resources() {
  std::map<mig::Profile, base::Name> resources;
  for (const mig::GpuModel& model : mig::gpu_models()) {
    for (const mig::ModelProfile& entry : model.profiles) {
      resources.try_emplace(entry.profile, base::Name(mig::resource_name(entry.profile)));
    }
  }
  return resources;
}

/// The resource as the table names it; one Name for all nodes.
const base::Name& table_resource(const mig::ModelProfile& entry) {
  static const std::map<mig::Profile, base::Name> resources = make_table_resources();
  return resources.at(entry.profile);
}

std::string described(const std::optional<int>& fact) {
  return (fact ? std::to_string(*fact) : std::string("?")) + ' ';
}

std::string described(const NodeDevice& named) {
  const mig::Device& device = named.device;
  std::string text = named.resource.str() + ' ' + mig::to_string(named.profile) + ' ';
  for (const int fact : {device.compute_slices, device.memory_slices, int{device.graphics},
                         int{device.takes_media_engines}}) {
    text += described(fact);
  }
  if (device.memory) {
    text += std::to_string(device.memory->least_mib) + '-' +
            std::to_string(device.memory->most_mib) + ' ';
  }
  const mig::Engines& engines = device.engines;
  for (const auto& fact : {device.multiprocessors, engines.copy, engines.decoder, engines.encoder,
                           engines.jpeg, engines.optical_flow}) {
    text += described(fact);
  }
  return text + ';';
}

}  // namespace

const mig::GpuModel* gpu_model(const Node& node) {
  const std::string_view product = label_or_empty(node.labels, kProductLabel);
  return product.empty() ? nullptr : mig::find_model_by_product(product);
}

std::vector<NodeDevice> node_devices(const Node& node) {
  std::vector<NodeDevice> devices;
  const mig::GpuModel* model = gpu_model(node);
  if (model == nullptr) return devices;
  ResourcesByProfile resources = offered_resources(*model, node.allocatable);
  devices.reserve(model->profiles.size());
  for (const mig::ModelProfile& entry : model->profiles) {
    if (!resources.contains(&entry)) resources.emplace(&entry, table_resource(entry));
    const auto [first, last] = resources.equal_range(&entry);
    for (auto named = first; named != last; ++named) {
      devices.push_back(
          {named->second, entry.profile, device_of(node.labels, named->second, entry.device)});
    }
  }
  return devices;
}

base::Name describe(const mig::GpuModel& model, const std::vector<NodeDevice>& devices) {
  std::string text = std::string(model.name) + ':';
  for (const NodeDevice& device : devices) text += described(device);
  return base::Name(text);
}

bool is_being_repartitioned(const Node& node) {
  const std::string_view state = label_or_empty(node.labels, kConfigStateLabel);
  return state == "pending" || state == "rebooting";
}

}  // namespace migadapter::cluster
