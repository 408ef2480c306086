// Calls of the backend, as whoever is signed in in this tab.

let token = sessionStorage.getItem('token');

export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(typeof answer.detail === 'string' ? answer.detail : 'That did not work.');
  return answer;
}

/** Each tab is a user of its own, so that one browser is enough to try it. */
export async function enter(name) {
  const session = await call('POST', '/users', { name });
  token = session.token;
  sessionStorage.setItem('token', token);
  return session;
}
