/** Runs in the server's own watch page: what a person would see there, as plain data. */
const states = [];

globalThis.watchPage = {
  /** Widths of the pictures by the hosts' names, the main screen under the name `main`; and who is marked as speaking. */
  shown() {
    const widths = {};
    const speaking = [];
    for (const figure of document.querySelectorAll('bitbasel-player, #co-hosts figure')) {
      const name = figure.matches('figure') ? figure.querySelector('figcaption').textContent : 'main';
      widths[name] = (figure.video ?? figure.querySelector('video')).videoWidth;
      if (figure.classList.contains('speaking')) speaking.push(name);
    }
    return { widths, speaking };
  },

  /** Notes every state that the session is in from now on. */
  recordStates() {
    states.push(globalThis.bitbasel.session.state);
    globalThis.bitbasel.session.on('state', (state) => states.push(state));
  },

  states: () => states,
};
