#include "srtp.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "bytes.h"

namespace bitbasel {
namespace {

constexpr size_t kAuthenticationKeyBytes = 20;
constexpr size_t kSha1TagBytes = 10;
constexpr size_t kGcmTagBytes = 16;
constexpr size_t kGcmNonceBytes = 12;
constexpr size_t kRtpHeaderBytes = 12;
constexpr size_t kRtcpHeaderBytes = 8;
constexpr size_t kRtcpIndexBytes = 4;
constexpr uint32_t kEncryptedFlag = 0x80000000U;
// Of one sender; nobody who means well has so many.
constexpr size_t kMaxStreams = 256;

bool isGcm(SrtpProfile profile) { return profile != SrtpProfile::aesCm128HmacSha1_80; }

// A session key: AES in counter mode over zeros, from the label and the salt (RFC 3711, section 4.3.3). A salt of 12 bytes
// is one of 14 with zeros behind it (RFC 7714, section 11).
std::vector<uint8_t> deriveKey(const SrtpKey& master, uint8_t label, size_t length) {
  const size_t keyBytes = srtpKeyBytes(master.profile);
  std::array<uint8_t, 16> iv{};
  std::copy_n(master.bytes.begin() + static_cast<ptrdiff_t>(keyBytes), srtpSaltBytes(master.profile), iv.begin());
  iv[7] ^= label;
  const std::vector<uint8_t> zeros(length);
  std::vector<uint8_t> derived(length);
  const std::unique_ptr<EVP_CIPHER_CTX, CipherFree> context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* cipher = keyBytes == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  int written = 0;
  if (EVP_EncryptInit_ex(context.get(), cipher, nullptr, master.bytes.data(), iv.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), derived.data(), &written, zeros.data(), static_cast<int>(length)) != 1)
    throw std::runtime_error("SRTP keys cannot be derived");
  return derived;
}

// RFC 7714, sections 8.1 and 9.1: what tells packets apart, over the salt.
std::array<uint8_t, 16> gcmNonce(const SrtpCipher& cipher, uint32_t ssrc, uint64_t index) {
  std::array<uint8_t, 16> nonce{};
  write32(nonce.data() + 2, ssrc);
  for (size_t byte = 0; byte < 6; byte += 1) nonce[6 + byte] = static_cast<uint8_t>(index >> (40 - 8 * byte));
  for (size_t byte = 0; byte < kGcmNonceBytes; byte += 1) nonce[byte] ^= cipher.salt()[byte];
  return nonce;
}

// RFC 3711, section 4.1.1.
std::array<uint8_t, 16> counterIv(const SrtpCipher& cipher, uint32_t ssrc, uint64_t index) {
  std::array<uint8_t, 16> iv = cipher.salt();
  for (size_t byte = 0; byte < 4; byte += 1) iv[4 + byte] ^= static_cast<uint8_t>(ssrc >> (24 - 8 * byte));
  for (size_t byte = 0; byte < 6; byte += 1) iv[8 + byte] ^= static_cast<uint8_t>(index >> (40 - 8 * byte));
  return iv;
}

}  // namespace

size_t srtpKeyBytes(SrtpProfile profile) { return profile == SrtpProfile::aeadAes256Gcm ? 32 : 16; }

size_t srtpSaltBytes(SrtpProfile profile) { return isGcm(profile) ? 12 : 14; }

size_t srtpTagBytes(SrtpProfile profile) { return isGcm(profile) ? kGcmTagBytes : kSha1TagBytes; }

size_t rtpHeaderBytes(const uint8_t* packet, size_t length) {
  if (length < kRtpHeaderBytes) return 0;
  size_t header = kRtpHeaderBytes + size_t{4} * (packet[0] & 0x0f);
  if ((packet[0] & 0x10) != 0) {
    if (length < header + 4) return 0;
    header += 4 + size_t{4} * read16(packet + header + 2);
  }
  return header <= length ? header : 0;
}

int64_t RolloverCounter::indexOf(uint16_t sequence) const {
  if (!isStarted) return sequence;
  int64_t rollover = rollovers;
  if (highest < 0x8000 && sequence - highest > 0x8000) rollover -= 1;
  if (highest >= 0x8000 && highest - 0x8000 > sequence) rollover += 1;
  return rollover * 0x10000 + sequence;
}

void RolloverCounter::advance(int64_t index) {
  if (isStarted && index <= int64_t{rollovers} * 0x10000 + highest) return;
  isStarted = true;
  highest = static_cast<uint16_t>(index);
  rollovers = static_cast<uint32_t>(index >> 16);
}

