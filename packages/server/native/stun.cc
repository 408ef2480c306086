#include "stun.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

#include "bytes.h"

namespace bitbasel {
namespace {

constexpr size_t kHeaderBytes = 20;
constexpr uint16_t kBindingRequest = 0x0001;
constexpr uint16_t kBindingSuccess = 0x0101;
constexpr uint16_t kBindingError = 0x0111;
constexpr uint32_t kMagicCookie = 0x2112a442;

// RFC 8489, section 18.3; the last three RFC 8445, section 20.1.
constexpr uint16_t kUsername = 0x0006;
constexpr uint16_t kMessageIntegrity = 0x0008;
constexpr uint16_t kErrorCode = 0x0009;
constexpr uint16_t kXorMappedAddress = 0x0020;
constexpr uint16_t kFingerprint = 0x8028;
constexpr uint16_t kUseCandidate = 0x0025;
constexpr uint16_t kIceControlled = 0x8029;

constexpr size_t kIntegrityBytes = 20;
constexpr uint32_t kFingerprintXor = 0x5354554e;

// CRC-32 of ISO 3309, bit by bit from a table made at the start.
uint32_t crc32(const uint8_t* data, size_t length) {
  static const auto table = [] {
    std::array<uint32_t, 256> made{};
    for (uint32_t index = 0; index < 256; index += 1) {
      uint32_t value = index;
      for (int bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320U ^ (value >> 1) : value >> 1;
      made[index] = value;
    }
    return made;
  }();
  uint32_t crc = 0xffffffffU;
  for (size_t index = 0; index < length; index += 1) crc = table[(crc ^ data[index]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

// HMAC-SHA1 over a message up to its MESSAGE-INTEGRITY, whose header says that it ends with that.
std::array<uint8_t, kIntegrityBytes> integrityOf(const uint8_t* data, size_t length, const std::string& password) {
  std::vector<uint8_t> message(data, data + length);
  const size_t said = length - kHeaderBytes + 4 + kIntegrityBytes;
  message[2] = static_cast<uint8_t>(said >> 8);
  message[3] = static_cast<uint8_t>(said);
  std::array<uint8_t, kIntegrityBytes> digest{};
  unsigned int digestLength = 0;
  HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), message.data(), message.size(), digest.data(),
       &digestLength);
  return digest;
}

class Writer {
 public:
  Writer(uint16_t type, const uint8_t* transactionId) {
    bytes_.reserve(96);
    put16(type);
    put16(0);
    put32(kMagicCookie);
    bytes_.insert(bytes_.end(), transactionId, transactionId + 12);
  }

  void put16(size_t value) {
    bytes_.push_back(static_cast<uint8_t>(value >> 8));
    bytes_.push_back(static_cast<uint8_t>(value));
  }

  void put32(uint32_t value) {
    put16(value >> 16);
    put16(value & 0xffff);
  }

  void attribute(uint16_t type, const uint8_t* value, size_t length) {
    put16(type);
    put16(length);
    bytes_.insert(bytes_.end(), value, value + length);
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
  }

  std::vector<uint8_t> sign(const std::string& password) {
    const auto digest = integrityOf(bytes_.data(), bytes_.size(), password);
    attribute(kMessageIntegrity, digest.data(), digest.size());
    // The length includes FINGERPRINT when its checksum is taken (section 14.7).
    const size_t said = bytes_.size() - kHeaderBytes + 8;
    bytes_[2] = static_cast<uint8_t>(said >> 8);
    bytes_[3] = static_cast<uint8_t>(said);
    const uint32_t checksum = crc32(bytes_.data(), bytes_.size()) ^ kFingerprintXor;
    put16(kFingerprint);
    put16(4);
    put32(checksum);
    return std::move(bytes_);
  }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace

std::optional<BindingRequest> parseBindingRequest(const uint8_t* data, size_t length) {
  if (length < kHeaderBytes || read16(data) != kBindingRequest || read32(data + 4) != kMagicCookie) return {};
  if (read16(data + 2) + kHeaderBytes != length) return {};
  BindingRequest request;
  request.data = data;
  size_t offset = kHeaderBytes;
  while (offset + 4 <= length) {
    const uint16_t type = read16(data + offset);
    const size_t size = read16(data + offset + 2);
    const size_t start = offset + 4;
    if (size > length - start) return {};
    if (type == kMessageIntegrity) {
      if (size != kIntegrityBytes) return {};
      request.integrityOffset = offset;
      break;
    }
    if (type == kUsername) {
      const std::string_view username(reinterpret_cast<const char*>(data + start), size);
      request.localUfrag = username.substr(0, username.find(':'));
    }
    if (type == kUseCandidate) request.nominates = true;
    if (type == kIceControlled) request.isControlled = true;
    offset = start + ((size + 3) & ~size_t{3});
  }
  if (request.integrityOffset == 0 || request.localUfrag.empty()) return {};
  return request;
}

bool hasIntegrity(const BindingRequest& request, const std::string& password) {
  const auto expected = integrityOf(request.data, request.integrityOffset, password);
  return CRYPTO_memcmp(expected.data(), request.data + request.integrityOffset + 4, expected.size()) == 0;
}

std::vector<uint8_t> writeBindingResponse(const BindingRequest& request, const Address& from,
                                          const std::string& password) {
  Writer writer(kBindingSuccess, request.data + 8);
  size_t length = 0;
  const uint8_t* ip = from.bytes(&length);
  // The cookie and the transaction id stand one after the other in the request, as XOR wants them (section 14.2).
  const uint8_t* key = request.data + 4;
  std::array<uint8_t, 20> value{0, static_cast<uint8_t>(length == 4 ? 1 : 2)};
  value[2] = static_cast<uint8_t>(from.port() >> 8) ^ key[0];
  value[3] = static_cast<uint8_t>(from.port()) ^ key[1];
  for (size_t index = 0; index < length; index += 1) value[4 + index] = ip[index] ^ key[index];
  writer.attribute(kXorMappedAddress, value.data(), 4 + length);
  return writer.sign(password);
}

std::vector<uint8_t> writeRoleConflict(const BindingRequest& request, const std::string& password) {
  Writer writer(kBindingError, request.data + 8);
  constexpr std::string_view reason = "Role Conflict";
  std::array<uint8_t, 4 + reason.size()> value{0, 0, 4, 87};
  std::memcpy(value.data() + 4, reason.data(), reason.size());
  writer.attribute(kErrorCode, value.data(), value.size());
  return writer.sign(password);
}

}  // namespace bitbasel
