// Numbers in network order.
#pragma once

#include <cstdint>

namespace bitbasel {

inline uint16_t read16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

inline uint32_t read32(const uint8_t* at) { return uint32_t{read16(at)} << 16 | read16(at + 2); }

inline void write32(uint8_t* at, uint32_t value) {
  for (int index = 0; index < 4; index += 1) at[index] = static_cast<uint8_t>(value >> (24 - 8 * index));
}

}  // namespace bitbasel
