#include "decide/opt_out.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/annotations.h"
#include "decide/grant_search.h"

namespace migadapter::decide {
namespace {

using cluster::NodeDevice;
using cluster::NodeState;
using cluster::OptOuts;
using cluster::Pod;
using cluster::Snapshot;

/// One of the places where an opt-out can be; the texts are for people.
struct Place {
  const OptOuts* opt_outs = nullptr;
  std::string_view kind;
  std::string_view name;
};

using Places = std::array<Place, 3>;

Places places(const Snapshot& snapshot, const Pod& pod) {
  static const OptOuts none;
  Places found{{{&pod.protection.opt_outs, "pod", pod.name}, {&none, {}, {}}, {&none, {}, {}}}};
  const cluster::Owner* owner = pod.owner ? snapshot.find_owner(pod.owner->uid) : nullptr;
  if (owner != nullptr) {
    found[1] = {&owner->opt_outs, pod.owner->kind_name.view(), owner->name.view()};
  }
  const cluster::Namespace* name_space = snapshot.find_namespace(pod.name_space);
  if (name_space != nullptr) {
    found[2] = {&name_space->opt_outs, "namespace", name_space->name.view()};
  }
  return found;
}

/// `2g.10gb`, `1g.10gb+me`, the latter also as a label must write it (`1g.10gb.me`), or the whole
/// name of the resource.
std::optional<mig::Profile> parse_largest(std::string_view text) {
  base::Result<mig::Profile> profile = mig::parse_profile(text);
  if (!profile) profile = mig::parse_resource(text);
  if (!profile) profile = mig::parse_resource(std::string(mig::kResourcePrefix).append(text));
  return profile ? std::optional(*profile) : std::nullopt;
}

EligibleVerdict verdict(EligibleReason reason, std::string_view annotation, const base::Name& value,
                        const Place& place) {
  return {reason,
          fmt::format("{} is \"{}\" on {} {}", annotation, value.view(), place.kind, place.name)};
}

EligibleVerdict check_switch(std::string_view annotation, const base::Name& value,
                             const Place& place) {
  if (value.empty() || value == "enabled") return {};
  const bool disabled = value == "disabled";
  return verdict(disabled ? EligibleReason::opted_out : EligibleReason::unreadable_opt_out,
                 annotation, value, place);
}

EligibleVerdict check_place(const Place& place, Move move) {
  const EligibleVerdict answer =
      move == Move::upgrade
          ? check_switch(cluster::kUpgradeAnnotation, place.opt_outs->upgrade, place)
          : check_switch(cluster::kRestoreAnnotation, place.opt_outs->restore, place);
  if (!answer.ok()) return answer;
  const base::Name& largest = place.opt_outs->largest_grant;
  if (largest.empty() || parse_largest(largest.view())) return {};
  return verdict(EligibleReason::unreadable_opt_out, cluster::kLargestGrantAnnotation, largest,
                 place);
}

/// By the table's name of the device or by the node's own, which may differ.
const mig::Device* find_limit(const NodeState& node, const mig::Profile& profile) {
  const std::string resource = mig::resource_name(profile);
  const auto found =
      std::find_if(node.devices.begin(), node.devices.end(), [&](const NodeDevice& device) {
        return device.profile == profile || device.resource == resource;
      });
  return found == node.devices.end() ? nullptr : &found->device;
}

bool is_no_larger(const mig::Device& device, const mig::Device& limit) {
  const bool known = device.memory_slices != 0 && limit.memory_slices != 0;
  return known && device.memory_slices <= limit.memory_slices &&
         device.compute_slices <= limit.compute_slices;
}

}  // namespace

EligibleVerdict check_opt_outs(const Snapshot& snapshot, const Pod& pod, Move move) {
  for (const Place& place : places(snapshot, pod)) {
    if (EligibleVerdict answer = check_place(place, move); !answer.ok()) return answer;
  }
  return {};
}

std::vector<mig::Profile> largest_grants(const Snapshot& snapshot, const Pod& pod) {
  std::vector<mig::Profile> largest;
  for (const Place& place : places(snapshot, pod)) {
    const base::Name& text = place.opt_outs->largest_grant;
    const auto profile = text.empty() ? std::nullopt : parse_largest(text.view());
    if (profile) largest.push_back(*profile);
  }
  return largest;
}

bool is_allowed(const NodeState& node, const base::Name& resource,
                const std::vector<mig::Profile>& largest) {
  if (largest.empty()) return true;
  const mig::Device* granted = find_device(node, resource);
  return std::all_of(largest.begin(), largest.end(), [&](const mig::Profile& profile) {
    const mig::Device* limit = find_limit(node, profile);
    return granted != nullptr && limit != nullptr && is_no_larger(*granted, *limit);
  });
}

}  // namespace migadapter::decide
