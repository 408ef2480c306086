/** Runs in the page: the browsers that a backend's livestream calls stand between. */
globalThis.livestream = {
  /** The broadcaster: answers the server's offer with a moving picture. */
  async answer(sdp) {
    peer = new RTCPeerConnection();
    await peer.setRemoteDescription({ type: 'offer', sdp });
    peer.addTrack(movingPicture());
    await peer.setLocalDescription();
    return peer.localDescription.sdp;
  },

  /** A viewer: offers to receive. */
  async offer() {
    peer = new RTCPeerConnection();
    peer.addTransceiver('audio', { direction: 'recvonly' });
    peer.addTransceiver('video', { direction: 'recvonly' });
    await peer.setLocalDescription();
    return peer.localDescription.sdp;
  },

  async accept(sdp) {
    await peer.setRemoteDescription({ type: 'answer', sdp });
  },

  /** Resolves when a picture of the stream is on the screen. */
  async firstFrame() {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream(peer.getReceivers().map(({ track }) => track));
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    await video.play();
    await shown;
  },

  /** Resolves when the connection is up. */
  async connected() {
    while (peer.connectionState !== 'connected') {
      await new Promise((resolve) => peer.addEventListener('connectionstatechange', resolve, { once: true }));
    }
  },
};

let peer;

function movingPicture() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  setInterval(() => {
    context.fillStyle = `hsl(${performance.now() % 360} 90% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 40);
  return canvas.captureStream(25).getVideoTracks()[0];
}
