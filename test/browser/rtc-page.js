/**
 * Runs in the page: a plain WHIP host and WHEP viewer, as anyone would write them, without the project's own SDK.
 * Every function takes and gives plain data.
 */
const peers = new Map();

globalThis.rtc = {
  /** Publishes the (fake) camera and microphone. `codec` names the only video codec, `rids` asks for simulcast. */
  async publish({ name, url, codec, rids, video = { width: 1280, height: 720, frameRate: 30 } }) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    const peer = new RTCPeerConnection();
    peer.addTransceiver(stream.getAudioTracks()[0], { direction: 'sendonly', streams: [stream] });
    const sendEncodings = rids?.map((rid, index) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - index) }));
    const [videoTrack] = stream.getVideoTracks();
    const options = { direction: 'sendonly', streams: [stream], ...(sendEncodings && { sendEncodings }) };
    const transceiver = peer.addTransceiver(videoTrack, options);
    if (codec) restrict(transceiver, 'sender', codec);
    // A busy machine shall cost frames, not resolution.
    const parameters = transceiver.sender.getParameters();
    await transceiver.sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' });
    return exchange(name, peer, url);
  },

  /** Watches; `codec` names the only video codec that it says it can decode. */
  async watch({ name, url, codec }) {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('audio', { direction: 'recvonly' });
    const transceiver = peer.addTransceiver('video', { direction: 'recvonly' });
    if (codec) restrict(transceiver, 'receiver', codec);
    play(peer);
    return exchange(name, peer, url);
  },

  /** Over a WebSocket: sends the first messages, then answers the server's offers; resolves when media is up. */
  async signal({ name, url, messages, publish, offer }) {
    const peer = new RTCPeerConnection();
    const socket = new WebSocket(url);
    const opened = new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no WebSocket at ${url}`)));
    });
    const received = [];
    peers.set(name, { peer, socket, received });
    if (publish) {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
      for (const track of stream.getTracks()) peer.addTrack(track, stream);
    } else {
      if (offer) for (const kind of ['audio', 'video']) peer.addTransceiver(kind, { direction: 'recvonly' });
      play(peer);
    }
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (socket.readyState === WebSocket.OPEN) send({ type: 'ice-candidate', candidate: candidate?.toJSON() ?? null });
    });
    const send = (message) => socket.send(JSON.stringify(message));
    socket.addEventListener('message', async ({ data }) => {
      const message = JSON.parse(data);
      received.push(message);
      if (message.type === 'answer') await peer.setRemoteDescription({ type: 'answer', sdp: message.sdp });
      if (message.type !== 'offer') return;
      await peer.setRemoteDescription({ type: 'offer', sdp: message.sdp });
      await peer.setLocalDescription();
      send({ type: 'answer', sdp: peer.localDescription.sdp });
    });
    await opened;
    for (const message of messages) send(message);
    if (offer) {
      await peer.setLocalDescription();
      send({ type: 'offer', sdp: peer.localDescription.sdp });
    }
  },

  send({ name, message }) {
    peers.get(name).socket.send(JSON.stringify(message));
  },

  messages({ name }) {
    return peers.get(name).received;
  },

  state({ name }) {
    return peers.get(name).peer.connectionState;
  },

  /** Ends the session by DELETE on its resource. */
  async leave({ name }) {
    const { peer, resource } = peers.get(name);
    const { status } = await fetch(resource, { method: 'DELETE' });
    peer.close();
    return status;
  },

  /** The newest stats of each type, and of each RTP stream; numbers and strings only. */
  async stats({ name }) {
    const { peer } = peers.get(name);
    const all = [...(await peer.getStats()).values()];
    const rtp = (type, kind) => all.filter((one) => one.type === type && one.kind === kind);
    const codecOf = (one) => all.find(({ id }) => id === one?.codecId)?.mimeType;
    const [audioIn] = rtp('inbound-rtp', 'audio');
    const [videoIn] = rtp('inbound-rtp', 'video');
    return {
      transport: all.find(({ type }) => type === 'transport'),
      audioIn,
      videoIn,
      videoCodec: codecOf(videoIn ?? rtp('outbound-rtp', 'video')[0]),
      audioOut: rtp('outbound-rtp', 'audio')[0],
      videoOut: rtp('outbound-rtp', 'video'),
    };
  },
};

function restrict(transceiver, side, codec) {
  const { codecs } = (side === 'sender' ? RTCRtpSender : RTCRtpReceiver).getCapabilities('video');
  const wanted = codecs.filter(({ mimeType }) => [`video/${codec}`, 'video/rtx'].includes(mimeType));
  transceiver.setCodecPreferences(wanted);
}

/** Media that nobody plays is not decoded. */
function play(peer) {
  peer.addEventListener('track', ({ track }) => {
    const element = document.createElement(track.kind);
    element.srcObject = new MediaStream([track]);
    element.muted = track.kind === 'video';
    document.body.append(element);
    element.play();
  });
}

/** One POST; candidates need not be waited for, since the server finds the peer by its first check. */
async function exchange(name, peer, url) {
  await peer.setLocalDescription();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: peer.localDescription.sdp,
  });
  const body = await response.text();
  if (response.status !== 201) {
    peer.close();
    return { status: response.status, problem: JSON.parse(body) };
  }
  const resource = new URL(response.headers.get('location'), url).href;
  peers.set(name, { peer, resource });
  await peer.setRemoteDescription({ type: 'answer', sdp: body });
  return { status: response.status, resource, answer: body };
}
