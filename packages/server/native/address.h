// An IPv4 or IPv6 address with its port, as a key of hash maps.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

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
  // Stands for all addresses of this machine: 0.0.0.0 or ::.
  bool isAny() const {
    return family() == AF_INET ? v4_.sin_addr.s_addr == INADDR_ANY : IN6_IS_ADDR_UNSPECIFIED(&v6_.sin6_addr);
  }
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

// One of this machine's addresses, as the kernel tells where a datagram has come to, and is told where one is to come from. It
// matters where a port is bound to all of them: a client takes answers only from the one it has sent to.
class LocalAddress {
 public:
  static constexpr size_t kControlBytes = CMSG_SPACE(sizeof(in6_pktinfo));

  // Lets the kernel tell it of each datagram.
  static void ask(int socket, int family) {
    const int on = 1;
    if (family == AF_INET) {
      setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    } else {
      setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    }
  }

  LocalAddress() = default;

  // Of a datagram that has come; unset where the kernel was not asked.
  explicit LocalAddress(const msghdr& header) {
    for (const cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(control))) {
      if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
        family_ = AF_INET;
        in_pktinfo info;
        std::memcpy(&info, CMSG_DATA(control), sizeof info);
        v4_.ipi_spec_dst = info.ipi_addr;
      }
      if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
        family_ = AF_INET6;
        std::memcpy(&v6_, CMSG_DATA(control), sizeof v6_);
        // The way back is for the routes to say, but for link-local addresses.
        if (!IN6_IS_ADDR_LINKLOCAL(&v6_.ipi6_addr)) v6_.ipi6_ifindex = 0;
      }
    }
  }

  // Writes it for a datagram that is to be sent, and returns the bytes that took.
  size_t writeControl(cmsghdr* control) const {
    if (family_ == 0) return 0;
    const bool isV4 = family_ == AF_INET;
    const size_t size = isV4 ? sizeof v4_ : sizeof v6_;
    control->cmsg_level = isV4 ? IPPROTO_IP : IPPROTO_IPV6;
    control->cmsg_type = isV4 ? IP_PKTINFO : IPV6_PKTINFO;
    control->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(control), isV4 ? static_cast<const void*>(&v4_) : &v6_, size);
    return CMSG_SPACE(size);
  }

  bool operator==(const LocalAddress& other) const {
    if (family_ != other.family_) return false;
    if (family_ == AF_INET) return v4_.ipi_spec_dst.s_addr == other.v4_.ipi_spec_dst.s_addr;
    return family_ == 0 || std::memcmp(&v6_, &other.v6_, sizeof v6_) == 0;
  }

 private:
  int family_ = 0;
  in_pktinfo v4_{};
  in6_pktinfo v6_{};
};

// Between whom datagrams go.
struct Path {
  Address remote;
  LocalAddress local;

  bool isSet() const { return remote.isSet(); }
  bool operator==(const Path& other) const { return remote == other.remote && local == other.local; }
};

// One datagram; where it cannot be sent it is lost, as on the way.
inline void sendDatagram(int socket, const Path& path, const uint8_t* data, size_t length, int flags) {
  iovec part{const_cast<uint8_t*>(data), length};
  alignas(cmsghdr) uint8_t control[LocalAddress::kControlBytes];
  msghdr header{};
  header.msg_name = const_cast<sockaddr*>(path.remote.raw());
  header.msg_namelen = path.remote.rawLength();
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = path.local.writeControl(reinterpret_cast<cmsghdr*>(control));
  sendmsg(socket, &header, flags);
}

struct AddressHash {
  size_t operator()(const Address& address) const { return address.hash(); }
};

}  // namespace bitbasel
