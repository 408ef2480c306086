// What JavaScript sees of the endpoint: see packages/server/src/transport/native/addon.ts, which says what each call does.
#include <napi.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "endpoint.h"

namespace {

using bitbasel::Batch;
using bitbasel::ConnectionId;
using bitbasel::Endpoint;

class Port : public Napi::ObjectWrap<Port> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Port",
                       {
                           InstanceAccessor<&Port::number>("number"),
                           InstanceAccessor<&Port::packetsDropped>("packetsDropped"),
                           InstanceMethod<&Port::create>("create"),
                           InstanceMethod<&Port::connect>("connect"),
                           InstanceMethod<&Port::close>("close"),
                           InstanceMethod<&Port::nextBatch>("nextBatch"),
                           InstanceMethod<&Port::batch>("batch"),
                           InstanceMethod<&Port::send>("send"),
                           InstanceMethod<&Port::stop>("stop"),
                       });
  }

  // { address, port, certificatePem, privateKeyPem, senders }, and what is called with the events there are.
  explicit Port(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Port>(info) {
    const auto options = info[0].As<Napi::Object>();
    const auto text = [&](const char* name) { return options.Get(name).As<Napi::String>().Utf8Value(); };
    const auto number = [&](const char* name) { return options.Get(name).As<Napi::Number>().Uint32Value(); };
    wake_ = Wake::New(info.Env(), info[1].As<Napi::Function>(), "bitbasel events", 0, 1, this);
    try {
      endpoint_ = std::make_unique<Endpoint>(
          bitbasel::EndpointOptions{
              .address = text("address"),
              .port = static_cast<uint16_t>(number("port")),
              .certificatePem = text("certificatePem"),
              .privateKeyPem = text("privateKeyPem"),
              .senders = number("senders"),
          },
          [this] { wake_.NonBlockingCall(); });
    } catch (const bitbasel::BindError& failure) {
      wake_.Release();
      auto error = Napi::Error::New(info.Env(), std::strerror(failure.code));
      error.Set("code", failure.code == EADDRINUSE ? "EADDRINUSE" : "EBIND");
      throw error;
    } catch (const std::exception& failure) {
      wake_.Release();
      throw Napi::Error::New(info.Env(), failure.what());
    }
  }

 private:
  static void handleEvents(Napi::Env env, Napi::Function callback, Port* port, void*) {
    if (env == nullptr || port->endpoint_ == nullptr) return;
    auto events = std::make_unique<std::vector<uint8_t>>(port->endpoint_->takeEvents());
    if (events->empty()) return;
    const auto buffer = Napi::Buffer<uint8_t>::Copy(env, events->data(), events->size());
    callback.Call({buffer});
  }
  using Wake = Napi::TypedThreadSafeFunction<Port, void, handleEvents>;

  static ConnectionId idOf(const Napi::CallbackInfo& info) { return info[0].As<Napi::Number>().Uint32Value(); }

  Endpoint& endpoint(const Napi::CallbackInfo& info) {
    if (endpoint_ == nullptr) throw Napi::Error::New(info.Env(), "The port is closed");
    return *endpoint_;
  }

  Napi::Value number(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), endpoint(info).port()); }

  Napi::Value packetsDropped(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(endpoint(info).packetsDropped()));
  }

  Napi::Value create(const Napi::CallbackInfo& info) {
    try {
      const auto ufrag = info[0].As<Napi::String>().Utf8Value();
      const auto password = info[1].As<Napi::String>().Utf8Value();
      return Napi::Number::New(info.Env(), endpoint(info).create(ufrag, password));
    } catch (const std::length_error& failure) {
      throw Napi::Error::New(info.Env(), failure.what());
    }
  }

  // id, hash algorithm, hash, whether the other side is the DTLS client
  void connect(const Napi::CallbackInfo& info) {
    const auto hash = info[2].As<Napi::Buffer<uint8_t>>();
    bitbasel::RemoteSide remote{
        .fingerprint = {.algorithm = info[1].As<Napi::String>().Utf8Value(),
                        .hash = std::vector<uint8_t>(hash.Data(), hash.Data() + hash.Length())},
        .isDtlsClient = info[3].As<Napi::Boolean>().Value(),
    };
    endpoint(info).connect(idOf(info), std::move(remote));
  }

  void close(const Napi::CallbackInfo& info) { endpoint(info).close(idOf(info)); }

  Napi::Value nextBatch(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), endpoint(info).nextBatch());
  }

  // The memory of a batch. It is the endpoint's: nothing may be written once the port is stopped.
  Napi::Value batch(const Napi::CallbackInfo& info) {
    Batch& wanted = endpoint(info).batch(info[0].As<Napi::Number>().Int32Value());
    return Napi::Buffer<uint8_t>::New(info.Env(), wanted.data.data(), wanted.data.size());
  }

  // index, bytes; returns the next batch
  Napi::Value send(const Napi::CallbackInfo& info) {
    Endpoint& sending = endpoint(info);
    sending.send(info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Uint32Value());
    return Napi::Number::New(info.Env(), sending.nextBatch());
  }

  // The threads have ended when it returns. Where nobody calls it, they end with the object.
  void stop(const Napi::CallbackInfo&) {
    if (endpoint_ == nullptr) return;
    endpoint_.reset();
    wake_.Release();
  }

  Wake wake_;
  std::unique_ptr<Endpoint> endpoint_;
};

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("Port", Port::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(bitbasel_media, init)
