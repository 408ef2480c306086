#include "endpoint.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace bitbasel {
namespace {

constexpr int kSocketBufferBytes = 8 * 1024 * 1024;
constexpr size_t kDatagramsPerCall = 64;
constexpr size_t kDatagramBytes = 2048;
// Events that nobody takes: more packets than this are dropped.
constexpr size_t kMaxEventBytes = 32 * 1024 * 1024;
constexpr size_t kMaxBatches = 64;
constexpr size_t kMaxEarlyDatagrams = 8;
constexpr size_t kMaxAddresses = 16;
constexpr int64_t kTickMs = 20;
constexpr int64_t kSilenceCheckMs = 1000;
// As long as consent lasts (RFC 7675, section 5.1).
constexpr int64_t kSilenceMs = 30'000;
// A path without checks for so long is left for one that has some.
constexpr int64_t kPathSilenceMs = 5000;
// Clients report each second or so.
constexpr int64_t kInUseMs = 3000;

int64_t monotonicMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

size_t padded(size_t length) { return (length + 7) & ~size_t{7}; }

}  // namespace

Endpoint::Endpoint(const EndpointOptions& options, std::function<void()> wake)
    : wake_(std::move(wake)), dtlsContext_(makeDtlsContext(options.certificatePem, options.privateKeyPem)) {
  bindSocket(options);
  wakeup_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  for (uint32_t index = 0; index < options.senders; index += 1)
    senders_.push_back(std::make_unique<Sender>(socket_, index, options.senders));
  thread_ = std::thread([this] { run(); });
}

Endpoint::~Endpoint() {
  post(Stop{});
  thread_.join();
  senders_.clear();
  ::close(wakeup_);
  ::close(socket_);
}

