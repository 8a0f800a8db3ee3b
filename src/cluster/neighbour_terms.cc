#include "cluster/neighbour_terms.h"

namespace migadapter::cluster {

bool conflict(const HostPort& a, const HostPort& b) {
  const bool same_address = a.address.empty() || b.address.empty() || a.address == b.address;
  return same_address && a.port == b.port && a.protocol == b.protocol;
}

}  // namespace migadapter::cluster