SrtpCipher::SrtpCipher(const SrtpKey& key, Kind kind, bool encrypts) : cipher_(EVP_CIPHER_CTX_new()) {
  if (key.bytes.size() != srtpKeyBytes(key.profile) + srtpSaltBytes(key.profile))
    throw std::invalid_argument("An SRTP key of another length");
  // RFC 3711, sections 4.3.1 and 4.3.2: the labels of SRTP, and those of SRTCP.
  const uint8_t label = kind == Kind::rtp ? 0 : 3;
  const auto session = deriveKey(key, label, srtpKeyBytes(key.profile));
  const auto salt = deriveKey(key, label + 2, srtpSaltBytes(key.profile));
  std::copy(salt.begin(), salt.end(), salt_.begin());
  const EVP_CIPHER* algorithm = EVP_aes_128_ctr();
  if (key.profile == SrtpProfile::aeadAes128Gcm) algorithm = EVP_aes_128_gcm();
  if (key.profile == SrtpProfile::aeadAes256Gcm) algorithm = EVP_aes_256_gcm();
  const bool isForward = encrypts || !isGcm(key.profile);
  if (EVP_CipherInit_ex(cipher_.get(), algorithm, nullptr, session.data(), nullptr, isForward ? 1 : 0) != 1)
    throw std::runtime_error("No cipher for SRTP");
  if (isGcm(key.profile)) return;
  const auto secret = deriveKey(key, label + 1, kAuthenticationKeyBytes);
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  mac_.reset(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);
  char digest[] = "SHA1";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  if (mac_ == nullptr || EVP_MAC_init(mac_.get(), secret.data(), secret.size(), parameters) != 1)
    throw std::runtime_error("No HMAC for SRTP");
}

bool SrtpCipher::seal(const uint8_t* nonce, const uint8_t* aad, size_t aadLength, const uint8_t* in, size_t length,
                      uint8_t* out) {
  int written = 0;
  EVP_CIPHER_CTX* context = cipher_.get();
  if (EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce) != 1) return false;
  if (EVP_EncryptUpdate(context, nullptr, &written, aad, static_cast<int>(aadLength)) != 1) return false;
  if (length > 0 && EVP_EncryptUpdate(context, out, &written, in, static_cast<int>(length)) != 1) return false;
  if (EVP_EncryptFinal_ex(context, out + length, &written) != 1) return false;
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes, out + length) == 1;
}

bool SrtpCipher::open(const uint8_t* nonce, const uint8_t* aad, size_t aadLength, uint8_t* data, size_t length) {
  if (length < kGcmTagBytes) return false;
  const size_t plain = length - kGcmTagBytes;
  int written = 0;
  EVP_CIPHER_CTX* context = cipher_.get();
  if (EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce) != 1) return false;
  if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes, data + plain) != 1) return false;
  if (EVP_DecryptUpdate(context, nullptr, &written, aad, static_cast<int>(aadLength)) != 1) return false;
  if (plain > 0 && EVP_DecryptUpdate(context, data, &written, data, static_cast<int>(plain)) != 1) return false;
  return EVP_DecryptFinal_ex(context, data + plain, &written) == 1;
}

bool SrtpCipher::crypt(const uint8_t* iv, const uint8_t* in, size_t length, uint8_t* out) {
  int written = 0;
  if (EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, iv) != 1) return false;
  return length == 0 || EVP_EncryptUpdate(cipher_.get(), out, &written, in, static_cast<int>(length)) == 1;
}

bool SrtpCipher::authenticate(const uint8_t* data, size_t length, const uint8_t* more, size_t moreLength, uint8_t* tag) {
  std::array<uint8_t, 20> digest{};
  size_t written = 0;
  // Without a key it begins anew with the one it has.
  if (EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) != 1) return false;
  if (EVP_MAC_update(mac_.get(), data, length) != 1) return false;
  if (moreLength > 0 && EVP_MAC_update(mac_.get(), more, moreLength) != 1) return false;
  if (EVP_MAC_final(mac_.get(), digest.data(), &written, digest.size()) != 1) return false;
  std::copy_n(digest.begin(), kSha1TagBytes, tag);
  return true;
}

SrtpSender::SrtpSender(const SrtpKey& key)
    : profile_(key.profile), rtp_(key, SrtpCipher::Kind::rtp, true), rtcp_(key, SrtpCipher::Kind::rtcp, true) {}

size_t SrtpSender::protect(const uint8_t* packet, size_t length, uint8_t* out) {
  if (length < kRtcpHeaderBytes) return 0;
  return isRtcp(packet) ? protectRtcp(packet, length, out) : protectRtp(packet, length, out);
}