void Endpoint::bindSocket(const EndpointOptions& options) {
  const Address local(options.address, options.port);
  if (!local.isSet()) throw BindError{EADDRNOTAVAIL};
  socket_ = socket(local.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw BindError{errno};
  const int off = 0;
  if (local.family() == AF_INET6) setsockopt(socket_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  for (const int option : {SO_RCVBUF, SO_SNDBUF}) {
    // Beyond the system's limit for those who may.
    const int forced = option == SO_RCVBUF ? SO_RCVBUFFORCE : SO_SNDBUFFORCE;
    if (setsockopt(socket_, SOL_SOCKET, forced, &kSocketBufferBytes, sizeof kSocketBufferBytes) != 0)
      setsockopt(socket_, SOL_SOCKET, option, &kSocketBufferBytes, sizeof kSocketBufferBytes);
  }
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (bind(socket_, local.raw(), local.rawLength()) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    const int code = errno;
    ::close(socket_);
    throw BindError{code};
  }
  port_ = Address(bound).port();
  if (local.isAny()) LocalAddress::ask(socket_, local.family());
}

// --- JavaScript's thread ---

ConnectionId Endpoint::create(std::string ufrag, std::string password) {
  uint32_t slot = usedSlots_;
  // Those that were freed last come last, and fresh ones first while there are few: so names are long in coming back.
  if (freeSlots_.size() > 1024 || usedSlots_ == kSlots) {
    if (freeSlots_.empty()) throw std::length_error("Too many connections");
    slot = freeSlots_.front();
    freeSlots_.pop_front();
  } else {
    usedSlots_ += 1;
    generations_.push_back(0);
  }
  const ConnectionId id = generations_[slot] << kSlotBits | slot;
  post(Create{id, std::move(ufrag), std::move(password)});
  return id;
}

void Endpoint::connect(ConnectionId id, RemoteSide remote) { post(Connect{id, std::move(remote)}); }

void Endpoint::close(ConnectionId id) {
  const uint32_t slot = slotOf(id);
  generations_.at(slot) += 1;
  freeSlots_.push_back(slot);
  post(Close{id});
}

std::vector<uint8_t> Endpoint::takeEvents() {
  const std::lock_guard lock(eventsMutex_);
  isWoken_ = false;
  return std::exchange(events_, {});
}

int Endpoint::nextBatch() {
  for (size_t index = 0; index < batches_.size(); index += 1) {
    if (batches_[index]->readers.load(std::memory_order_acquire) == 0) return static_cast<int>(index);
  }
  if (batches_.size() == kMaxBatches) return -1;
  batches_.push_back(std::make_unique<Batch>());
  return static_cast<int>(batches_.size() - 1);
}

void Endpoint::send(int index, size_t length) {
  Batch& sent = batch(index);
  sent.length = std::min(length, sent.data.size());
  sent.readers.store(static_cast<uint32_t>(senders_.size()), std::memory_order_relaxed);
  for (const auto& sender : senders_) sender->send(&sent);
}

void Endpoint::post(Command command) {
  {
    const std::lock_guard lock(commandsMutex_);
    commands_.push_back(std::move(command));
  }
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wakeup_, &one, sizeof one);
}

// --- The network thread ---

void Endpoint::run() {
  pthread_setname_np(pthread_self(), "media-network");
  std::array<pollfd, 2> waitingFor{{{socket_, POLLIN, 0}, {wakeup_, POLLIN, 0}}};
  while (!isStopped_) {
    const int64_t untilMs = handshaking_.empty() ? kSilenceCheckMs : kTickMs;
    poll(waitingFor.data(), waitingFor.size(), static_cast<int>(untilMs));
    nowMs_ = monotonicMs();
    // Before what has come: who is told of late has its first packets here.
    if ((waitingFor[1].revents & POLLIN) != 0) handleCommands();
    if ((waitingFor[0].revents & POLLIN) != 0) readSocket();
    if (nowMs_ >= nextTickMs_) tickHandshakes();
    if (nowMs_ >= nextSilenceCheckMs_) endSilent();
  }
  for (const auto& [id, connection] : connections_) {
    if (connection->dtls != nullptr) connection->dtls->close();
  }
}

void Endpoint::handleCommands() {
  uint64_t count = 0;
  [[maybe_unused]] const auto taken = read(wakeup_, &count, sizeof count);
  std::vector<Command> commands;
  {
    const std::lock_guard lock(commandsMutex_);
    std::swap(commands, commands_);
  }
  for (Command& command : commands) std::visit([this](auto& each) { handle(each); }, command);
}

void Endpoint::handle(Create& command) {
  auto connection = std::make_unique<Connection>();
  connection->id = command.id;
  connection->ufrag = std::move(command.ufrag);
  connection->password = std::move(command.password);
  connection->heardMs = nowMs_;
  byUfrag_[connection->ufrag] = connection.get();
  connections_[command.id] = std::move(connection);
}

void Endpoint::handle(Connect& command) {
  Connection* connection = find(command.id);
  if (connection == nullptr) return;
  connection->isDtlsClient = !command.remote.isDtlsClient;
  connection->heardMs = nowMs_;
  const auto send = [this, connection](const uint8_t* data, size_t length) {
    if (connection->path.isSet()) sendNow(connection->path, data, length);
  };
  connection->dtls = std::make_unique<Dtls>(dtlsContext_.get(), connection->isDtlsClient,
                                            std::move(command.remote.fingerprint), send);
  handshaking_.push_back(command.id);
  if (!connection->isReached) return;
  if (connection->isDtlsClient) connection->dtls->start();
  const ConnectionId id = command.id;
  for (const auto& datagram : std::exchange(connection->early, {})) {
    // One that fails is forgotten.
    if (Connection* still = find(id)) handleDtls(*still, datagram.data(), datagram.size());
  }
}

void Endpoint::handle(Close& command) {
  Connection* connection = find(command.id);
  if (connection != nullptr && connection->dtls != nullptr) connection->dtls->close();
  forget(command.id);
}

Endpoint::Connection* Endpoint::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

void Endpoint::forget(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  for (const Address& address : connection.addresses) {
    const auto entry = byAddress_.find(address);
    if (entry != byAddress_.end() && entry->second == &connection) byAddress_.erase(entry);
  }
  byUfrag_.erase(connection.ufrag);
  senderOf(id).remove(id);
  connections_.erase(found);
}

void Endpoint::readSocket() {
  std::array<std::array<uint8_t, kDatagramBytes>, kDatagramsPerCall> buffers;
  std::array<sockaddr_storage, kDatagramsPerCall> sources;
  std::array<iovec, kDatagramsPerCall> parts;
  std::array<mmsghdr, kDatagramsPerCall> headers{};
  struct alignas(cmsghdr) Control {
    uint8_t bytes[LocalAddress::kControlBytes];
  };
  std::array<Control, kDatagramsPerCall> controls;
  for (size_t index = 0; index < kDatagramsPerCall; index += 1) {
    parts[index] = {buffers[index].data(), kDatagramBytes};
    headers[index].msg_hdr.msg_iov = &parts[index];
    headers[index].msg_hdr.msg_iovlen = 1;
    headers[index].msg_hdr.msg_name = &sources[index];
    headers[index].msg_hdr.msg_namelen = sizeof sources[index];
    headers[index].msg_hdr.msg_control = controls[index].bytes;
    headers[index].msg_hdr.msg_controllen = sizeof controls[index].bytes;
  }
  const int count = recvmmsg(socket_, headers.data(), kDatagramsPerCall, MSG_DONTWAIT, nullptr);
  for (int index = 0; index < count; index += 1) {
    const mmsghdr& header = headers[static_cast<size_t>(index)];
    // Cut off: nothing of ours is so long.
    if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0 || header.msg_len == 0) continue;
    const Path from{Address(sources[static_cast<size_t>(index)]), LocalAddress(header.msg_hdr)};
    handleDatagram(buffers[static_cast<size_t>(index)].data(), header.msg_len, from);
  }
}

