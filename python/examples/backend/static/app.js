import { call, enter } from './api.js';
import { openCamera, openPicture, publish, watch } from './media.js';

const refreshMs = 2_000;
const element = (id) => document.getElementById(id);
const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true, controls: true });
element('stage').prepend(video);

let me;
/** The stream that is published or watched: one at a time. */
let session;
let ownStream;

const states = {
  connecting: 'Connecting',
  waiting: 'Waiting for the host',
  live: 'Live',
  reconnecting: 'Connection lost, trying again',
  ended: 'It has ended',
  failed: 'It cannot be shown',
  closed: 'Stopped',
};

function showState(state, problem) {
  element('state').textContent = [states[state], state === 'failed' && problem].filter(Boolean).join(': ');
  element('state').classList.toggle('live', state === 'live');
}

function showProblem(text) {
  element('problem').textContent = text;
  element('problem').hidden = text === '';
}

/** Does something for a click, and says what went wrong. */
async function attempt(action) {
  showProblem('');
  try {
    await action();
  } catch (cause) {
    showProblem(cause.message);
  }
}

function leaveStage() {
  session?.close();
  session = undefined;
  for (const track of ownStream?.getTracks() ?? []) track.stop();
  ownStream = undefined;
  video.srcObject = null;
  element('stage').hidden = true;
}

async function goLive(post) {
  leaveStage();
  const start = () => call('POST', '/livestream/start', { post_id: String(post.post_id), sdk: true });
  const camera = document.querySelector('input[name=source]:checked').value === 'camera';
  ownStream = await (camera ? openCamera() : openPicture());
  video.srcObject = ownStream;
  video.muted = true;
  element('stage').hidden = false;
  session = await publish(ownStream, await start(), start, showState);
}

async function showPost(post) {
  leaveStage();
  const join = () => call('POST', `/livestream/${post.author_id}/join`, { sdk: true });
  const pass = await join();
  video.muted = false;
  element('stage').hidden = false;
  session = await watch(video, pass, join, showState);
}

async function stop() {
  const isOwn = ownStream !== undefined;
  leaveStage();
  if (isOwn) await call('POST', '/livestream/end', {});
  await refresh();
}

function button(text, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', () => void attempt(action));
  return made;
}

function item(title, note, ...rest) {
  const li = document.createElement('li');
  const text = document.createElement('div');
  const strong = document.createElement('strong');
  const small = document.createElement('small');
  strong.textContent = title;
  small.textContent = note;
  text.append(strong, small);
  li.append(text, ...rest);
  return li;
}

function postItem(post) {
  const isMine = post.author_id === me.user_id;
  const live = post.is_live ? `Live, ${post.viewer_count} watching` : 'Not live';
  const li = item(post.text, `${post.author} · ${live}`);
  li.classList.toggle('live', post.is_live);
  if (isMine && !post.is_live) li.append(button('Go live', () => goLive(post)));
  if (isMine) li.append(button('Delete', () => call('DELETE', `/posts/${post.post_id}`).then(refresh)));
  if (!isMine && post.is_live) li.append(button('Watch', () => showPost(post)));
  return li;
}

function personItem({ user_id, name, is_followed }) {
  const path = `/users/${user_id}/follow`;
  const change = () => call(is_followed ? 'DELETE' : 'PUT', path).then(refresh);
  return item(name, is_followed ? 'You follow them' : '', button(is_followed ? 'Unfollow' : 'Follow', change));
}

/** Replaces a list only when it has changed, so that nothing is lost under the pointer. */
function showList(list, values, make) {
  const seen = JSON.stringify(values);
  if (list.dataset.seen === seen) return;
  list.dataset.seen = seen;
  list.replaceChildren(...values.map(make));
}

async function refresh() {
  const [posts, people] = await Promise.all([call('GET', '/posts'), call('GET', '/users')]);
  showList(element('posts'), posts, postItem);
  showList(element('people'), people, personItem);
}

async function keepFresh() {
  await refresh().catch((cause) => showProblem(cause.message));
  setTimeout(keepFresh, refreshMs);
}

element('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(async () => {
    me = await enter(element('name').value);
    element('who').textContent = me.name;
    element('enter').hidden = true;
    element('home').hidden = false;
    await keepFresh();
  });
});
element('post').addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(async () => {
    await call('POST', '/posts', { text: element('text').value });
    event.target.reset();
    await refresh();
  });
});
element('stop').addEventListener('click', () => void attempt(stop));
