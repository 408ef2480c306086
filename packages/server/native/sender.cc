#include "sender.h"

#include <netinet/udp.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

namespace bitbasel {
namespace {

// What the kernel takes as one message (UDP_MAX_SEGMENTS of Linux, and the longest datagram).
constexpr uint32_t kMaxSegments = 64;
constexpr size_t kMaxMessageBytes = 65'000;
// What goes with one call; more would only keep the first ones waiting.
constexpr size_t kMessagesPerCall = 64;
constexpr size_t kOutputBytes = 512 * 1024;

// Has the kernel cut a message into datagrams of so many bytes. Returns the bytes that saying so took.
size_t writeSegmentSize(cmsghdr* control, size_t bytes) {
  const auto size = static_cast<uint16_t>(bytes);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof size);
  std::memcpy(CMSG_DATA(control), &size, sizeof size);
  return CMSG_SPACE(sizeof size);
}

}  // namespace

Sender::Sender(int socket, uint32_t index, uint32_t count)
    : socket_(socket), index_(index), count_(count), output_(kOutputBytes) {
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() {
  {
    const std::lock_guard lock(mutex_);
    isStopped_ = true;
  }
  hasCommands_.notify_one();
  thread_.join();
}

void Sender::send(Batch* batch) { post(batch); }
void Sender::setKey(ConnectionId id, SrtpKey key) { post(SetKey{id, std::move(key)}); }
void Sender::setPath(ConnectionId id, const Path& path) { post(SetPath{id, path}); }
void Sender::remove(ConnectionId id) { post(Remove{id}); }

void Sender::post(Command command) {
  bool wasEmpty = false;
  {
    const std::lock_guard lock(mutex_);
    wasEmpty = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (wasEmpty) hasCommands_.notify_one();
}

void Sender::run() {
  pthread_setname_np(pthread_self(), "media-sender");
  std::vector<Command> commands;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      hasCommands_.wait(lock, [this] { return isStopped_ || !commands_.empty(); });
      if (isStopped_) return;
      std::swap(commands, commands_);
    }
    for (Command& command : commands) std::visit([this](auto& each) { handle(each); }, command);
    commands.clear();
  }
}

void Sender::handle(SetKey& command) { reach(command.id).srtp = std::make_unique<SrtpSender>(command.key); }

void Sender::handle(SetPath& command) { reach(command.id).path = command.path; }

void Sender::handle(Remove& command) {
  if (Connection* connection = find(command.id)) *connection = Connection{};
}

Sender::Connection* Sender::find(ConnectionId id) {
  const uint32_t place = slotOf(id) / count_;
  if (slotOf(id) % count_ != index_ || place >= connections_.size()) return nullptr;
  Connection& connection = connections_[place];
  return connection.isHere && connection.id == id ? &connection : nullptr;
}

// The connection, anew where the place was another's. What comes late of one that has been removed makes one that nobody
// sends to; it goes when the place is taken again.
Sender::Connection& Sender::reach(ConnectionId id) {
  const uint32_t place = slotOf(id) / count_;
  if (place >= connections_.size()) connections_.resize(place + 1);
  Connection& connection = connections_[place];
  if (!connection.isHere || connection.id != id) {
    connection = Connection{};
    connection.id = id;
    connection.isHere = true;
  }
  return connection;
}

// Each connection's packets leave together and in their order: those of one frame can then be one message.
void Sender::handle(Batch* batch) {
  entries_.clear();
  touched_.clear();
  for (size_t offset = 0; offset + sizeof(BatchEntry) <= batch->length;) {
    BatchEntry entry;
    std::memcpy(&entry, batch->data.data() + offset, sizeof entry);
    const uint8_t* packet = batch->data.data() + offset + sizeof entry;
    offset += sizeof entry + ((entry.length + 7) & ~size_t{7});
    if (offset > batch->length) break;
    Connection* connection = find(entry.connection);
    if (connection == nullptr || connection->srtp == nullptr || !connection->path.isSet()) continue;
    const auto index = static_cast<uint32_t>(entries_.size());
    entries_.push_back({packet, entry.length, kNone});
    if (connection->first == kNone) {
      connection->first = index;
      touched_.push_back(connection);
    } else {
      entries_[connection->last].next = index;
    }
    connection->last = index;
  }
  for (Connection* connection : touched_) sendAll(*connection);
  flush();
  batch->readers.fetch_sub(1, std::memory_order_release);
}

void Sender::sendAll(Connection& connection) {
  bool isOpen = false;
  for (uint32_t index = connection.first; index != kNone; index = entries_[index].next) {
    const Entry& entry = entries_[index];
    if (output_.size() - outputLength_ < entry.length + kMaxSrtpOverhead) {
      flush();
      isOpen = false;
    }
    uint8_t* out = output_.data() + outputLength_;
    const size_t length = connection.srtp->protect(entry.packet, entry.length, out);
    if (length == 0) continue;
    outputLength_ += length;
    Message* message = isOpen ? &messages_.back() : nullptr;
    if (message != nullptr && length <= message->segmentBytes && message->segments < kMaxSegments &&
        message->length + length <= kMaxMessageBytes) {
      message->length += length;
      message->segments += 1;
      isOpen = length == message->segmentBytes;
      continue;
    }
    if (messages_.size() == kMessagesPerCall) {
      // What has just been written stays where it is: it is sent with the next call.
      const size_t kept = outputLength_;
      flush();
      outputLength_ = kept;
    }
    messages_.push_back({&connection.path, out, length, length, 1});
    isOpen = canSegment_;
  }
  connection.first = kNone;
  connection.last = kNone;
}

void Sender::flush() {
  std::array<mmsghdr, kMessagesPerCall> headers{};
  std::array<iovec, kMessagesPerCall> parts;
  struct alignas(cmsghdr) Control {
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t)) + LocalAddress::kControlBytes];
  };
  std::array<Control, kMessagesPerCall> controls;
  for (size_t index = 0; index < messages_.size(); index += 1) {
    const Message& message = messages_[index];
    parts[index] = {message.data, message.length};
    msghdr& header = headers[index].msg_hdr;
    header.msg_name = const_cast<sockaddr*>(message.path->remote.raw());
    header.msg_namelen = message.path->remote.rawLength();
    header.msg_iov = &parts[index];
    header.msg_iovlen = 1;
    uint8_t* control = controls[index].bytes;
    header.msg_control = control;
    header.msg_controllen = message.path->local.writeControl(reinterpret_cast<cmsghdr*>(control));
    if (message.segments > 1)
      header.msg_controllen +=
          writeSegmentSize(reinterpret_cast<cmsghdr*>(control + header.msg_controllen), message.segmentBytes);
  }
  size_t done = 0;
  while (done < messages_.size()) {
    const int sent = sendmmsg(socket_, headers.data() + done, static_cast<unsigned>(messages_.size() - done), 0);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    // The first of them cannot be sent: its address is unreachable, or the kernel or the interface does not segment.
    if (messages_[done].segments > 1) sendSegments(messages_[done]);
    done += 1;
  }
  messages_.clear();
  outputLength_ = 0;
}

// One by one, where the kernel has refused them as one message.
void Sender::sendSegments(const Message& message) {
  // EIO: no checksums on the interface, so never; EINVAL: larger than its MTU, which other paths may take.
  if (errno == EIO) canSegment_ = false;
  for (size_t offset = 0; offset < message.length; offset += message.segmentBytes) {
    const size_t length = std::min(message.segmentBytes, message.length - offset);
    sendDatagram(socket_, *message.path, message.data + offset, length, 0);
  }
}

}  // namespace bitbasel
