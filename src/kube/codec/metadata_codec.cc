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

/// "apps" of "apps/v1", nothing of "v1".
std::string_view group_of(std::string_view group_version) {
  const std::size_t slash = group_version.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : group_version.substr(0, slash);
}

/// What is written but cannot be read must stay different from what is not written. Readable values
/// are short; others need not fill our memory, or an Event.
base::Name opt_out(JsonField value, base::NamePool& names) {
  constexpr std::size_t kLongest = 64;
  const std::string_view text = value.text();
  if (value.present() && text.empty()) return names.intern("(empty)");
  return names.intern(text.size() <= kLongest ? text : "(too long)");
}

}  // namespace

std::optional<cluster::OwnerReference> decode_controller(JsonField metadata,
                                                         base::NamePool& names) {
  for (const JsonField reference : metadata.at("ownerReferences").items()) {
    if (!reference.at("controller").flag()) continue;
    const std::string_view kind = reference.at("kind").text();
    const std::string_view group_version = reference.at("apiVersion").text();
    return cluster::OwnerReference{owner_kind(group_version, kind), names.intern(kind),
                                   names.intern(reference.at("name").text()),
                                   names.intern(reference.at("uid").text()),
                                   names.intern(group_of(group_version))};
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
  return {opt_out(map.at(cluster::kUpgradeAnnotation), names),
          opt_out(map.at(cluster::kRestoreAnnotation), names),
          opt_out(map.at(cluster::kLargestGrantAnnotation), names)};
}

}  // namespace migadapter::kube