// By the first byte (RFC 7983, section 7). What is not STUN counts only from where a check has come.
void Endpoint::handleDatagram(uint8_t* data, size_t length, const Path& from) {
  if (data[0] <= 3) {
    handleStun(data, length, from);
    return;
  }
  const auto entry = byAddress_.find(from.remote);
  if (entry == byAddress_.end()) return;
  Connection& connection = *entry->second;
  if (data[0] >= 20 && data[0] <= 63) {
    handleDtls(connection, data, length);
  } else if (data[0] >= 128 && data[0] <= 191 && connection.srtp != nullptr) {
    const size_t plain = connection.srtp->unprotect(data, length);
    if (plain == 0) return;
    connection.heardMs = nowMs_;
    tell(connection, EventType::packet, data, plain);
  }
}

void Endpoint::handleStun(const uint8_t* data, size_t length, const Path& from) {
  const auto request = parseBindingRequest(data, length);
  if (!request) return;
  const auto entry = byUfrag_.find(std::string(request->localUfrag));
  if (entry == byUfrag_.end() || !hasIntegrity(*request, entry->second->password)) return;
  Connection& connection = *entry->second;
  if (request->isControlled) {
    const auto conflict = writeRoleConflict(*request, connection.password);
    sendNow(from, conflict.data(), conflict.size());
    return;
  }
  const auto response = writeBindingResponse(*request, from.remote, connection.password);
  sendNow(from, response.data(), response.size());
  connection.heardMs = nowMs_;
  learnPath(connection, from, request->nominates);
  if (connection.isReached) return;
  connection.isReached = true;
  tell(connection, EventType::reached);
  if (connection.dtls != nullptr && connection.isDtlsClient) {
    connection.dtls->start();
    afterDtls(connection);
  }
}

