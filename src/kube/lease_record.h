// coordination.k8s.io/v1 Lease, reduced to what an election needs.
// https://kubernetes.io/docs/concepts/architecture/leases/
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace migadapter::kube {

struct LeaseRecord {
  std::string resource_version;  ///< empty: not yet created
  std::string holder;            ///< empty: released
  base::Millis duration{0};
  base::WallTime acquired{};
  base::WallTime renewed{};
  int transitions = 0;
  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

/// The body to create (no resource version) or replace the Lease with.
std::string encode_lease(std::string_view name_space, std::string_view name,
                         const LeaseRecord& record);

/// Errors: invalid_argument naming the field. An absent field has its empty value.
base::Result<LeaseRecord> decode_lease(std::string_view body);

}  // namespace migadapter::kube
