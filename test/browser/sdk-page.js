/**
 * Runs in the page: the project's own SDK, used as a page would use it. Everything is kept on `globalThis.sdk`, so that
 * tests can look at it with expressions.
 */
let peers = 0;
let latestPeer;
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) {
    super(...args);
    peers += 1;
    latestPeer = this;
  }
};

const noted = ['state', 'layer', 'quality', 'sound-blocked', 'source-ended', 'error', 'ended', 'muted', 'reconnecting'];

/** Keeps what the session tells, as `[event, detail]`. */
function note(session) {
  session.told = [];
  for (const event of noted)
    session.on(event, (detail) => session.told.push([event, detail?.code ?? detail?.reason ?? detail?.kind ?? detail]));
  return session;
}

globalThis.sdk = {
  /** How many connections were made. */
  get peers() {
    return peers;
  },

  get peer() {
    return latestPeer;
  },

  async load() {
    this.module = await import('/sdk/index.js');
  },

  async watch({ room, options, size = [1280, 720] }) {
    const video = document.createElement('video');
    Object.assign(video.style, { width: `${size[0]}px`, height: `${size[1]}px` });
    document.body.append(video);
    this.video = video;
    this.viewer = note(this.module.watch(room, video, options));
  },

  async publish({ room, camera, options }) {
    this.host = note(this.module.publish(room, await this.module.openCamera(camera), options));
  },

  /** A picture of one colour, which is painted over and over so that frames are sent. */
  canvasTrack(colour) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    context.fillStyle = colour;
    setInterval(() => context.fillRect(0, 0, canvas.width, canvas.height), 50);
    return canvas.captureStream(20).getVideoTracks()[0];
  },

  /** Red, green and blue of the middle of what the viewer sees. */
  seen() {
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    const { videoWidth, videoHeight } = this.video;
    context.drawImage(this.video, videoWidth / 2, videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  },

  /** The code of the StreamError that the call ends with. */
  async codeOf(name, ...args) {
    try {
      await this.module[name](...args);
      return 'none';
    } catch (error) {
      return error instanceof this.module.StreamError && error.advice !== '' && error.message !== ''
        ? error.code
        : `${error}`;
    }
  },
};
