// An IPv4 or IPv6 address with its port, as a key of hash maps.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>

namespace bitbasel {

class Address {
 public:
  Address() = default;

  explicit Address(const sockaddr_storage& from) {
    if (from.ss_family == AF_INET) {
      std::memcpy(&v4_, &from, sizeof v4_);
      length_ = sizeof v4_;
    } else {
      std::memcpy(&v6_, &from, sizeof v6_);
      length_ = sizeof v6_;
    }
  }

  // From text; `isSet` is false afterwards where it is no address.
  Address(const std::string& ip, uint16_t port) {
    if (inet_pton(AF_INET, ip.c_str(), &v4_.sin_addr) == 1) {
      v4_.sin_family = AF_INET;
      v4_.sin_port = htons(port);
      length_ = sizeof v4_;
    } else if (inet_pton(AF_INET6, ip.c_str(), &v6_.sin6_addr) == 1) {
      v6_.sin6_family = AF_INET6;
      v6_.sin6_port = htons(port);
      length_ = sizeof v6_;
    }
  }

  bool isSet() const { return length_ != 0; }
  int family() const { return any_.sa_family; }
  const sockaddr* raw() const { return &any_; }
  socklen_t rawLength() const { return length_; }
  uint16_t port() const { return ntohs(family() == AF_INET ? v4_.sin_port : v6_.sin6_port); }

  // The address in network order: 4 bytes for IPv4, also where it is mapped into IPv6, else 16.
  const uint8_t* bytes(size_t* length) const {
    if (family() == AF_INET) {
      *length = 4;
      return reinterpret_cast<const uint8_t*>(&v4_.sin_addr);
    }
    const bool isMapped = IN6_IS_ADDR_V4MAPPED(&v6_.sin6_addr);
    *length = isMapped ? 4 : 16;
    return v6_.sin6_addr.s6_addr + (isMapped ? 12 : 0);
  }

  // `192.0.2.1:9003` or `[2001:db8::1]:9003`.
  std::string text() const {
    size_t length = 0;
    const uint8_t* ip = bytes(&length);
    char name[INET6_ADDRSTRLEN] = "";
    inet_ntop(length == 4 ? AF_INET : AF_INET6, ip, name, sizeof name);
    const std::string host = length == 4 ? name : "[" + std::string(name) + "]";
    return host + ":" + std::to_string(port());
  }

  bool operator==(const Address& other) const {
    if (length_ != other.length_ || family() != other.family() || port() != other.port()) return false;
    if (family() == AF_INET) return v4_.sin_addr.s_addr == other.v4_.sin_addr.s_addr;
    return std::memcmp(&v6_.sin6_addr, &other.v6_.sin6_addr, 16) == 0 && v6_.sin6_scope_id == other.v6_.sin6_scope_id;
  }

  size_t hash() const {
    size_t length = 0;
    const uint8_t* ip = bytes(&length);
    const std::string_view key(reinterpret_cast<const char*>(ip), length);
    return std::hash<std::string_view>{}(key) ^ (size_t{port()} * 0x9e3779b97f4a7c15U);
  }

 private:
  union {
    sockaddr any_;
    sockaddr_in v4_;
    sockaddr_in6 v6_{};
  };
  socklen_t length_ = 0;
};

struct AddressHash {
  size_t operator()(const Address& address) const { return address.hash(); }
};

}  // namespace bitbasel
