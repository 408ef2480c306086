// One UDP port and all its connections: ICE as an agent that only answers, DTLS, and SRTP both ways.
//
// Three kinds of threads, which share nothing but messages:
// - JavaScript's thread calls the public functions below;
// - the network thread has the connections: it reads the socket, answers ICE and DTLS, and opens what comes in;
// - the sending threads (sender.h) have the keys of what goes out.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "address.h"
#include "dtls.h"
#include "sender.h"
#include "srtp.h"
#include "stun.h"

namespace bitbasel {

struct EndpointOptions {
  std::string address;
  // 0 takes any free one.
  uint16_t port = 0;
  std::string certificatePem;
  std::string privateKeyPem;
  uint32_t senders = 1;
};

// The port cannot be had; `code` is the one of errno.
struct BindError {
  int code;
};

struct RemoteSide {
  Fingerprint fingerprint;
  bool isDtlsClient = true;
};

// What the network thread tells JavaScript's, one behind the other as in a batch: an `Event`, its data, and up to the next
// multiple of 8 nothing.
enum class EventType : uint16_t {
  // Data: a plain RTP or RTCP packet.
  packet = 0,
  // ICE checks of the other side have come in.
  reached = 1,
  // Packets can be sent. Data: the bytes of a tag (1 byte), and the remote address as text.
  connected = 2,
  // The other side has said goodbye.
  closed = 3,
  // The other side is not who it should be, or has fallen silent.
  failed = 4,
};

struct Event {
  ConnectionId connection;
  EventType type;
  uint16_t length;
};

class Endpoint {
 public:
  // `wake` is called on the network thread when there are events and there were none before. Throws BindError.
  Endpoint(const EndpointOptions& options, std::function<void()> wake);
  // Says goodbye to everybody, and frees the port.
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  uint16_t port() const { return port_; }
  // Packets that came in and were dropped, since nobody took the events.
  uint64_t packetsDropped() const { return packetsDropped_.load(std::memory_order_relaxed); }

  // What has happened since it was asked last.
  std::vector<uint8_t> takeEvents();

  // A connection that answers checks for this ufrag. Throws std::length_error when there are too many.
  ConnectionId create(std::string ufrag, std::string password);
  // DTLS begins with the remote side that this tells of.
  void connect(ConnectionId id, RemoteSide remote);
  // Says goodbye; nothing is told of it any more.
  void close(ConnectionId id);

  // A place for a batch, made where all are on their way; negative where there are too many, as the threads do not keep up.
  int nextBatch();
  Batch& batch(int index) { return *batches_.at(static_cast<size_t>(index)); }
  // Hands it to the sending threads.
  void send(int index, size_t length);

 private:
  struct Connection {
    ConnectionId id = 0;
    std::string ufrag;
    std::string password;
    // Known as soon as it is told what to connect to.
    std::unique_ptr<Dtls> dtls;
    bool isDtlsClient = false;
    bool isReached = false;
    bool isConnected = false;
    Path path;
    std::vector<Address> addresses;
    std::unique_ptr<SrtpReceiver> srtp;
    // DTLS that came before it was known who should have sent it.
    std::vector<std::vector<uint8_t>> early;
    // When the path, anybody of the other side, has been heard of last; and since when it has been connecting. In ms.
    int64_t pathHeardMs = 0;
    int64_t heardMs = 0;
  };

  struct Create {
    ConnectionId id;
    std::string ufrag;
    std::string password;
  };
  struct Connect {
    ConnectionId id;
    RemoteSide remote;
  };
  struct Close {
    ConnectionId id;
  };
  struct Stop {};
  using Command = std::variant<Create, Connect, Close, Stop>;

  void bindSocket(const EndpointOptions& options);
  void post(Command command);
  void run();
  void handleCommands();
  void handle(Create& command);
  void handle(Connect& command);
  void handle(Close& command);
  void handle(Stop&) { isStopped_ = true; }
  void readSocket();
  void handleDatagram(uint8_t* data, size_t length, const Path& from);
  void handleStun(const uint8_t* data, size_t length, const Path& from);
  void handleDtls(Connection& connection, const uint8_t* data, size_t length);
  void afterDtls(Connection& connection);
  void open(Connection& connection);
  void learnPath(Connection& connection, const Path& from, bool nominates);
  void tickHandshakes();
  void endSilent();
  void end(Connection& connection, EventType reason);
  void forget(ConnectionId id);
  Connection* find(ConnectionId id);
  Sender& senderOf(ConnectionId id) { return *senders_[slotOf(id) % senders_.size()]; }
  void sendNow(const Path& to, const uint8_t* data, size_t length);
  void tell(const Connection& connection, EventType type, const uint8_t* data = nullptr, size_t length = 0);

  int socket_ = -1;
  int wakeup_ = -1;
  uint16_t port_ = 0;
  const std::function<void()> wake_;
  SslContext dtlsContext_;
  std::vector<std::unique_ptr<Sender>> senders_;

  // JavaScript's thread alone.
  std::vector<std::unique_ptr<Batch>> batches_;
  std::deque<uint32_t> freeSlots_;
  uint32_t usedSlots_ = 0;
  std::vector<uint32_t> generations_;

  // The network thread alone.
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::unordered_map<std::string, Connection*> byUfrag_;
  std::unordered_map<Address, Connection*, AddressHash> byAddress_;
  std::vector<ConnectionId> handshaking_;
  int64_t nowMs_ = 0;
  int64_t nextTickMs_ = 0;
  int64_t nextSilenceCheckMs_ = 0;
  bool isStopped_ = false;

  // Between the two.
  std::mutex commandsMutex_;
  std::vector<Command> commands_;
  std::mutex eventsMutex_;
  std::vector<uint8_t> events_;
  bool isWoken_ = false;
  std::atomic<uint64_t> packetsDropped_ = 0;

  std::thread thread_;
};

}  // namespace bitbasel