void Endpoint::learnPath(Connection& connection, const Path& from, bool nominates) {
  if (from == connection.path) {
    connection.pathHeardMs = nowMs_;
    return;
  }
  const auto known = byAddress_.find(from.remote);
  if (known == byAddress_.end() || known->second != &connection) {
    // Whoever can forge addresses must not take one from a connection that is in use. One that has fallen silent may have ended
    // without a word, and its port be somebody else's now.
    const Connection* owner = known == byAddress_.end() ? nullptr : known->second;
    if (owner != nullptr && owner->isConnected && nowMs_ - owner->heardMs < kInUseMs) return;
    if (connection.addresses.size() == kMaxAddresses) return;
    byAddress_[from.remote] = &connection;
    connection.addresses.push_back(from.remote);
  }
  const bool isPathSilent = nowMs_ - connection.pathHeardMs > kPathSilenceMs;
  if (connection.path.isSet() && !nominates && !isPathSilent) return;
  connection.path = from;
  connection.pathHeardMs = nowMs_;
  if (connection.isConnected) senderOf(connection.id).setPath(connection.id, from);
}

void Endpoint::handleDtls(Connection& connection, const uint8_t* data, size_t length) {
  if (connection.dtls == nullptr) {
    if (connection.early.size() < kMaxEarlyDatagrams) connection.early.emplace_back(data, data + length);
    return;
  }
  connection.dtls->receive(data, length);
  afterDtls(connection);
}

void Endpoint::afterDtls(Connection& connection) {
  const Dtls::State state = connection.dtls->state();
  if (state == Dtls::State::open && !connection.isConnected) open(connection);
  if (state == Dtls::State::failed) end(connection, EventType::failed);
  if (state == Dtls::State::closed) end(connection, EventType::closed);
}

void Endpoint::open(Connection& connection) {
  auto keys = connection.dtls->exportKeys();
  if (!keys) {
    end(connection, EventType::failed);
    return;
  }
  connection.isConnected = true;
  connection.heardMs = nowMs_;
  connection.srtp = std::make_unique<SrtpReceiver>(keys->incoming);
  std::string data(1, static_cast<char>(srtpTagBytes(keys->outgoing.profile)));
  data += connection.path.remote.text();
  senderOf(connection.id).setKey(connection.id, std::move(keys->outgoing));
  senderOf(connection.id).setPath(connection.id, connection.path);
  tell(connection, EventType::connected, reinterpret_cast<const uint8_t*>(data.data()), data.size());
}

void Endpoint::tickHandshakes() {
  nextTickMs_ = nowMs_ + kTickMs;
  for (const ConnectionId id : std::exchange(handshaking_, {})) {
    Connection* connection = find(id);
    if (connection == nullptr || connection->isConnected) continue;
    connection->dtls->tick();
    afterDtls(*connection);
    if (find(id) != nullptr) handshaking_.push_back(id);
  }
}

void Endpoint::endSilent() {
  nextSilenceCheckMs_ = nowMs_ + kSilenceCheckMs;
  std::vector<Connection*> silent;
  for (const auto& [id, connection] : connections_) {
    // Before it is told what to connect to nobody waits for it.
    if (connection->dtls != nullptr && nowMs_ - connection->heardMs > kSilenceMs) silent.push_back(connection.get());
  }
  for (Connection* connection : silent) end(*connection, EventType::failed);
}

void Endpoint::end(Connection& connection, EventType reason) {
  tell(connection, reason);
  forget(connection.id);
}

void Endpoint::sendNow(const Path& to, const uint8_t* data, size_t length) {
  sendDatagram(socket_, to, data, length, MSG_DONTWAIT);
}

void Endpoint::tell(const Connection& connection, EventType type, const uint8_t* data, size_t length) {
  bool isFirst = false;
  {
    const std::lock_guard lock(eventsMutex_);
    if (type == EventType::packet && events_.size() > kMaxEventBytes) {
      packetsDropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const Event event{connection.id, type, static_cast<uint16_t>(length)};
    const size_t start = events_.size();
    events_.resize(start + sizeof event + padded(length));
    std::memcpy(events_.data() + start, &event, sizeof event);
    if (length > 0) std::memcpy(events_.data() + start + sizeof event, data, length);
    isFirst = !std::exchange(isWoken_, true);
  }
  if (isFirst) wake_();
}

}  // namespace bitbasel
