#include "sim/speed.h"

#include <gtest/gtest.h>

namespace migadapter::sim {
namespace {

TEST(Speed, CurvesPassThroughWhatWasMeasured) {
  EXPECT_DOUBLE_EQ(SpeedCurve(SpeedModel::training).at(1.0 / 7), 0.31);
  EXPECT_DOUBLE_EQ(SpeedCurve(SpeedModel::training).at(4.0 / 7), 0.75);
  EXPECT_DOUBLE_EQ(SpeedCurve(SpeedModel::inference).at(3.0 / 7), 0.50);
  EXPECT_DOUBLE_EQ(SpeedCurve(SpeedModel::linear).at(2.0 / 7), 2.0 / 7);
}

TEST(Speed, BetweenThemTheyAreStraight) {
  const SpeedCurve training(SpeedModel::training);
  EXPECT_DOUBLE_EQ(training.at(2.5 / 7), (0.52 + 0.67) / 2);
  EXPECT_DOUBLE_EQ(training.at(0.5 / 7), 0.31 / 2);
}

TEST(Speed, EveryCurveGrowsUpToTheWholeGpu) {
  for (const auto model : {SpeedModel::linear, SpeedModel::training, SpeedModel::inference}) {
    const SpeedCurve curve(model);
    for (int share = 2; share <= 100; ++share)
      EXPECT_GT(curve.at(share / 100.0), curve.at((share - 1) / 100.0));
    EXPECT_DOUBLE_EQ(curve.at(1), 1);
  }
}

TEST(Speed, AServiceLivesAsLongOnAnyDevice) {
  EXPECT_DOUBLE_EQ(SpeedCurve().at(1.0 / 7), 1);
}

TEST(Speed, ModelsHaveNames) {
  EXPECT_EQ(find_speed_model("training"), SpeedModel::training);
  EXPECT_EQ(find_speed_model("warp"), std::nullopt);
  EXPECT_EQ(to_string(SpeedModel::inference), "inference");
}

}  // namespace
}  // namespace migadapter::sim
