#include "webhook/certificates.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "webhook/openssl_pem.h"

namespace migadapter::webhook {
namespace {

using StorePointer = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using VerifierPointer = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

constexpr std::chrono::days kDay{1};

base::WallTime today() {
  return base::SystemClock().wall();
}

/// A folder that is gone when the test ends.
class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "certificates-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
  }
  /// Runs a bash script in the folder; whether it succeeded.
  bool run(const std::string& script) const {
    write("script.sh", "set -euo pipefail; cd '" + path_ + "'; exec 2>openssl.log\n" + script);
    return std::system(("bash " + path_ + "/script.sh").c_str()) == 0;
  }

 private:
  std::string path_;
};

/// "ok" or OpenSSL's complaint about `chain_pem` for the host, seen by one who trusts `ca_pem`.
std::string verify(const std::string& ca_pem, const std::string& chain_pem,
                   const std::string& host) {
  const auto authorities = parse_certificates(ca_pem);
  const auto chain = parse_certificates(chain_pem);
  const StorePointer store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authorities->front().get());
  const VerifierPointer verifier(X509_STORE_CTX_new());
  X509_STORE_CTX_init(verifier.get(), store.get(), chain->front().get(), nullptr);
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(verifier.get());
  X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_X509_STRICT);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  }
  if (X509_verify_cert(verifier.get()) == 1) {
    return "ok";
  }
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(verifier.get()));
}

std::string load_error(const Folder& folder, base::WallTime now = today()) {
  const auto loaded = load_certificate(folder.path(), now);
  if (loaded) {
    return "loaded";
  }
  std::string message = loaded.error().message();
  for (std::size_t at; (at = message.find(folder.path())) != std::string::npos;) {
    message.replace(at, folder.path().size(), "DIR");
  }
  return message;
}

void write_pair(const Folder& folder, const ServerCertificate& certificate) {
  folder.write("tls.crt", certificate.chain_pem);
  folder.write("tls.key", certificate.key_pem);
}

TEST(Certificates, ALeafIsTrustedForEachOfItsHostsAndNoOther) {
  const auto authority = make_certificate_authority(today());
  const auto leaf = issue_certificate(
      *authority, {"mig-adapter.mig-adapter.svc", "192.168.2.14", "fd00::14"}, today());
  ASSERT_TRUE(leaf.ok());
  const std::string& ca = authority->certificate_pem;
  EXPECT_EQ(verify(ca, leaf->chain_pem, "mig-adapter.mig-adapter.svc"), "ok");
  EXPECT_EQ(verify(ca, leaf->chain_pem, "192.168.2.14"), "ok");
  EXPECT_EQ(verify(ca, leaf->chain_pem, "fd00::14"), "ok");
  EXPECT_EQ(verify(ca, leaf->chain_pem, "192.168.2.15"), "IP address mismatch");
  EXPECT_EQ(verify(ca, leaf->chain_pem, "other.mig-adapter.svc"), "hostname mismatch");
}

TEST(Certificates, AnotherAuthorityOfTheSameNameDoesNotVouchForTheLeaf) {
  const auto authority = make_certificate_authority(today());
  const auto other = make_certificate_authority(today());
  const auto leaf = issue_certificate(*authority, {"localhost"}, today());
  EXPECT_NE(verify(other->certificate_pem, leaf->chain_pem, "localhost"), "ok");
}

TEST(Certificates, TheLeafHoldsAnHourBeforeNowAndForAWeek) {
  const auto authority = make_certificate_authority(today());
  const auto leaf = issue_certificate(*authority, {"localhost"}, today());
  const Folder folder;
  write_pair(folder, *leaf);
  EXPECT_EQ(load_error(folder, today() - std::chrono::minutes(59)), "loaded");
  EXPECT_EQ(load_error(folder, today() + 6 * kDay), "loaded");
  EXPECT_GT(validity_of(leaf->chain_pem)->end, today() + 6 * kDay);
  EXPECT_LT(validity_of(leaf->chain_pem)->end, today() + 8 * kDay);
}

