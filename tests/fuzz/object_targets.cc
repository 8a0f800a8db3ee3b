#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "kube/codec/duration.h"
#include "kube/codec/grant_codec.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/object_codec.h"
#include "kube/codec/policy_codec.h"
#include "kube/codec/quantity.h"
#include "kube/codec/resource_codec.h"
#include "kube/watch/json_splitter.h"
#include "targets.h"

namespace migadapter::fuzz {

using kube::WatchedKind;
using kube::WatchedObject;

namespace {

/// An object becomes a record with a key, or an error that names its kind.
WatchedObject decode(WatchedKind kind, std::string_view input) {
  base::NamePool names;
  kube::ObjectCodec codec(names);
  WatchedObject object = codec.decode_item(kind, input);
  MIGADAPTER_CHECK(object.record.has_value() != object.error.has_value());
  MIGADAPTER_CHECK(!object.record || !object.key.empty());
  MIGADAPTER_CHECK(!object.error || object.error->message().starts_with(to_string(kind)));
  return object;
}

/// The items of a list whose bytes arrive in pieces of this size, then its envelope.
std::vector<std::string> split(std::string_view input, std::size_t piece) {
  std::vector<std::string> parts;
  kube::ListSplitter splitter;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    const base::Status status =
        splitter.feed(input.substr(at, piece), [&parts](std::string_view object) {
          parts.emplace_back(object);
          return true;
        });
    if (!status.ok()) return {"refused"};
  }
  parts.push_back(splitter.complete() ? splitter.envelope() : "incomplete");
  return parts;
}

/// A pod's containers for an annotation to speak of.
constexpr std::string_view kSpec =
    R"({"initContainers":[{"name":"i"}],"containers":[{"name":"main","resources":)"
    R"({"limits":{"nvidia.com/mig-2g.10gb":"1"}}},{"name":"b"}]})";

void check_demand(const std::optional<cluster::MigRequests>& demand) {
  if (!demand) return;
  MIGADAPTER_CHECK(!demand->empty());
  for (const cluster::MigRequest& request : *demand) MIGADAPTER_CHECK(request.count > 0);
}

}  // namespace

void fuzz_pod(std::string_view input) {
  const WatchedObject object = decode(WatchedKind::pods, input);
  if (!object.record) return;
  const auto& pod = std::get<cluster::Pod>(*object.record);
  MIGADAPTER_CHECK(pod.constraints != nullptr);
  MIGADAPTER_CHECK(pod.uid == object.key);
}

void fuzz_node(std::string_view input) {
  const WatchedObject object = decode(WatchedKind::nodes, input);
  if (!object.record) return;
  const auto& node = std::get<cluster::Node>(*object.record);
  MIGADAPTER_CHECK(std::is_sorted(node.labels.begin(), node.labels.end()));
}

/// Whatever the spec says, the policy is there, and what is written to its status can be read.
void fuzz_policy(std::string_view input) {
  const WatchedObject object = decode(WatchedKind::mig_policies, input);
  if (!object.record) return;
  const auto& policy = std::get<cluster::Policy>(*object.record);
  MIGADAPTER_CHECK(policy.uid == object.key);
  kube::JsonReader reader;
  const auto patch = reader.read(kube::encode_policy_status(policy, policy.status));
  MIGADAPTER_CHECK(patch.ok());
  MIGADAPTER_CHECK(patch->at("status").at("conditions").items().size() ==
                   policy.status.conditions.size());
}

void fuzz_list_splitter(std::string_view input) {
  const std::vector<std::string> whole = split(input, std::max<std::size_t>(1, input.size()));
  MIGADAPTER_CHECK(split(input, 1) == whole || whole.front() == "refused");
  MIGADAPTER_CHECK(split(input, 7) == whole || whole.front() == "refused");
}

void fuzz_watch_frame(std::string_view input) {
  base::NamePool names;
  kube::ObjectCodec codec(names);
  for (int kind = 0; kind < kube::kWatchedKindCount; ++kind) {
    const auto frame = codec.decode_frame(static_cast<WatchedKind>(kind), input);
    if (!frame.ok()) return;
    const bool has_object =
        frame->type == kube::FrameType::added || frame->type == kube::FrameType::modified;
    MIGADAPTER_CHECK(has_object || !frame->object.record);
  }
}

void fuzz_quantity(std::string_view input) {
  const auto ones = kube::parse_quantity(input, kube::QuantityUnit::one);
  const auto thousandths = kube::parse_quantity(input, kube::QuantityUnit::thousandth);
  MIGADAPTER_CHECK(ones.ok() == thousandths.ok());
  if (!ones.ok() || *ones < 0) return;
  MIGADAPTER_CHECK(*thousandths >= *ones);
  MIGADAPTER_CHECK(*thousandths / 1000 <= *ones);
}

void fuzz_duration(std::string_view input) {
  const auto duration = kube::parse_duration(input);
  if (!duration.ok()) return;
  MIGADAPTER_CHECK(duration->count() >= 0);
  const auto twice = kube::parse_duration(std::string(input) + std::string(input));
  MIGADAPTER_CHECK(!twice.ok() || *twice >= *duration);
}

void fuzz_grant_annotation(std::string_view input) {
  base::NamePool names;
  kube::JsonReader reader;
  const auto spec = reader.read(kSpec);
  MIGADAPTER_CHECK(spec.ok());
  const std::vector<kube::PodContainer> containers = kube::pod_containers(*spec);
  kube::GrantCodec codec(names);
  check_demand(codec.decode_demand(input, containers));
  check_demand(codec.decode_original(input, containers));
  MIGADAPTER_CHECK(!reader.problem());
}

}  // namespace migadapter::fuzz
