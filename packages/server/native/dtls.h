// DTLS 1.2 with the keys of SRTP (RFC 5764), over a function that sends a datagram.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "srtp.h"

namespace bitbasel {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslFree>;

// With the certificate that all connections share. Throws std::runtime_error where the two do not fit.
SslContext makeDtlsContext(const std::string& certificatePem, const std::string& privateKeyPem);

// What the other side's certificate must hash to (RFC 8122).
struct Fingerprint {
  std::string algorithm;
  std::vector<uint8_t> hash;
};

// One association. Not for two threads at a time.
class Dtls {
 public:
  enum class State { handshaking, open, closed, failed };
  using SendDatagram = std::function<void(const uint8_t* data, size_t length)>;

  Dtls(SSL_CTX* context, bool isClient, Fingerprint fingerprint, SendDatagram send);
  Dtls(const Dtls&) = delete;
  Dtls& operator=(const Dtls&) = delete;

  State state() const { return state_; }
  // Sends the ClientHello, where this side is the client.
  void start();
  void receive(const uint8_t* data, size_t length);
  // Repeats what has not been answered in time. Call it every now and then while handshaking.
  void tick();
  // Says goodbye (close_notify), where there is anybody.
  void close();

  // Of an open association: the keys of what this side sends, and of what it receives.
  struct Keys {
    SrtpKey outgoing;
    SrtpKey incoming;
  };
  std::optional<Keys> exportKeys();

 private:
  static const BIO_METHOD* bioMethod();
  void advance();
  bool isExpectedPeer();

  const bool isClient_;
  const Fingerprint fingerprint_;
  const SendDatagram send_;
  State state_ = State::handshaking;
  const uint8_t* incoming_ = nullptr;
  size_t incomingLength_ = 0;
  std::unique_ptr<SSL, SslFree> ssl_;
};

}  // namespace bitbasel
