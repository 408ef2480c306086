// SRTP and SRTCP (RFC 3711), with the profiles that WebRTC endpoints have in common: AEAD with AES-GCM (RFC 7714), and
// AES_CM_128_HMAC_SHA1_80, which all must know (RFC 8827, section 6.5).
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bitbasel {

// The numbers of the IANA registry "DTLS-SRTP Protection Profiles".
enum class SrtpProfile : uint16_t { aesCm128HmacSha1_80 = 1, aeadAes128Gcm = 7, aeadAes256Gcm = 8 };

struct SrtpKey {
  SrtpProfile profile = SrtpProfile::aeadAes128Gcm;
  // Master key and master salt, one after the other.
  std::vector<uint8_t> bytes;
};

size_t srtpKeyBytes(SrtpProfile profile);
size_t srtpSaltBytes(SrtpProfile profile);
size_t srtpTagBytes(SrtpProfile profile);

// What protection adds to a packet at most: a tag, and the index of SRTCP.
constexpr size_t kMaxSrtpOverhead = 16 + 4;

// The length of an RTP header with its CSRCs and its extension; 0 where the packet is too short for what it says.
size_t rtpHeaderBytes(const uint8_t* packet, size_t length);

// RTP and RTCP share a port; 192 to 223 in the second byte is RTCP (RFC 5761, section 4).
inline bool isRtcp(const uint8_t* packet) { return packet[1] >= 192 && packet[1] <= 223; }

// The 48 bit index of a packet with this sequence number (RFC 3711, section 3.3.1); a stream begins with the first.
struct RolloverCounter {
  bool isStarted = false;
  uint16_t highest = 0;
  uint32_t rollovers = 0;

  // Negative before the stream's beginning.
  int64_t indexOf(uint16_t sequence) const;
  void advance(int64_t index);
};

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct MacFree {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// The session keys of either SRTP or SRTCP in one direction, ready for use. Not for two threads at a time.
class SrtpCipher {
 public:
  enum class Kind { rtp, rtcp };

  SrtpCipher(const SrtpKey& key, Kind kind, bool encrypts);

  // Encrypts `length` bytes and writes the tag of `aad` and them behind. Both may be the same place.
  bool seal(const uint8_t* nonce, const uint8_t* aad, size_t aadLength, const uint8_t* in, size_t length, uint8_t* out);
  // Decrypts in place; false where the tag, the last bytes, says that this is not what was sent.
  bool open(const uint8_t* nonce, const uint8_t* aad, size_t aadLength, uint8_t* data, size_t length);
  // Counter mode, both ways.
  bool crypt(const uint8_t* iv, const uint8_t* in, size_t length, uint8_t* out);
  // HMAC-SHA1 of both parts, cut to 80 bits.
  bool authenticate(const uint8_t* data, size_t length, const uint8_t* more, size_t moreLength, uint8_t* tag);

  const std::array<uint8_t, 16>& salt() const { return salt_; }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, CipherFree> cipher_;
  std::unique_ptr<EVP_MAC_CTX, MacFree> mac_;
  std::array<uint8_t, 16> salt_{};
};

// Protects what is sent.
class SrtpSender {
 public:
  explicit SrtpSender(const SrtpKey& key);

  // Writes the protected packet; `out` has room for `kMaxSrtpOverhead` more. Returns its length, 0 where it cannot.
  size_t protect(const uint8_t* packet, size_t length, uint8_t* out);

 private:
  struct Stream {
    uint32_t ssrc = 0;
    RolloverCounter counter;
    uint32_t rtcpIndex = 0;
  };

  size_t protectRtp(const uint8_t* packet, size_t length, uint8_t* out);
  size_t protectRtcp(const uint8_t* packet, size_t length, uint8_t* out);
  Stream& stream(uint32_t ssrc);

  SrtpProfile profile_;
  SrtpCipher rtp_;
  SrtpCipher rtcp_;
  std::vector<Stream> streams_;
};

// Opens what has come, and keeps what comes twice away.
class SrtpReceiver {
 public:
  explicit SrtpReceiver(const SrtpKey& key);

  // In place. Returns the length of the plain packet, 0 where it is not authentic, is too old, or has been here before.
  size_t unprotect(uint8_t* packet, size_t length);

 private:
  // The last packets that have come, by index (RFC 3711, section 3.3.2).
  struct ReplayWindow {
    static constexpr int64_t kSize = 1024;
    int64_t highest = -1;
    std::array<uint64_t, kSize / 64> seen{};

    bool isNew(int64_t index) const;
    void add(int64_t index);
  };
  struct Stream {
    uint32_t ssrc = 0;
    RolloverCounter counter;
    ReplayWindow rtp;
    ReplayWindow rtcp;
  };

  size_t unprotectRtp(uint8_t* packet, size_t length);
  size_t unprotectRtcp(uint8_t* packet, size_t length);
  Stream* find(uint32_t ssrc);
  Stream* findOrAdd(uint32_t ssrc);

  SrtpProfile profile_;
  SrtpCipher rtp_;
  SrtpCipher rtcp_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace bitbasel
