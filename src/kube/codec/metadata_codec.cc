#include "kube/codec/metadata_codec.h"

#include <algorithm>
#include <array>

#include "cluster/annotations.h"
#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

cluster::OwnerKind owner_kind(std::string_view group_version, std::string_view kind) {
  using cluster::OwnerKind;
  struct Known {
    std::string_view group_version;
    std::string_view kind;
    OwnerKind owner;
  };
  static constexpr std::array<Known, 6> kKnown = {{
      {"apps/v1", "ReplicaSet", OwnerKind::replica_set},
      {"apps/v1", "StatefulSet", OwnerKind::stateful_set},
      {"v1", "ReplicationController", OwnerKind::replication_controller},
      {"batch/v1", "Job", OwnerKind::job},
      {"apps/v1", "DaemonSet", OwnerKind::daemon_set},
      {"v1", "Node", OwnerKind::node},
  }};
  for (const Known& known : kKnown) {
    if (known.group_version == group_version && known.kind == kind) return known.owner;
  }
  return OwnerKind::other;
}

}  // namespace

std::optional<cluster::OwnerReference> decode_controller(JsonField metadata,
                                                         base::NamePool& names) {
  for (const JsonField reference : metadata.at("ownerReferences").items()) {
    if (!reference.at("controller").flag()) continue;
    const std::string_view kind = reference.at("kind").text();
    return cluster::OwnerReference{owner_kind(reference.at("apiVersion").text(), kind),
                                   names.intern(kind), names.intern(reference.at("name").text()),
                                   names.intern(reference.at("uid").text())};
  }
  return std::nullopt;
}

cluster::Labels decode_labels(JsonField map, base::NamePool& names) {
  const JsonField::Entries entries = map.entries();
  cluster::Labels labels;
  labels.reserve(entries.size());
  for (const JsonField::Entry entry : entries) {
    labels.emplace_back(names.intern(entry.key), names.intern(entry.value.text()));
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

base::WallTime decode_time(JsonField time) {
  if (!time.present()) return {};
  const base::Result<base::WallTime> parsed = parse_timestamp(time.text());
  if (parsed.ok()) return *parsed;
  time.complain(parsed.error().message());
  return {};
}

cluster::OptOuts decode_opt_outs(JsonField map, base::NamePool& names) {
  return {names.intern(map.at(cluster::kUpgradeAnnotation).text()),
          names.intern(map.at(cluster::kRestoreAnnotation).text()),
          names.intern(map.at(cluster::kLargestGrantAnnotation).text())};
}

bool is_disabled(JsonField annotations, std::string_view annotation) {
  return annotations.at(annotation).text() == "disabled";
}

}  // namespace migadapter::kube
