#include "sim/speed.h"

#include <cstddef>

#include "base/check.h"

namespace migadapter::sim {
namespace {

/// Where the speeds were measured.
constexpr std::array<double, 5> kShares = {1.0 / 7, 2.0 / 7, 3.0 / 7, 4.0 / 7, 1.0};

struct NamedModel {
  SpeedModel model;
  std::string_view name;
  std::array<double, 5> speeds;
};
constexpr std::array<NamedModel, 4> kModels = {{
    {SpeedModel::fixed, "fixed", {1, 1, 1, 1, 1}},
    {SpeedModel::linear, "linear", kShares},
    {SpeedModel::training, "training", {0.31, 0.52, 0.67, 0.75, 1}},
    {SpeedModel::inference, "inference", {0.15, 0.30, 0.50, 0.59, 1}},
}};

const NamedModel& named(SpeedModel model) {
  for (const NamedModel& each : kModels) {
    if (each.model == model) return each;
  }
  MIGADAPTER_CHECK(false);
  return kModels.front();
}

}  // namespace

std::optional<SpeedModel> find_speed_model(std::string_view name) {
  for (const NamedModel& each : kModels) {
    if (each.name == name) return each.model;
  }
  return std::nullopt;
}

std::string_view to_string(SpeedModel model) {
  return named(model).name;
}

SpeedCurve::SpeedCurve(SpeedModel model)
    : speeds_(named(model).speeds), fixed_(model == SpeedModel::fixed) {}

double SpeedCurve::at(double compute_share) const {
  MIGADAPTER_CHECK(compute_share > 0 && compute_share <= 1);
  if (fixed_) return 1;
  double share_below = 0;
  double speed_below = 0;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    if (compute_share <= kShares[i]) {
      const double part = (compute_share - share_below) / (kShares[i] - share_below);
      return speed_below + part * (speeds_[i] - speed_below);
    }
    share_below = kShares[i];
    speed_below = speeds_[i];
  }
  return speeds_.back();
}

}  // namespace migadapter::sim
