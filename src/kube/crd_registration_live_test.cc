#include "kube/crd_registration.h"

#include <gtest/gtest.h>

#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

class CrdRegistrationTest : public LiveTest {};

TEST_F(CrdRegistrationTest, IsServedAfterAFewTriesAndTwiceIsAsGoodAsOnce) {
  const auto is_registered = [this] { return register_crds(*transport_).ok(); };
  EXPECT_TRUE(eventually(is_registered));
  EXPECT_TRUE(is_registered());
  must("GET", "/apis/migadapter.io/v1alpha1/migpolicies");
}

}  // namespace
}  // namespace migadapter::kube
