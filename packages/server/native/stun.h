// STUN binding requests of ICE (RFC 8489, RFC 8445), as an agent meets them that only answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address.h"

namespace bitbasel {

struct BindingRequest {
  const uint8_t* data = nullptr;
  // Up to MESSAGE-INTEGRITY; what stands after it is not protected, and not read.
  size_t integrityOffset = 0;
  // The part of USERNAME before the colon: the ufrag of the one who is asked.
  std::string_view localUfrag;
  // The sender takes the controlled role.
  bool isControlled = false;
  bool nominates = false;
};

// Reads a binding request with USERNAME and MESSAGE-INTEGRITY; nothing where it is anything else. The result points into
// `data`.
std::optional<BindingRequest> parseBindingRequest(const uint8_t* data, size_t length);

// Whether it was made by somebody who knows the password of the one who is asked (RFC 8489, section 14.5).
bool hasIntegrity(const BindingRequest& request, const std::string& password);

// The success response (RFC 8489, section 6.3.1.1).
std::vector<uint8_t> writeBindingResponse(const BindingRequest& request, const Address& from, const std::string& password);

// 487 Role Conflict: tells a controlled sender to take control (RFC 8445, section 7.3.1.1).
std::vector<uint8_t> writeRoleConflict(const BindingRequest& request, const std::string& password);

}  // namespace bitbasel
