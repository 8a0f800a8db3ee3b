#include "cluster/neighbour_terms.h"

#include <gtest/gtest.h>

#include "cluster/testing.h"

namespace migadapter::cluster {
namespace {

using testing::name;

TEST(HostPort, ConflictsOnTheSameAddressProtocolAndPort) {
  const HostPort any{base::Name(), name("TCP"), 80};
  const HostPort one{name("10.0.0.1"), name("TCP"), 80};
  const HostPort two{name("10.0.0.2"), name("TCP"), 80};
  const HostPort udp{base::Name(), name("UDP"), 80};
  const HostPort other{base::Name(), name("TCP"), 81};
  EXPECT_TRUE(conflict(any, any));
  EXPECT_TRUE(conflict(any, one));
  EXPECT_TRUE(conflict(one, any));
  EXPECT_TRUE(conflict(one, one));
  EXPECT_FALSE(conflict(one, two));
  EXPECT_FALSE(conflict(any, udp));
  EXPECT_FALSE(conflict(any, other));
}

}  // namespace
}  // namespace migadapter::cluster
