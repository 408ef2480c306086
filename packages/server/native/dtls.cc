#include "dtls.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace bitbasel {
namespace {

// Fits every path that WebRTC is used on, with room for what tunnels and TURN add.
constexpr long kMtu = 1200;
// The first repetition; each one after it waits twice as long. Browsers begin with 50 ms.
constexpr unsigned kFirstTimeoutUs = 100'000;
constexpr unsigned kMaxTimeoutUs = 5'000'000;
// RFC 5764, section 4.2.
constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";

// Forward secrecy and AEAD first; the last two are for old clients (RFC 8827, section 6.5).
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
constexpr char kGroups[] = "X25519:P-256:P-384";
// The cheapest one first: whoever is server chooses.
constexpr char kProfiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";

unsigned nextTimeoutUs(SSL*, unsigned beforeUs) {
  return beforeUs == 0 ? kFirstTimeoutUs : std::min(beforeUs * 2, kMaxTimeoutUs);
}

const EVP_MD* hashNamed(const std::string& algorithm) {
  if (algorithm == "sha-1") return EVP_sha1();
  if (algorithm == "sha-224") return EVP_sha224();
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

}  // namespace

SslContext makeDtlsContext(const std::string& certificatePem, const std::string& privateKeyPem) {
  SslContext context(SSL_CTX_new(DTLS_method()));
  const auto read = [](const std::string& pem) { return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())); };
  BIO* certificateBio = read(certificatePem);
  X509* certificate = PEM_read_bio_X509(certificateBio, nullptr, nullptr, nullptr);
  BIO* keyBio = read(privateKeyPem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(keyBio, nullptr, nullptr, nullptr);
  const bool isUsable = context != nullptr && certificate != nullptr && key != nullptr &&
                        SSL_CTX_use_certificate(context.get(), certificate) == 1 &&
                        SSL_CTX_use_PrivateKey(context.get(), key) == 1 &&
                        SSL_CTX_set_cipher_list(context.get(), kCiphers) == 1 &&
                        SSL_CTX_set1_groups_list(context.get(), kGroups) == 1 &&
                        // Zero is success here, unlike everywhere else.
                        SSL_CTX_set_tlsext_use_srtp(context.get(), kProfiles) == 0;
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(certificateBio);
  BIO_free(keyBio);
  if (!isUsable) throw std::runtime_error("The DTLS certificate and its key cannot be used");
  SSL_CTX_set_min_proto_version(context.get(), DTLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Any certificate will do here: what counts is its hash, which is compared once the handshake is over.
  SSL_CTX_set_cert_verify_callback(context.get(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

Dtls::Dtls(SSL_CTX* context, bool isClient, Fingerprint fingerprint, SendDatagram send)
    : isClient_(isClient), fingerprint_(std::move(fingerprint)), send_(std::move(send)), ssl_(SSL_new(context)) {
  BIO* bio = BIO_new(bioMethod());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mtu(ssl_.get(), kMtu);
  DTLS_set_timer_cb(ssl_.get(), nextTimeoutUs);
  if (isClient_) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

// Reads the datagram that is at hand, and writes datagrams: their bounds stay what they are.
const BIO_METHOD* Dtls::bioMethod() {
  static const BIO_METHOD* const made = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    BIO_meth_set_write(method, [](BIO* bio, const char* data, int length) {
      static_cast<Dtls*>(BIO_get_data(bio))->send_(reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(length));
      return length;
    });
    BIO_meth_set_read(method, [](BIO* bio, char* out, int length) {
      auto* dtls = static_cast<Dtls*>(BIO_get_data(bio));
      BIO_clear_retry_flags(bio);
      if (dtls->incoming_ == nullptr) {
        BIO_set_retry_read(bio);
        return -1;
      }
      const size_t taken = std::min(static_cast<size_t>(length), dtls->incomingLength_);
      std::memcpy(out, dtls->incoming_, taken);
      dtls->incoming_ = nullptr;
      return static_cast<int>(taken);
    });
    BIO_meth_set_ctrl(method, [](BIO*, int command, long, void*) -> long {
      if (command == BIO_CTRL_FLUSH) return 1;
      if (command == BIO_CTRL_DGRAM_QUERY_MTU || command == BIO_CTRL_DGRAM_GET_FALLBACK_MTU) return kMtu;
      return 0;
    });
    return method;
  }();
  return made;
}

void Dtls::start() { advance(); }

void Dtls::receive(const uint8_t* data, size_t length) {
  incoming_ = data;
  incomingLength_ = length;
  advance();
  incoming_ = nullptr;
}

void Dtls::tick() {
  if (state_ != State::handshaking) return;
  ERR_clear_error();
  // Too many repetitions: nobody is there any more.
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) state_ = State::failed;
}

void Dtls::close() {
  if (state_ == State::open) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  if (state_ != State::failed) state_ = State::closed;
}

void Dtls::advance() {
  if (state_ == State::closed || state_ == State::failed) return;
  // The queue of errors is the thread's, and SSL_get_error goes by it.
  ERR_clear_error();
  int result = 0;
  if (state_ == State::handshaking) {
    result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      state_ = isExpectedPeer() ? State::open : State::failed;
      if (state_ == State::failed) SSL_shutdown(ssl_.get());
      return;
    }
  } else {
    // No data is expected: this takes alerts, and repeats the last flight where the other side missed it.
    uint8_t ignored[256];
    result = SSL_read(ssl_.get(), ignored, sizeof ignored);
    if (result > 0) return;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_ZERO_RETURN) state_ = State::closed;
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) state_ = state_ == State::open ? State::closed : State::failed;
}

bool Dtls::isExpectedPeer() {
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  const EVP_MD* hash = hashNamed(fingerprint_.algorithm);
  if (certificate == nullptr || hash == nullptr) return false;
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (X509_digest(certificate, hash, digest, &length) != 1 || length != fingerprint_.hash.size()) return false;
  return CRYPTO_memcmp(digest, fingerprint_.hash.data(), length) == 0;
}

std::optional<Dtls::Keys> Dtls::exportKeys() {
  const SRTP_PROTECTION_PROFILE* selected = SSL_get_selected_srtp_profile(ssl_.get());
  if (selected == nullptr) return {};
  const auto profile = static_cast<SrtpProfile>(selected->id);
  const size_t keyBytes = srtpKeyBytes(profile);
  const size_t saltBytes = srtpSaltBytes(profile);
  std::vector<uint8_t> material(2 * (keyBytes + saltBytes));
  if (SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kExporterLabel.data(),
                                 kExporterLabel.size(), nullptr, 0, 0) != 1)
    return {};
  // Both keys, then both salts, the client's first each time (RFC 5764, section 4.2).
  const auto keyOf = [&](size_t side) {
    const auto key = material.begin() + static_cast<ptrdiff_t>(side * keyBytes);
    const auto salt = material.begin() + static_cast<ptrdiff_t>(2 * keyBytes + side * saltBytes);
    SrtpKey made{.profile = profile, .bytes = {}};
    made.bytes.assign(key, key + static_cast<ptrdiff_t>(keyBytes));
    made.bytes.insert(made.bytes.end(), salt, salt + static_cast<ptrdiff_t>(saltBytes));
    return made;
  };
  const SrtpKey client = keyOf(0);
  const SrtpKey server = keyOf(1);
  return isClient_ ? Keys{.outgoing = client, .incoming = server} : Keys{.outgoing = server, .incoming = client};
}

}  // namespace bitbasel
