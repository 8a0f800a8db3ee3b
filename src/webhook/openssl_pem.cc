#include "webhook/openssl_pem.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <ctime>

namespace migadapter::webhook {
namespace {

using BioPointer = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;

base::Error invalid(std::string message) {
  return {base::ErrorCode::invalid_argument, std::move(message)};
}

BioPointer reader_of(std::string_view text) {
  BioPointer reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  MIGADAPTER_CHECK(reader != nullptr);
  return reader;
}

BioPointer writer() {
  BioPointer memory(BIO_new(BIO_s_mem()));
  MIGADAPTER_CHECK(memory != nullptr);
  return memory;
}

std::string written_text(BIO& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// We never ask a person for a password.
int no_password(char*, int, int, void*) {
  return -1;
}

/// OpenSSL takes any bytes for a time when it reads a certificate.
bool has_validity(const X509& certificate) {
  std::tm fields{};
  return ASN1_TIME_to_tm(X509_get0_notBefore(&certificate), &fields) == 1 &&
         ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &fields) == 1;
}

base::WallTime wall_time_of(const ASN1_TIME& time) {
  std::tm fields{};
  MIGADAPTER_CHECK(ASN1_TIME_to_tm(&time, &fields) == 1);
  return std::chrono::time_point_cast<base::Millis>(
      std::chrono::system_clock::from_time_t(timegm(&fields)));
}

}  // namespace

std::string openssl_complaint() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) {
    return "no reason given";
  }
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

base::Result<std::vector<CertificatePointer>> parse_certificates(std::string_view pem) {
  std::vector<CertificatePointer> certificates;
  const BioPointer reader = reader_of(pem);
  while (X509* next = PEM_read_bio_X509(reader.get(), nullptr, no_password, nullptr)) {
    certificates.emplace_back(next);
    if (!has_validity(*next)) {
      return invalid("holds a certificate whose notBefore or notAfter is no time");
    }
  }
  const unsigned long code = ERR_peek_last_error();
  const bool reached_end = ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  const std::string complaint = openssl_complaint();
  if (!reached_end) {
    return invalid("holds a damaged PEM certificate: " + complaint);
  }
  if (certificates.empty()) {
    return invalid("holds no PEM certificate (-----BEGIN CERTIFICATE-----)");
  }
  return certificates;
}

base::Result<KeyPointer> parse_private_key(std::string_view pem) {
  const BioPointer reader = reader_of(pem);
  KeyPointer key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_password, nullptr));
  if (key == nullptr) {
    const std::string complaint = openssl_complaint();
    return invalid("holds no PEM private key without a password: " + complaint);
  }
  return key;
}

Validity validity_of(X509& certificate) {
  return {wall_time_of(*X509_get0_notBefore(&certificate)),
          wall_time_of(*X509_get0_notAfter(&certificate))};
}

std::string to_pem(X509& certificate) {
  const BioPointer memory = writer();
  MIGADAPTER_CHECK(PEM_write_bio_X509(memory.get(), &certificate) == 1);
  return written_text(*memory);
}

std::string to_pem(EVP_PKEY& key) {
  const BioPointer memory = writer();
  MIGADAPTER_CHECK(PEM_write_bio_PKCS8PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr,
                                                 nullptr) == 1);
  return written_text(*memory);
}

}  // namespace migadapter::webhook
