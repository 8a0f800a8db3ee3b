#include "sim/workload/job_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "sim/testing.h"
#include "sim/workload/json_table.h"

namespace migadapter::sim {
namespace {

/// The workload in a file of that name.
base::Result<Workload> load(const std::string& name, std::string_view text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path) << text;
  return load_jobs(path, testing::a100());
}

std::string error_of(const std::string& name, std::string_view text) {
  const auto workload = load(name, text);
  if (workload.ok()) return "";
  const std::string message = workload.error().message();
  return message.substr(message.find(name) + name.size());
}

TEST(JobFile, ACsvFileNeedsNoMoreThanThreeColumns) {
  const auto workload = load("small.csv", "arrives_s,run_s,profile\n5,60,1g.5gb\n0.5,2.25,\n");
  ASSERT_TRUE(workload.ok()) << workload.error().message();
  const Job& first = workload->jobs[0];
  EXPECT_EQ(first.arrives, Time(500)) << "jobs are put in order";
  EXPECT_EQ(first.run_time, Time(2'250));
  EXPECT_EQ(first.demand.count, 0);
  const Job& second = workload->jobs[1];
  EXPECT_EQ(workload->kinds.at(second.demand.kind).name, "1g.5gb");
  EXPECT_EQ(second.patience, kNever);
}

TEST(JobFile, AJsonFileIsAListOfTheSame) {
  const auto workload = load("full.json", R"([{"arrives_s": 0, "run_s": 10, "profile": "3g.20gb",
      "count": 2, "cpu_milli": 500, "memory_mib": 64, "patience_s": 3, "priority": 7,
      "owner": "web", "speed": "linear", "name": "a"}])");
  ASSERT_TRUE(workload.ok()) << workload.error().message();
  const Job& job = workload->jobs[0];
  EXPECT_EQ(job.demand, (Demand{500, 64, workload->kinds.find("3g.20gb"), 2, kAnyModel}));
  EXPECT_EQ(job.patience, Time(3'000));
  EXPECT_EQ(job.priority, 7);
  EXPECT_EQ(job.owner, "web");
  EXPECT_DOUBLE_EQ(job.curve.at(0.5), 0.5);
}

TEST(JobFile, AMistakeNamesFilePlaceAndColumn) {
  EXPECT_EQ(error_of("a.csv", "arrives_s,run_s,profile\n0,x,1g.5gb\n"),
            ": line 2: run_s must be a number, not negative, and not \"x\"");
  EXPECT_EQ(error_of("b.csv", "arrives_s,run_s,profile\n0,1,9g.9gb\n"),
            ": line 2: profile: A100-40GB has no 9g.9gb");
  EXPECT_EQ(error_of("c.csv", "arrives_s,run_s\n0,1\n"), ": line 2: the column profile is missing");
  EXPECT_EQ(error_of("d.json", R"([{"arrives_s":0,"run_s":1,"profile":"1g.5gb","speed":"warp"}])"),
            ": element 0: speed must be fixed, linear, training or inference, not \"warp\"");
  EXPECT_EQ(error_of("e.json", R"([{"arrives_s":[]}])"),
            ": element 0: arrives_s must be a text or a number");
  EXPECT_EQ(error_of("f.csv", "arrives_s,run_s,profile,count\n0,1,1g.5gb,0\n"),
            ": line 2: count must be 1 to 1000");
}

TEST(JobFile, WhatTakesLongerThanCanBeCountedIsRefused) {
  EXPECT_EQ(error_of("g.csv", "arrives_s,run_s,profile\n0,2e9,1g.5gb\n"),
            ": line 2: run_s must be less than 1e9 seconds");
  std::string text = "arrives_s,run_s,profile\n";
  for (int i = 0; i < 1'000; ++i) text += "0,900000000,1g.5gb\n";
  EXPECT_EQ(error_of("h.csv", text),
            ": the jobs take longer altogether than can be counted in milliseconds");
}

TEST(JsonTable, WhatIsNoListOfObjectsIsRefused) {
  EXPECT_FALSE(parse_json_table("{}").ok());
  EXPECT_FALSE(parse_json_table("[1]").ok());
  EXPECT_FALSE(parse_json_table("[{\"a\":{\"b\":{\"c\":1}}}]").ok());
  EXPECT_FALSE(parse_json_table("[").ok());
  EXPECT_EQ(parse_json_table("[]")->size(), 0U);
}

}  // namespace
}  // namespace migadapter::sim
