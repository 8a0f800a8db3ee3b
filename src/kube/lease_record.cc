#include "kube/lease_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <limits>

#include "kube/codec/timestamp.h"

namespace migadapter::kube {
namespace {

base::Error problem(std::string_view text) {
  return base::Error(base::ErrorCode::invalid_argument, fmt::format("Lease: {}", text));
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

/// A number as the API has it, of 32 bits and not negative; anything else is cut off to that.
std::int64_t number_of(const boost::json::object& object, std::string_view name) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return 0;
  return std::clamp<std::int64_t>(value->get_int64(), 0, kMost);
}

const boost::json::object* object_of(const boost::json::value& json, std::string_view name) {
  const boost::json::object* object = json.if_object();
  const boost::json::value* value = object == nullptr ? nullptr : object->if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

/// An absent time is the epoch: nothing is decided by these times.
base::WallTime time_of(const boost::json::object& object, std::string_view name) {
  const auto time = parse_timestamp(text_of(object, name));
  return time.ok() ? *time : base::WallTime{};
}

void read_spec(const boost::json::object& spec, LeaseRecord& into) {
  into.holder = text_of(spec, "holderIdentity");
  into.duration = std::chrono::seconds(number_of(spec, "leaseDurationSeconds"));
  into.acquired = time_of(spec, "acquireTime");
  into.renewed = time_of(spec, "renewTime");
  into.transitions = static_cast<int>(number_of(spec, "leaseTransitions"));
}

}  // namespace

std::string encode_lease(std::string_view name_space, std::string_view name,
                         const LeaseRecord& record) {
  boost::json::object metadata{{"name", name}, {"namespace", name_space}};
  if (!record.resource_version.empty()) metadata["resourceVersion"] = record.resource_version;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(record.duration).count();
  return boost::json::serialize(
      boost::json::object{{"apiVersion", "coordination.k8s.io/v1"},
                          {"kind", "Lease"},
                          {"metadata", std::move(metadata)},
                          {"spec",
                           {{"holderIdentity", record.holder},
                            {"leaseDurationSeconds", seconds},
                            {"acquireTime", to_micro_timestamp(record.acquired)},
                            {"renewTime", to_micro_timestamp(record.renewed)},
                            {"leaseTransitions", record.transitions}}}});
}

base::Result<LeaseRecord> decode_lease(std::string_view body) {
  boost::json::error_code failure;
  const boost::json::value json = boost::json::parse(body, failure);
  if (failure) return problem("is not JSON: " + failure.message());
  const boost::json::object* metadata = object_of(json, "metadata");
  if (metadata == nullptr) return problem("metadata is missing");
  LeaseRecord record;
  record.resource_version = text_of(*metadata, "resourceVersion");
  if (record.resource_version.empty()) return problem("metadata.resourceVersion is missing");
  if (const auto* spec = object_of(json, "spec")) read_spec(*spec, record);
  return record;
}

}  // namespace migadapter::kube