SrtpSender::Stream& SrtpSender::stream(uint32_t ssrc) {
  for (Stream& each : streams_) {
    if (each.ssrc == ssrc) return each;
  }
  return streams_.emplace_back(Stream{.ssrc = ssrc, .counter = {}});
}

size_t SrtpSender::protectRtp(const uint8_t* packet, size_t length, uint8_t* out) {
  const size_t header = rtpHeaderBytes(packet, length);
  if (header == 0) return 0;
  const uint32_t ssrc = read32(packet + 8);
  RolloverCounter& counter = stream(ssrc).counter;
  // Repeated from before the beginning of the stream: there is no index for it.
  const int64_t index = counter.indexOf(read16(packet + 2));
  if (index < 0) return 0;
  counter.advance(index);
  std::memcpy(out, packet, header);
  const uint8_t* payload = packet + header;
  const size_t payloadBytes = length - header;
  const auto wholeIndex = static_cast<uint64_t>(index);
  if (isGcm(profile_)) {
    const auto nonce = gcmNonce(rtp_, ssrc, wholeIndex);
    return rtp_.seal(nonce.data(), packet, header, payload, payloadBytes, out + header) ? length + kGcmTagBytes : 0;
  }
  const auto iv = counterIv(rtp_, ssrc, wholeIndex);
  std::array<uint8_t, 4> rollover{};
  write32(rollover.data(), static_cast<uint32_t>(wholeIndex >> 16));
  const bool isDone = rtp_.crypt(iv.data(), payload, payloadBytes, out + header) &&
                      rtp_.authenticate(out, length, rollover.data(), rollover.size(), out + length);
  return isDone ? length + kSha1TagBytes : 0;
}

size_t SrtpSender::protectRtcp(const uint8_t* packet, size_t length, uint8_t* out) {
  const uint32_t ssrc = read32(packet + 4);
  uint32_t& index = stream(ssrc).rtcpIndex;
  index = (index + 1) & ~kEncryptedFlag;
  std::memcpy(out, packet, kRtcpHeaderBytes);
  const uint8_t* payload = packet + kRtcpHeaderBytes;
  const size_t payloadBytes = length - kRtcpHeaderBytes;
  std::array<uint8_t, kRtcpHeaderBytes + kRtcpIndexBytes> aad{};
  std::memcpy(aad.data(), packet, kRtcpHeaderBytes);
  write32(aad.data() + kRtcpHeaderBytes, index | kEncryptedFlag);
  if (isGcm(profile_)) {
    const auto nonce = gcmNonce(rtcp_, ssrc, index);
    if (!rtcp_.seal(nonce.data(), aad.data(), aad.size(), payload, payloadBytes, out + kRtcpHeaderBytes)) return 0;
    write32(out + length + kGcmTagBytes, index | kEncryptedFlag);
    return length + kGcmTagBytes + kRtcpIndexBytes;
  }
  const auto iv = counterIv(rtcp_, ssrc, index);
  if (!rtcp_.crypt(iv.data(), payload, payloadBytes, out + kRtcpHeaderBytes)) return 0;
  write32(out + length, index | kEncryptedFlag);
  const size_t covered = length + kRtcpIndexBytes;
  return rtcp_.authenticate(out, covered, nullptr, 0, out + covered) ? covered + kSha1TagBytes : 0;
}

SrtpReceiver::SrtpReceiver(const SrtpKey& key)
    : profile_(key.profile), rtp_(key, SrtpCipher::Kind::rtp, false), rtcp_(key, SrtpCipher::Kind::rtcp, false) {}

size_t SrtpReceiver::unprotect(uint8_t* packet, size_t length) {
  if (length < kRtcpHeaderBytes) return 0;
  return isRtcp(packet) ? unprotectRtcp(packet, length) : unprotectRtp(packet, length);
}

SrtpReceiver::Stream* SrtpReceiver::find(uint32_t ssrc) {
  for (const auto& each : streams_) {
    if (each->ssrc == ssrc) return each.get();
  }
  return nullptr;
}

SrtpReceiver::Stream* SrtpReceiver::findOrAdd(uint32_t ssrc) {
  if (Stream* found = find(ssrc)) return found;
  if (streams_.size() >= kMaxStreams) return nullptr;
  streams_.push_back(std::make_unique<Stream>());
  streams_.back()->ssrc = ssrc;
  return streams_.back().get();
}

