#include "kube/crd_registration.h"

#include <gtest/gtest.h>

#include <string>

namespace migadapter::kube {
namespace {

TEST(CrdManifests, AreWholeAndUnderTheirOwnNames) {
  ASSERT_FALSE(crd_manifests().empty());
  for (const CrdManifest& manifest : crd_manifests()) {
    EXPECT_NE(manifest.yaml.find("\n  name: " + std::string(manifest.name) + "\n"),
              std::string_view::npos);
    EXPECT_TRUE(manifest.yaml.ends_with('\n')) << manifest.name;
  }
}

}  // namespace
}  // namespace migadapter::kube