TEST(Certificates, AHostThatIsNoNameIsRefused) {
  const auto authority = make_certificate_authority(today());
  for (const std::string host : {"", "a b", "a,DNS:b", "a\nb", "https://a"}) {
    EXPECT_FALSE(issue_certificate(*authority, {host}, today()).ok()) << host;
  }
}

TEST(Certificates, ErrorsNameTheFileAndTheProblem) {
  const auto authority = make_certificate_authority(today());
  const auto leaf = issue_certificate(*authority, {"localhost"}, today());
  const Folder folder;
  EXPECT_EQ(load_error(folder), "DIR/tls.crt: No such file or directory");
  folder.write("tls.crt", "nothing");
  EXPECT_EQ(load_error(folder),
            "DIR/tls.crt: holds no PEM certificate (-----BEGIN CERTIFICATE-----)");
  folder.write("tls.crt", leaf->chain_pem);
  EXPECT_EQ(load_error(folder), "DIR/tls.key: No such file or directory");
  folder.write("tls.key", "nothing");
  EXPECT_TRUE(load_error(folder).starts_with("DIR/tls.key: holds no PEM private key"));
  folder.write("tls.key", authority->key_pem);
  EXPECT_EQ(load_error(folder),
            "DIR/tls.key: is not the key of the first certificate of DIR/tls.crt");
}

TEST(Certificates, DamagedAndOversizedFilesAreRefused) {
  const Folder folder;
  folder.write("tls.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_TRUE(load_error(folder).starts_with("DIR/tls.crt: holds a damaged PEM certificate"));
  folder.write("tls.crt", std::string(2 * 1024 * 1024, 'a'));
  EXPECT_EQ(load_error(folder), "DIR/tls.crt: is larger than any certificate (1 MiB)");
}

TEST(Certificates, ExpiredAndFutureCertificatesAreRefusedWithTheirDates) {
  const auto moment = base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  const auto authority = make_certificate_authority(moment);
  const Folder folder;
  write_pair(folder, *issue_certificate(*authority, {"localhost"}, moment));
  EXPECT_EQ(load_error(folder, moment - 2 * kDay),
            "DIR/tls.crt: is not valid before 2026-02-28T23:00:00Z");
  EXPECT_EQ(load_error(folder, moment + 400 * kDay),
            "DIR/tls.crt: expired at 2026-03-08T00:00:00Z");
}

TEST(Certificates, TheManualStepsOfTheWalkthroughLoad) {
  const Folder folder;
  ASSERT_TRUE(folder.run(R"(
openssl genrsa -out ca.key 2048
openssl req -new -x509 -days 365 -key ca.key -subj "/C=AU/CN=simple-kubernetes-webhook" -out ca.crt
openssl req -newkey rsa:2048 -nodes -keyout server.key \
  -subj "/C=AU/CN=simple-kubernetes-webhook" -out server.csr
cp server.key tls.key
openssl x509 -req -extfile <(printf "subjectAltName=IP:192.168.2.14") -days 365 -in server.csr \
  -CA ca.crt -CAkey ca.key -CAcreateserial -out tls.crt
)"));
  const auto loaded = load_certificate(folder.path(), today() + kDay);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  const auto bundle = load_ca_bundle(folder.path());
  ASSERT_TRUE(bundle.ok());
  EXPECT_EQ(parse_certificates(*bundle)->size(), 1U);
  EXPECT_NE(*bundle, loaded->chain_pem);
}

TEST(Certificates, WithoutCaFileTheEndOfTheChainIsTheBundle) {
  const auto authority = make_certificate_authority(today());
  const auto leaf = issue_certificate(*authority, {"localhost"}, today());
  const Folder folder;
  folder.write("tls.crt", leaf->chain_pem + authority->certificate_pem);
  EXPECT_EQ(*load_ca_bundle(folder.path()), authority->certificate_pem);
  folder.write("ca.crt", "nothing");
  EXPECT_FALSE(load_ca_bundle(folder.path()).ok());
}

}  // namespace
}  // namespace migadapter::webhook