size_t SrtpReceiver::unprotectRtp(uint8_t* packet, size_t length) {
  const size_t tagBytes = srtpTagBytes(profile_);
  const size_t header = rtpHeaderBytes(packet, length);
  if (header == 0 || length < header + tagBytes) return 0;
  const uint32_t ssrc = read32(packet + 8);
  const Stream* known = find(ssrc);
  const uint16_t sequence = read16(packet + 2);
  const int64_t index = known == nullptr ? sequence : known->counter.indexOf(sequence);
  if (index < 0 || (known != nullptr && !known->rtp.isNew(index))) return 0;
  const auto wholeIndex = static_cast<uint64_t>(index);
  uint8_t* payload = packet + header;
  const size_t plainLength = length - tagBytes;
  if (isGcm(profile_)) {
    const auto nonce = gcmNonce(rtp_, ssrc, wholeIndex);
    if (!rtp_.open(nonce.data(), packet, header, payload, length - header)) return 0;
  } else {
    std::array<uint8_t, 4> rollover{};
    write32(rollover.data(), static_cast<uint32_t>(wholeIndex >> 16));
    std::array<uint8_t, kSha1TagBytes> tag{};
    if (!rtp_.authenticate(packet, plainLength, rollover.data(), rollover.size(), tag.data())) return 0;
    if (CRYPTO_memcmp(tag.data(), packet + plainLength, tag.size()) != 0) return 0;
    const auto iv = counterIv(rtp_, ssrc, wholeIndex);
    if (!rtp_.crypt(iv.data(), payload, plainLength - header, payload)) return 0;
  }
  // Kept only now that it is known to be authentic.
  Stream* stream = findOrAdd(ssrc);
  if (stream == nullptr) return 0;
  stream->rtp.add(index);
  stream->counter.advance(index);
  return plainLength;
}

size_t SrtpReceiver::unprotectRtcp(uint8_t* packet, size_t length) {
  const size_t tagBytes = srtpTagBytes(profile_);
  if (length < kRtcpHeaderBytes + tagBytes + kRtcpIndexBytes) return 0;
  const size_t plainLength = length - tagBytes - kRtcpIndexBytes;
  // AEAD has the index at the very end, the other before the tag (RFC 7714, section 9.2; RFC 3711, section 3.4).
  const uint8_t* trailer = packet + (isGcm(profile_) ? length - kRtcpIndexBytes : plainLength);
  const uint32_t said = read32(trailer);
  const uint32_t index = said & ~kEncryptedFlag;
  const bool isEncrypted = (said & kEncryptedFlag) != 0;
  const uint32_t ssrc = read32(packet + 4);
  const Stream* known = find(ssrc);
  if (!isEncrypted || (known != nullptr && !known->rtcp.isNew(index))) return 0;
  uint8_t* payload = packet + kRtcpHeaderBytes;
  if (isGcm(profile_)) {
    std::array<uint8_t, kRtcpHeaderBytes + kRtcpIndexBytes> aad{};
    std::memcpy(aad.data(), packet, kRtcpHeaderBytes);
    std::memcpy(aad.data() + kRtcpHeaderBytes, trailer, kRtcpIndexBytes);
    const auto nonce = gcmNonce(rtcp_, ssrc, index);
    const size_t sealed = length - kRtcpHeaderBytes - kRtcpIndexBytes;
    if (!rtcp_.open(nonce.data(), aad.data(), aad.size(), payload, sealed)) return 0;
  } else {
    std::array<uint8_t, kSha1TagBytes> tag{};
    const size_t covered = plainLength + kRtcpIndexBytes;
    if (!rtcp_.authenticate(packet, covered, nullptr, 0, tag.data())) return 0;
    if (CRYPTO_memcmp(tag.data(), packet + covered, tag.size()) != 0) return 0;
    const auto iv = counterIv(rtcp_, ssrc, index);
    if (!rtcp_.crypt(iv.data(), payload, plainLength - kRtcpHeaderBytes, payload)) return 0;
  }
  Stream* stream = findOrAdd(ssrc);
  if (stream == nullptr) return 0;
  stream->rtcp.add(index);
  return plainLength;
}

bool SrtpReceiver::ReplayWindow::isNew(int64_t index) const {
  if (index > highest) return true;
  if (highest - index >= kSize) return false;
  const auto bit = static_cast<uint64_t>(index % kSize);
  return (seen[bit / 64] >> (bit % 64) & 1) == 0;
}

void SrtpReceiver::ReplayWindow::add(int64_t index) {
  // Those in between have not come.
  const int64_t from = std::max(highest + 1, index - kSize + 1);
  for (int64_t skipped = from; skipped <= index; skipped += 1) {
    const auto bit = static_cast<uint64_t>(skipped % kSize);
    seen[bit / 64] &= ~(uint64_t{1} << (bit % 64));
  }
  highest = std::max(highest, index);
  const auto bit = static_cast<uint64_t>(index % kSize);
  seen[bit / 64] |= uint64_t{1} << (bit % 64);
}

}  // namespace bitbasel
