// The sending side: threads that protect packets and hand them to the kernel, many at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "address.h"
#include "srtp.h"

namespace bitbasel {

// Names a connection for ever: the place it has in tables, and which of all those that had the place before it is meant.
using ConnectionId = uint32_t;
constexpr unsigned kSlotBits = 17;
constexpr uint32_t kSlots = 1U << kSlotBits;
inline uint32_t slotOf(ConnectionId id) { return id & (kSlots - 1); }

// Packets on their way from JavaScript to the sending threads, one behind the other: a `BatchEntry`, the packet, and up to
// the next multiple of 8 nothing.
struct Batch {
  static constexpr size_t kBytes = 512 * 1024;

  std::vector<uint8_t> data = std::vector<uint8_t>(kBytes);
  size_t length = 0;
  // The threads that still read it.
  std::atomic<uint32_t> readers = 0;
};

struct BatchEntry {
  ConnectionId connection;
  uint32_t length;
};

// One sending thread. It owns what it sends with: keys, addresses and streams come to it as messages, in their order.
class Sender {
 public:
  // Sends the packets of those connections whose slot leaves `index` when it is divided by `count`.
  Sender(int socket, uint32_t index, uint32_t count);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(Batch* batch);
  // From now on this connection's packets are protected by the key.
  void setKey(ConnectionId id, SrtpKey key);
  void setPath(ConnectionId id, const Path& path);
  void remove(ConnectionId id);

 private:
  struct SetKey {
    ConnectionId id;
    SrtpKey key;
  };
  struct SetPath {
    ConnectionId id;
    Path path;
  };
  struct Remove {
    ConnectionId id;
  };
  using Command = std::variant<Batch*, SetKey, SetPath, Remove>;

  static constexpr uint32_t kNone = UINT32_MAX;

  struct Connection {
    ConnectionId id = 0;
    bool isHere = false;
    Path path;
    std::unique_ptr<SrtpSender> srtp;
    // Its packets of the present batch: indices into `entries_`.
    uint32_t first = kNone;
    uint32_t last = kNone;
  };
  struct Entry {
    const uint8_t* packet;
    uint32_t length;
    uint32_t next;
  };
  // A message of the kernel: one datagram, or several of the same size, of which the last may be shorter.
  struct Message {
    const Path* path;
    uint8_t* data;
    size_t length;
    size_t segmentBytes;
    uint32_t segments;
  };

  void post(Command command);
  void run();
  void handle(Batch* batch);
  void handle(SetKey& command);
  void handle(SetPath& command);
  void handle(Remove& command);
  Connection* find(ConnectionId id);
  Connection& reach(ConnectionId id);
  void sendAll(Connection& connection);
  void flush();
  void sendSegments(const Message& message);

  const int socket_;
  const uint32_t index_;
  const uint32_t count_;
  bool canSegment_ = true;
  std::vector<Connection> connections_;
  std::vector<Entry> entries_;
  std::vector<Connection*> touched_;
  std::vector<Message> messages_;
  std::vector<uint8_t> output_;
  size_t outputLength_ = 0;

  std::mutex mutex_;
  std::condition_variable hasCommands_;
  std::vector<Command> commands_;
  bool isStopped_ = false;
  std::thread thread_;
};

}  // namespace bitbasel
