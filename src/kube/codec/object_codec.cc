#include "kube/codec/object_codec.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "kube/codec/device_class_codec.h"
#include "kube/codec/limit_range_codec.h"
#include "kube/codec/namespace_codec.h"
#include "kube/codec/node_codec.h"
#include "kube/codec/owner_codec.h"
#include "kube/codec/policy_codec.h"
#include "kube/codec/quota_codec.h"
#include "kube/codec/replica_codec.h"
#include "kube/codec/rule_codec.h"
#include "kube/codec/volume_codec.h"

namespace migadapter::kube {
namespace {

FrameType frame_type(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, FrameType>, 5> kTypes = {{
      {"ADDED", FrameType::added},
      {"MODIFIED", FrameType::modified},
      {"DELETED", FrameType::deleted},
      {"BOOKMARK", FrameType::bookmark},
      {"ERROR", FrameType::error},
  }};
  for (const auto& [name, type] : kTypes) {
    if (name == text) return type;
  }
  return FrameType::unknown;
}

bool is_owner(WatchedKind kind) {
  return kind == WatchedKind::replica_sets || kind == WatchedKind::stateful_sets ||
         kind == WatchedKind::replication_controllers || kind == WatchedKind::jobs;
}

/// Old ReplicaSets are many and most workloads need no GPU: an owner whose bytes cannot hold the
/// name of a MIG resource is not even parsed.
bool can_matter(WatchedKind kind, std::string_view bytes) {
  return !is_owner(kind) || bytes.find("mig-") != std::string_view::npos;
}

/// The field that Removed names an object by: what lies in no namespace is known by its name.
std::string_view key_field(WatchedKind kind) {
  switch (kind) {
    case WatchedKind::nodes:
    case WatchedKind::namespaces:
    case WatchedKind::persistent_volumes:
    case WatchedKind::csi_nodes:
    case WatchedKind::device_classes:
      return "name";
    default:
      return "uid";
  }
}

/// "pods[team/a]": the object as errors name it.
std::string place_of(WatchedKind kind, JsonField metadata) {
  const std::string_view name_space = metadata.at("namespace").text();
  return fmt::format("{}[{}{}{}]", to_string(kind), name_space, name_space.empty() ? "" : "/",
                     metadata.at("name").text());
}

base::Error invalid(std::string message) {
  return base::Error(base::ErrorCode::invalid_argument, std::move(message));
}

bool asks_for_mig(const ClusterEvent& record) {
  const auto* owner = std::get_if<cluster::Owner>(&record);
  return owner == nullptr || !owner->template_requests.empty();
}

}  // namespace

ClusterEvent ObjectCodec::decode_record(WatchedKind kind, JsonField object) {
  switch (kind) {
    case WatchedKind::pods:
      return pods_.decode(object);
    case WatchedKind::nodes:
      return decode_node(object, names_);
    case WatchedKind::replica_sets:
      return decode_owner(cluster::OwnerKind::replica_set, object, names_);
    case WatchedKind::stateful_sets:
      return decode_owner(cluster::OwnerKind::stateful_set, object, names_);
    case WatchedKind::replication_controllers:
      return decode_owner(cluster::OwnerKind::replication_controller, object, names_);
    case WatchedKind::jobs:
      return decode_owner(cluster::OwnerKind::job, object, names_);
    case WatchedKind::resource_quotas:
      return decode_resource_quota(object, names_);
    case WatchedKind::limit_ranges:
      return decode_limit_range(object, names_);
    case WatchedKind::namespaces:
      return decode_namespace(object, names_);
    case WatchedKind::mig_policies:
      return decode_policy(object, names_);
    case WatchedKind::persistent_volume_claims:
      return decode_volume_claim(object, names_);
    case WatchedKind::persistent_volumes:
      return decode_volume(object, names_);
    case WatchedKind::csi_nodes:
      return decode_volume_drivers(object, names_);
    case WatchedKind::device_classes:
      return decode_device_class(object, names_);
    case WatchedKind::mig_rules:
      return decode_rule(object, names_);
    case WatchedKind::replicas:
      return decode_replica(object, names_);
  }
  MIGADAPTER_CHECK(false);
  return Synced{};
}

WatchedObject ObjectCodec::decode_object(WatchedKind kind, JsonField object, bool with_record) {
  reader_.start_at(object);
  const JsonField metadata = object.at("metadata");
  WatchedObject watched;
  const std::string_view key = metadata.at(key_field(kind)).text();
  // Nothing else refers to a pod by its uid, so the pool need not know it.
  watched.key = kind == WatchedKind::pods ? base::Name(key) : names_.intern(key);
  watched.resource_version = metadata.at("resourceVersion").text();
  if (!with_record) return watched;
  ClusterEvent record = decode_record(kind, object);
  if (auto* policy = std::get_if<cluster::Policy>(&record)) {
    // Kept although something is wrong with it: it must keep us from its pods.
    policy->problem = reader_.problem().value_or("");
    reader_.start_at(object);
  }
  if (reader_.problem()) {
    watched.error = invalid(fmt::format("{}.{}", place_of(kind, metadata), *reader_.problem()));
  } else if (watched.key.empty()) {
    watched.error =
        invalid(fmt::format("{}.metadata.{}: missing", place_of(kind, metadata), key_field(kind)));
  } else if (asks_for_mig(record)) {
    watched.record = std::move(record);
  }
  return watched;
}

WatchedObject ObjectCodec::decode_item(WatchedKind kind, std::string_view bytes) {
  if (!can_matter(kind, bytes)) return {};
  const base::Result<JsonField> item = reader_.read(bytes);
  if (item.ok()) return decode_object(kind, *item, true);
  WatchedObject unreadable;
  unreadable.error = item.error().with_context(to_string(kind));
  return unreadable;
}

base::Result<WatchFrame> ObjectCodec::decode_frame(WatchedKind kind, std::string_view bytes) {
  const base::Result<JsonField> root = reader_.read(bytes);
  if (!root.ok()) return root.error();
  WatchFrame frame;
  frame.type = frame_type(root->at("type").text());
  const JsonField object = root->at("object");
  if (reader_.problem()) return invalid(*reader_.problem());
  if (frame.type == FrameType::error) {
    frame.status_code = static_cast<int>(object.at("code").integer());
    frame.complaint = object.at("message").text();
    return frame;
  }
  const bool with_record = frame.type == FrameType::added || frame.type == FrameType::modified;
  frame.object = decode_object(kind, object, with_record);
  return frame;
}

base::Result<ListEnvelope> ObjectCodec::decode_envelope(std::string_view bytes) {
  const base::Result<JsonField> list = reader_.read(bytes);
  if (!list.ok()) return list.error();
  const JsonField metadata = list->at("metadata");
  ListEnvelope envelope{std::string(metadata.at("resourceVersion").text()),
                        std::string(metadata.at("continue").text())};
  if (reader_.problem()) return invalid(*reader_.problem());
  if (envelope.resource_version.empty()) return invalid("metadata.resourceVersion: missing");
  return envelope;
}

std::string ObjectCodec::decode_status_message(std::string_view bytes) {
  constexpr std::size_t kShown = 200;
  const base::Result<JsonField> status = reader_.read(bytes);
  const std::string_view message = status.ok() ? status->at("message").text() : std::string_view();
  return std::string((message.empty() ? bytes : message).substr(0, kShown));
}

}  // namespace migadapter::kube
