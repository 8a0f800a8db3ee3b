#include "webhook/authority_rotation.h"

#include <gtest/gtest.h>

#include "webhook/certificate_bundle.h"

namespace migadapter::webhook {
namespace {

using namespace std::chrono_literals;

constexpr CertificateLifetimes kLifetimes{.authority = 90min, .leaf = 9min};
const base::WallTime kStart{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};

/// The acting controller, its Secret and the API server's bundle, without any of them.
class Rotation : public testing::Test {
 protected:
  AuthoritySet round(base::Millis trusted_for = 0ms) {
    RotationView view{stored_, registered_, trusted_for, now_};
    auto wanted = rotate(view, kLifetimes,
                         [this] { return make_certificate_authority(now_, kLifetimes.authority); });
    MIGADAPTER_CHECK(wanted.ok());
    stored_ = *wanted;
    registered_ = bundle_of(*stored_);
    return *wanted;
  }
  /// Makes the first CA and lets it sign.
  CertificateAuthority first() {
    round();
    return *round(trust_patience(kLifetimes)).signing;
  }
  bool trusts(const CertificateAuthority& authority) const {
    return registered_.find(authority.certificate_pem) != std::string::npos;
  }

  base::WallTime now_ = kStart;
  std::optional<AuthoritySet> stored_;
  std::string registered_;
};

TEST_F(Rotation, TheFirstAuthoritySignsOnceItIsSurelyTrusted) {
  const AuthoritySet made = round();
  ASSERT_TRUE(made.next);
  EXPECT_FALSE(made.signing);
  EXPECT_TRUE(trusts(*made.next));
  EXPECT_EQ(round(trust_patience(kLifetimes) - 1ms), made);
  const AuthoritySet settled = round(trust_patience(kLifetimes));
  EXPECT_EQ(settled.signing, made.next);
  EXPECT_FALSE(settled.next);
  EXPECT_EQ(settled.retired_pem, "");
}

TEST_F(Rotation, NothingChangesUntilTwoThirdsOfTheAuthoritysLifeAreOver) {
  first();
  const AuthoritySet before = *stored_;
  now_ = kStart + 60min - 1s;
  EXPECT_EQ(round(1h), before);
  now_ = kStart + 60min;
  EXPECT_TRUE(round(1h).next);
}

TEST_F(Rotation, TheOldAuthorityIsTrustedUntilItsLastLeafHasEnded) {
  const CertificateAuthority old = first();
  now_ = kStart + 61min;
  const CertificateAuthority next = *round().next;
  EXPECT_TRUE(trusts(old) && trusts(next));
  now_ += 3min;
  EXPECT_EQ(round(3min).signing, next);
  EXPECT_TRUE(trusts(old) && trusts(next)) << "leaves of the old one are still served";
  now_ += kLifetimes.leaf;
  round(1h);
  EXPECT_TRUE(trusts(old)) << "some replica may have signed before it had read the news";
  now_ += 1min;
  round(1h);
  EXPECT_FALSE(trusts(old));
  EXPECT_TRUE(trusts(next));
}

TEST_F(Rotation, ALostSecretKeepsWhatTheApiServerTrusts) {
  const CertificateAuthority lost = first();
  stored_.reset();
  const AuthoritySet made = round();
  EXPECT_FALSE(made.signing) << "leaves of the lost one are served until the new one is trusted";
  EXPECT_TRUE(trusts(lost) && trusts(*made.next));
}

TEST_F(Rotation, EndedAuthoritiesAreReplacedAtOnce) {
  const CertificateAuthority old = first();
  now_ += 100 * kLifetimes.authority;
  const AuthoritySet made = round(1h);
  EXPECT_FALSE(made.signing);
  ASSERT_TRUE(made.next);
  EXPECT_FALSE(trusts(old));
}

TEST_F(Rotation, AClockThatWentBackChangesNothing) {
  first();
  const AuthoritySet before = *stored_;
  now_ -= 24h;
  EXPECT_EQ(round(1h), before);
}

TEST_F(Rotation, TheSecretsDataComesBackAsItWas) {
  first();
  now_ = kStart + 61min;
  round();
  round(3min);
  now_ = kStart + 62min;
  for (const AuthoritySet& set : {*stored_, round(), AuthoritySet{{}, stored_->signing, "", {}}}) {
    const auto read = decode_authorities(encode_authorities(set));
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(*read, set);
  }
}

TEST_F(Rotation, DamagedDataIsNamedByItsKeyAndNeverQuoted) {
  SecretData data = encode_authorities({first(), std::nullopt, "", {}});
  const std::string key = data["tls.key"];
  data["tls.key"] = "hush";
  EXPECT_EQ(decode_authorities(data).error().message().find(
                "tls.crt and tls.key: the key holds no PEM private key"),
            0U);
  data["tls.key"] = make_certificate_authority(now_)->key_pem;
  EXPECT_EQ(decode_authorities(data).error().message(),
            "tls.crt and tls.key: the key does not belong to the certificate");
  data = encode_authorities({stored_->signing, std::nullopt, "", {}});
  data["tls.crt"] = issue_certificate(*stored_->signing, {"a"}, now_)->chain_pem;
  EXPECT_EQ(decode_authorities(data).error().message(),
            "tls.crt and tls.key: the certificate is not one of a certificate authority");
  EXPECT_EQ(decode_authorities({{"ca.crt", "a"}}).error().message(),
            "holds no certificate authority (tls.crt and tls.key)");
}

/// A replica's leaf by an authority.
Leaf leaf_of(const CertificateAuthority& authority, base::WallTime now) {
  const auto leaf = issue_certificate(authority, {"localhost"}, now, kLifetimes.leaf);
  return {authority.certificate_pem, *validity_of(leaf->chain_pem)};
}

TEST_F(Rotation, AReplicaWithoutALeafSignsByWhatIsThere) {
  round();
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, std::nullopt, now_), stored_->next);
  round(1h);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, std::nullopt, now_), stored_->signing);
}

