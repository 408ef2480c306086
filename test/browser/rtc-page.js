/**
 * Runs in the page: a plain WHIP host and WHEP viewer, as anyone would write them, without the project's own SDK.
 * Every function takes and gives plain data.
 */
const peers = new Map();
/** Of the left and the right channel of what the SDK plays. */
let analysers = [];

globalThis.rtc = {
  /** Publishes the (fake) camera and microphone. `codec` names the only video codec, `rids` asks for simulcast. */
  async publish({
    name,
    url,
    codec,
    rids,
    scalabilityMode,
    mediaPort,
    configuration,
    video = { width: 1280, height: 720, frameRate: 30 },
  }) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    const peer = new RTCPeerConnection(configuration);
    peer.addTransceiver(stream.getAudioTracks()[0], { direction: 'sendonly', streams: [stream] });
    const layers = rids?.map((rid, index) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - index) }));
    const sendEncodings = layers ?? (scalabilityMode && [{ scalabilityMode }]);
    const [videoTrack] = stream.getVideoTracks();
    const options = { direction: 'sendonly', streams: [stream], ...(sendEncodings && { sendEncodings }) };
    const transceiver = peer.addTransceiver(videoTrack, options);
    if (codec) restrict(transceiver, 'sender', codec);
    // A busy machine shall cost frames, not resolution.
    const parameters = transceiver.sender.getParameters();
    await transceiver.sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' });
    return exchange(name, peer, url, mediaPort);
  },

  /** Publishes tones: one in the left channel, another in the right. */
  async publishTones({ name, url, leftHz, rightHz }) {
    const context = new AudioContext();
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    for (const [channel, frequency] of [leftHz, rightHz].entries()) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(merger, 0, channel);
      tone.start();
    }
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    merger.connect(destination);
    await context.resume();
    const peer = new RTCPeerConnection();
    const [track] = destination.stream.getAudioTracks();
    peer.addTransceiver(track, { direction: 'sendonly', streams: [destination.stream] });
    return exchange(name, peer, url);
  },

  /** Listens with the project's own SDK. */
  async listenWithSdk({ room }) {
    const { watch } = await import('/sdk/index.js');
    const { stream } = watch(room, null);
    while (stream.getAudioTracks().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // Chromium gives Web Audio only what some element plays as well.
    const element = new Audio();
    element.srcObject = stream;
    element.muted = true;
    element.play();
    const context = new AudioContext();
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(splitter);
    analysers = [0, 1].map((channel) => {
      const analyser = new AnalyserNode(context, { fftSize: 8192 });
      splitter.connect(analyser, channel);
      return analyser;
    });
    await context.resume();
  },

  /** The loudest frequency of each channel in Hz, 0 for silence. */
  loudest() {
    return analysers.map((analyser) => {
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const highest = levels.indexOf(Math.max(...levels));
      return levels[highest] > -60 ? Math.round((highest * analyser.context.sampleRate) / analyser.fftSize) : 0;
    });
  },

  /**
   * Watches; `codec` names the only video codec that it says it can decode, `audioCodecs` the audio codecs.
   * `descriptors` asks for AV1's dependency descriptors, which Chromium leaves out unless it is told.
   * `mediaPort` is where it sends its packets instead of to the server.
   */
  async watch({ name, url, codec, audioCodecs, descriptors, mediaPort, configuration }) {
    const peer = new RTCPeerConnection(configuration);
    const audio = peer.addTransceiver('audio', { direction: 'recvonly' });
    if (audioCodecs) {
      const { codecs } = RTCRtpReceiver.getCapabilities('audio');
      audio.setCodecPreferences(codecs.filter(({ mimeType }) => audioCodecs.includes(mimeType)));
    }
    const transceiver = peer.addTransceiver('video', { direction: 'recvonly' });
    if (codec) restrict(transceiver, 'receiver', codec);
    if (descriptors) {
      const extensions = transceiver.getHeaderExtensionsToNegotiate();
      const wanted = extensions.find(({ uri }) => uri.includes('dependency-descriptor'));
      wanted.direction = 'sendrecv';
      transceiver.setHeaderExtensionsToNegotiate(extensions);
    }
    play(peer);
    return exchange(name, peer, url, mediaPort);
  },

  /** Gathers candidates to the end, and tells which came and what the ICE servers refused. */
  async gather({ configuration }) {
    const peer = new RTCPeerConnection(configuration);
    const candidates = [];
    const errors = [];
    peer.addEventListener('icecandidateerror', ({ url, errorCode }) => errors.push({ url, errorCode }));
    const gathered = new Promise((resolve) => {
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null) resolve();
        else candidates.push(candidate.type);
      });
    });
    peer.addTransceiver('audio');
    await peer.setLocalDescription();
    await gathered;
    peer.close();
    return { candidates, errors };
  },

  /** From now on notes when frames are shown, for `longestGap`. */
  recordFrames({ name }) {
    const entry = peers.get(name);
    const video = entry.peer.video;
    entry.shownMs = [performance.now()];
    const shown = (nowMs) => {
      entry.shownMs.push(nowMs);
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  },

  /** The longest time in ms that one frame stood since the call before, with the one that stands now. */
  longestGap({ name }) {
    const entry = peers.get(name);
    const { shownMs } = entry;
    entry.shownMs = shownMs.slice(-1);
    return Math.max(...shownMs.map((atMs, index) => (shownMs[index + 1] ?? performance.now()) - atMs));
  },

  /** Joins by WHEP, and tells how soon it saw the first frame and was live. */
  async join({ url }) {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('video', { direction: 'recvonly' });
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    peer.addEventListener('track', ({ track }) => {
      video.srcObject = new MediaStream([track]);
      video.play();
    });
    const startMs = performance.now();
    const { status } = await exchange('join', peer, url);
    if (status !== 201) throw new Error(`WHEP was answered ${status}`);
    const inbound = async () => [...(await peer.getStats()).values()].find(({ type }) => type === 'inbound-rtp');
    let stats = await inbound();
    while (!(stats?.framesDecoded > 0)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      stats = await inbound();
    }
    const firstFrameMs = performance.now() - startMs;
    const keyFramesDecodedAtFirst = stats.keyFramesDecoded;
    const liveAfterMs = await whenLive(video, startMs);
    const { framesDecoded, pliCount, nackCount } = await inbound();
    await fetch(peers.get('join').resource, { method: 'DELETE' });
    peer.close();
    video.remove();
    return { firstFrameMs, liveAfterMs, keyFramesDecodedAtFirst, framesDecoded, pliCount, nackCount };
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

  /** Goes live over a WebSocket with a picture of one size and a tone that is off at first. */
  async host({ name, url, userId, width, height }) {
    const stream = paintedStream(width, height);
    const audio = new AudioContext();
    const gain = new GainNode(audio, { gain: 0 });
    const tone = new OscillatorNode(audio, { frequency: 440 });
    const microphone = new MediaStreamAudioDestinationNode(audio);
    tone.connect(gain).connect(microphone);
    tone.start();
    stream.addTrack(microphone.stream.getAudioTracks()[0]);

    const peer = new RTCPeerConnection();
    for (const track of stream.getTracks()) {
      const { sender } = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      // A busy machine shall cost frames, not resolution: hosts are told by it.
      if (track.kind === 'video')
        await sender.setParameters({ ...sender.getParameters(), degradationPreference: 'maintain-resolution' });
    }
    await peer.setLocalDescription();
    const socket = new WebSocket(url);
    const received = [];
    peers.set(name, { peer, socket, received, gain });
    socket.addEventListener('message', async ({ data }) => {
      const message = JSON.parse(data);
      received.push(message);
      if (message.type === 'answer') await peer.setRemoteDescription({ type: 'answer', sdp: message.sdp });
    });
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send(JSON.stringify({ type: 'join', role: 'host', user_id: userId, takeover: true }));
    socket.send(JSON.stringify({ type: 'offer', sdp: peer.localDescription.sdp }));
  },

  /** Turns a host's tone on or off. */
  sound({ name, on }) {
    peers.get(name).gain.gain.value = on ? 0.5 : 0;
  },

  /** What comes in on each m-line of video. */
  async videos({ name }) {
    const all = [...(await peers.get(name).peer.getStats()).values()];
    const videos = all.filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    return videos.map(({ mid, frameWidth = 0, framesDecoded = 0 }) => ({ mid, frameWidth, framesDecoded }));
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

  /** Notes every state that the connection is in from now on. */
  recordStates({ name }) {
    const entry = peers.get(name);
    entry.states = [entry.peer.connectionState];
    entry.peer.addEventListener('connectionstatechange', () => entry.states.push(entry.peer.connectionState));
  },

  recordedStates({ name }) {
    return peers.get(name).states;
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

/**
 * When the frames on the screen were live: captured as long ago as those two seconds later, give or take a tenth.
 * What the capture times are by the wall clock does not matter for that; their timestamps count at 90 kHz.
 */
async function whenLive(video, startMs) {
  const shown = [];
  while (performance.now() - startMs < 2500) {
    await new Promise((resolve) =>
      video.requestVideoFrameCallback((nowMs, { rtpTimestamp }) => {
        shown.push({ atMs: nowMs - startMs, delayMs: nowMs - rtpTimestamp / 90 });
        resolve();
      }),
    );
  }
  const settled = shown.slice(-20).map(({ delayMs }) => delayMs);
  settled.sort((a, b) => a - b);
  const liveDelayMs = settled[settled.length >> 1];
  return shown.findLast(({ delayMs }) => delayMs > liveDelayMs + 100)?.atMs ?? shown[0].atMs;
}

/** A moving picture of this size. */
function paintedStream(width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  let step = 0;
  setInterval(() => {
    step += 4;
    context.fillStyle = `hsl(${width} 60% 40%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = 'white';
    context.fillRect(step % width, height / 3, 40, 40);
  }, 50);
  return canvas.captureStream(20);
}

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
    if (track.kind === 'video') peer.video = element;
  });
}

/** One POST; candidates need not be waited for, since the server finds the peer by its first check. */
async function exchange(name, peer, url, mediaPort) {
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
  const answer =
    mediaPort === undefined ? body : body.replaceAll(/^(a=candidate:\S+ 1 udp \d+ \S+) \d+ /gm, `$1 ${mediaPort} `);
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  return { status: response.status, resource, answer: body };
}
