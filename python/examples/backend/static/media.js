// All that this page does with the media server's browser SDK.

/** The module is the media server's own, so it always fits the server. */
const sdk = (pass) => import(`${pass.server_url}/sdk/index.js`);

/**
 * Publishes a stream in the room of a pass, which `POST /livestream/start` gives.
 * @param newPass fetches one, for every connection that needs a token
 */
export async function publish(stream, pass, newPass, onState) {
  const { publish } = await sdk(pass);
  return follow(publish(pass.room_id, stream, optionsOf(pass, newPass)), onState);
}

/** Shows the room of a pass, which `POST /livestream/{user_id}/join` gives, in a video element. */
export async function watch(video, pass, newPass, onState) {
  const { watch } = await sdk(pass);
  return follow(watch(pass.room_id, video, optionsOf(pass, newPass)), onState);
}

function optionsOf(pass, newPass) {
  let token = pass.token;
  const nextToken = async () => {
    // The first connection has its token already.
    const fresh = token ?? (await newPass()).token;
    token = undefined;
    return fresh;
  };
  return { server: pass.server_url, ...(pass.token && { token: nextToken }) };
}

function follow(session, onState) {
  const tell = () => onState(session.state, session.error?.message);
  session.on('state', tell);
  tell();
  return session;
}

export function openCamera() {
  return navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });
}

/** For machines without a camera: a dot that goes round, and the time. */
export function openPicture() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 960, height: 540 });
  const context = canvas.getContext('2d');
  const draw = () => {
    const turn = (performance.now() / 4000) * 2 * Math.PI;
    context.fillStyle = '#1d1b2e';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#ff4a26';
    context.beginPath();
    context.arc(480 + 180 * Math.cos(turn), 270 + 180 * Math.sin(turn), 40, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = '#f5f2ea';
    context.font = '48px sans-serif';
    context.textAlign = 'center';
    context.fillText(new Date().toLocaleTimeString(), 480, 286);
  };
  draw();
  const timer = setInterval(draw, 40);
  const stream = canvas.captureStream(25);
  const [track] = stream.getVideoTracks();
  const stop = track.stop.bind(track);
  track.stop = () => {
    clearInterval(timer);
    stop();
  };
  return stream;
}