TEST_F(Rotation, ALeafIsKeptForTwoThirdsOfItsLife) {
  const Leaf leaf = leaf_of(first(), now_);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_ + 6min - 1s), std::nullopt);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_ + 6min), stored_->signing);
}

TEST_F(Rotation, ALeafIsReplacedOnceTheNextAuthoritySigns) {
  const Leaf leaf = leaf_of(first(), kStart + 61min);
  now_ = kStart + 61min;
  round();
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_), std::nullopt);
  round(1h);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_), stored_->signing);
}

TEST_F(Rotation, ALeafOfALostSecretIsServedUntilTheNewAuthoritySigns) {
  const Leaf leaf = leaf_of(first(), now_);
  stored_.reset();
  round();
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_ + 8min), std::nullopt);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_ + 9min), stored_->next) << "it has ended";
  round(1h);
  EXPECT_EQ(*issuer_of_next_leaf(*stored_, leaf, now_), stored_->signing);
}

TEST_F(Rotation, WithNothingToSignWithTheReplicaWaits) {
  first();
  EXPECT_FALSE(issuer_of_next_leaf(*stored_, std::nullopt, now_ + 2 * kLifetimes.authority).ok());
}

TEST_F(Rotation, ALeafNeverOutlivesItsAuthority) {
  const CertificateAuthority authority = first();
  const Leaf leaf = leaf_of(authority, now_ + kLifetimes.authority - 1min);
  EXPECT_EQ(leaf.validity.end, validity_of(authority.certificate_pem)->end);
}

/// Two hundred days, ten authorities, and replicas that look now and then.
TEST_F(Rotation, NoLeafIsEverServedThatIsNotTrusted) {
  constexpr CertificateLifetimes kDays{.authority = std::chrono::days(30),
                                       .leaf = std::chrono::days(7)};
  std::optional<Leaf> replicas[3];
  base::WallTime next_since = now_;
  for (int hour = 0; hour < 200 * 24; hour += 7, now_ += 7h) {
    const RotationView view{stored_, registered_, now_ - next_since, now_};
    const auto wanted = rotate(view, kDays, [&] {
      next_since = now_;
      return make_certificate_authority(now_, kDays.authority);
    });
    ASSERT_TRUE(wanted.ok());
    stored_ = *wanted;
    registered_ = bundle_of(*stored_);
    std::optional<Leaf>& looking = replicas[hour / 7 % 3];
    const auto issuer = issuer_of_next_leaf(*stored_, looking, now_);
    ASSERT_TRUE(issuer.ok());
    if (*issuer) {
      const auto leaf = issue_certificate(**issuer, {"localhost"}, now_, kDays.leaf);
      looking = Leaf{(*issuer)->certificate_pem, *validity_of(leaf->chain_pem)};
    }
    for (const auto& replica : replicas) {
      if (!replica) continue;
      EXPECT_NE(registered_.find(replica->issuer_pem), std::string::npos) << "hour " << hour;
      EXPECT_LT(now_, replica->validity.end) << "hour " << hour;
    }
  }
}

}  // namespace
}  // namespace migadapter::webhook
