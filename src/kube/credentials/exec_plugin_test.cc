#include "kube/credentials/exec_plugin.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "kube/codec/timestamp.h"
#include "kube/credentials/credential_folder.h"

namespace migadapter::kube {
namespace {

constexpr const char* kVersion = "client.authentication.k8s.io/v1";

class ExecPluginTest : public testing::Test {
 protected:
  /// A plugin that counts its calls in the file `calls` and prints the given status, in which
  /// CALL is replaced by the number of the call.
  ExecPlugin plugin_printing(const std::string& status) {
    ExecPlugin plugin;
    plugin.api_version = kVersion;
    plugin.interactive_mode = InteractiveMode::never;
    plugin.program.program = folder_.write_program(
        "plugin",
        fmt::format("#!/bin/sh\n"
                    "echo x >> {0}/calls\n"
                    "printf '%s' \"$KUBERNETES_EXEC_INFO\" > {0}/info\n"
                    "CALL=$(wc -l < {0}/calls)\n"
                    "cat <<END\n"
                    "{{\"apiVersion\":\"{1}\",\"kind\":\"ExecCredential\",\"status\":{2}}}\n"
                    "END\n",
                    folder_.path(""), kVersion, status));
    return plugin;
  }

  CredentialFolder folder_;
  base::ManualClock clock_;
};

/// Ended, but not yet collected by the one that inherited it.
bool is_zombie(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string stat(std::istreambuf_iterator<char>(file), {});
  return stat.find(") Z ") != std::string::npos;
}

std::string token_of(IdentitySource& source) {
  const auto identity = source.current();
  return identity.ok() ? identity->bearer_token : identity.error().message();
}

TEST_F(ExecPluginTest, IsRunOnceUntilItsCredentialExpires) {
  const std::string expires = to_timestamp(clock_.wall() + std::chrono::minutes(5));
  const auto source =
      make_exec_identity(plugin_printing(fmt::format(
                             R"({{"token":"token-$CALL","expirationTimestamp":"{}"}})", expires)),
                         clock_);
  EXPECT_EQ(token_of(*source), "token-1");
  clock_.advance(std::chrono::minutes(4));
  EXPECT_EQ(token_of(*source), "token-1");
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(token_of(*source), "token-2");
}

TEST_F(ExecPluginTest, WithoutAnExpirationTheCredentialIsKeptUntilItIsRejected) {
  const auto source = make_exec_identity(plugin_printing(R"({"token":"token-$CALL"})"), clock_);
  EXPECT_EQ(token_of(*source), "token-1");
  clock_.advance(std::chrono::hours(1000));
  EXPECT_EQ(token_of(*source), "token-1");
  source->reject();
  EXPECT_EQ(token_of(*source), "token-2");
}

TEST_F(ExecPluginTest, MayGiveACertificate) {
  const auto source = make_exec_identity(
      plugin_printing(R"({"clientCertificateData":"c","clientKeyData":"k"})"), clock_);
  const auto identity = source->current();
  ASSERT_TRUE(identity.ok()) << identity.error().message();
  EXPECT_EQ(identity->certificate->certificate_pem, "c");
  EXPECT_EQ(identity->certificate->key_pem, "k");
}

TEST_F(ExecPluginTest, GetsArgumentsAndEnvironment) {
  ExecPlugin plugin;
  plugin.api_version = kVersion;
  plugin.program.program = "/bin/sh";
  plugin.program.arguments = {
      "-c",
      "echo \"{\\\"apiVersion\\\":\\\"$1\\\",\\\"kind\\\":\\\"ExecCredential\\\","
      "\\\"status\\\":{\\\"token\\\":\\\"$GIVEN\\\"}}\"",
      "sh", kVersion};
  plugin.program.environment = {{"GIVEN", "by the kubeconfig"}};
  EXPECT_EQ(token_of(*make_exec_identity(plugin, clock_)), "by the kubeconfig");
}

TEST_F(ExecPluginTest, IsToldAboutTheClusterWhereAsked) {
  ExecPlugin plugin = plugin_printing(R"({"token":"a"})");
  plugin.cluster = ExecClusterInfo{"https://a", "b", false, "pem"};
  EXPECT_EQ(token_of(*make_exec_identity(plugin, clock_)), "a");
  EXPECT_EQ(encode_exec_info(kVersion, false, plugin.cluster),
            R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":)"
            R"({"interactive":false,"cluster":{"server":"https://a","tls-server-name":"b",)"
            R"("certificate-authority-data":"cGVt"}}})");
}

TEST_F(ExecPluginTest, AMissingProgramIsExplainedWithItsHint) {
  ExecPlugin plugin;
  plugin.program.program = "/no/such-plugin";
  plugin.install_hint = "Install it from there.";
  const auto identity = make_exec_identity(plugin, clock_)->current();
  ASSERT_FALSE(identity.ok());
  EXPECT_EQ(identity.error().code(), base::ErrorCode::not_found);
  EXPECT_EQ(identity.error().message(),
            "credential plugin /no/such-plugin: /no/such-plugin: No such file or directory. "
            "Install it from there.");
}

TEST_F(ExecPluginTest, AFailureNamesTheExitCode) {
  ExecPlugin plugin;
  plugin.program.program = "/bin/sh";
  plugin.program.arguments = {"-c", "exit 3"};
  EXPECT_EQ(token_of(*make_exec_identity(plugin, clock_)),
            "credential plugin /bin/sh: /bin/sh: exit code 3");
}

TEST_F(ExecPluginTest, APluginThatHangsIsKilled) {
  ExecPlugin plugin;
  plugin.program.program = "/bin/sleep";
  plugin.program.arguments = {"1000"};
  plugin.program.timeout = base::Millis(20);
  const auto identity = make_exec_identity(plugin, clock_)->current();
  ASSERT_FALSE(identity.ok());
  EXPECT_EQ(identity.error().code(), base::ErrorCode::timeout);
}

TEST_F(ExecPluginTest, APluginThatHangsAfterItHasClosedItsOutputIsKilled) {
  ExecPlugin plugin;
  plugin.program.program = "/bin/sh";
  plugin.program.arguments = {"-c", "exec >&-; exec sleep 1000"};
  plugin.program.timeout = base::Millis(100);
  const auto identity = make_exec_identity(plugin, clock_)->current();
  ASSERT_FALSE(identity.ok());
  EXPECT_EQ(identity.error().code(), base::ErrorCode::timeout);
}

TEST_F(ExecPluginTest, APluginThatHangsIsKilledWithWhatItStarted) {
  ExecPlugin plugin;
  plugin.program.program = "/bin/sh";
  plugin.program.arguments = {"-c", fmt::format("sleep 1000 & echo $! > {0}; mv {0} {1}; wait",
                                                folder_.path("unfinished"), folder_.path("child"))};
  plugin.program.timeout = base::Millis(1'000);
  EXPECT_FALSE(make_exec_identity(plugin, clock_)->current().ok());
  pid_t child = 0;
  std::ifstream(folder_.path("child")) >> child;
  ASSERT_GT(child, 0);
  while (::kill(child, 0) == 0 && !is_zombie(child)) std::this_thread::yield();
}

TEST_F(ExecPluginTest, APluginThatPrintsWithoutEndIsKilled) {
  ExecPlugin plugin;
  plugin.program.program = "/usr/bin/yes";
  const auto identity = make_exec_identity(plugin, clock_)->current();
  ASSERT_FALSE(identity.ok());
  EXPECT_EQ(identity.error().code(), base::ErrorCode::unavailable);
}

struct BadCredential {
  const char* text;
  const char* problem;
};

TEST(DecodeExecCredential, ABadCredentialIsRefusedWithItsField) {
  const BadCredential kBad[] = {
      {"[]", "ExecCredential: is not a JSON object"},
      {R"({"kind":"Pod"})", "ExecCredential: kind must be ExecCredential"},
      {R"({"kind":"ExecCredential","apiVersion":"v0"})",
       "ExecCredential: apiVersion is \"v0\" but the kubeconfig asks for \"v1\""},
      {R"({"kind":"ExecCredential","apiVersion":"v1"})", "ExecCredential: status is missing"},
      {R"({"kind":"ExecCredential","apiVersion":"v1","status":{}})",
       "ExecCredential: status has neither token nor clientCertificateData"},
      {R"({"kind":"ExecCredential","apiVersion":"v1","status":{"clientKeyData":"a"}})",
       "ExecCredential: status must have both or neither of clientCertificateData and "
       "clientKeyData"},
      {R"({"kind":"ExecCredential","apiVersion":"v1",)"
       R"("status":{"token":"a","expirationTimestamp":"soon"}})",
       "status.expirationTimestamp: \"soon\" is not an RFC 3339 time"},
  };
  for (const BadCredential& bad : kBad) {
    const auto credential = decode_exec_credential(bad.text, "v1");
    ASSERT_FALSE(credential.ok()) << bad.text;
    EXPECT_EQ(credential.error().message(), bad.problem);
  }
}

}  // namespace
}  // namespace migadapter::kube
