/** Runs in the page: peers that negotiate as our clients do, without a server behind the candidates. */
globalThis.peers = {
  /** An offer to send. `codec` narrows the video, `rids` asks for simulcast. */
  async publisherOffer({ codec, rids }) {
    const peer = new RTCPeerConnection();
    addTracks(peer, rids);
    if (codec) {
      const { codecs } = RTCRtpSender.getCapabilities('video');
      const wanted = codecs.filter(({ mimeType }) => mimeType === `video/${codec}` || mimeType === 'video/rtx');
      peer.getTransceivers()[1].setCodecPreferences(wanted);
    }
    return offer(peer);
  },

  /** An offer to receive one track of each of the kinds. */
  async viewerOffer({ kinds }) {
    const peer = new RTCPeerConnection();
    for (const kind of kinds) peer.addTransceiver(kind, { direction: 'recvonly' });
    return offer(peer);
  },

  /** Takes our answer, and tells what came of it. */
  async accept(sdp) {
    await current.setRemoteDescription({ type: 'answer', sdp });
    return outcome();
  },

  /** Answers our offer, with tracks of its own where `publish` is set. */
  async answer({ sdp, publish }) {
    current = new RTCPeerConnection();
    await current.setRemoteDescription({ type: 'offer', sdp });
    if (publish) addTracks(current);
    await current.setLocalDescription();
    return { sdp: current.localDescription.sdp, ...outcome() };
  },
};

let current;

async function offer(peer) {
  current = peer;
  await peer.setLocalDescription();
  return peer.localDescription.sdp;
}

/** With `addTrack`, the sections of a remote offer take the tracks up; `rids` need a transceiver of our own. */
function addTracks(peer, rids) {
  const stream = new MediaStream([toneTrack(), pictureTrack()]);
  for (const track of stream.getTracks()) {
    if (rids && track.kind === 'video') {
      const sendEncodings = rids.map((rid, index) => ({ rid, scaleResolutionDownBy: 2 ** (rids.length - 1 - index) }));
      peer.addTransceiver(track, { direction: 'sendonly', streams: [stream], sendEncodings });
    } else {
      peer.addTrack(track, stream);
    }
  }
}

function pictureTrack() {
  const canvas = document.createElement('canvas');
  canvas.getContext('2d').fillRect(0, 0, 1, 1);
  return canvas.captureStream(30).getVideoTracks()[0];
}

function toneTrack() {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const oscillator = context.createOscillator();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

function outcome() {
  const transceivers = current.getTransceivers().map(({ mid, currentDirection, sender, receiver }) => {
    const sending = sender.getParameters();
    const receiving = receiver.getParameters();
    return {
      mid,
      kind: receiver.track.kind,
      currentDirection,
      sendCodecs: sending.codecs.map(describe),
      receiveCodecs: receiving.codecs.map(describe),
      rids: sending.encodings.map(({ rid }) => rid),
      extensionUris: (currentDirection?.startsWith('send') ? sending : receiving).headerExtensions.map(
        ({ uri }) => uri,
      ),
    };
  });
  return { signalingState: current.signalingState, canTrickle: current.canTrickleIceCandidates, transceivers };
}

function describe({ mimeType, payloadType, sdpFmtpLine }) {
  return `${payloadType} ${mimeType.split('/')[1]}${sdpFmtpLine ? ` ${sdpFmtpLine}` : ''}`;
}
