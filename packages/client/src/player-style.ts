/** Of the shadow tree. Pages change the custom properties, and the parts with `::part()`. */
export const playerStyle = `
:host {
  --accent: var(--bitbasel-accent, #ff4a26);
  --on-accent: var(--bitbasel-on-accent, #131316);
  --bar: var(--bitbasel-bar, #f5f2ea);
  --bar-ink: var(--bitbasel-bar-ink, #131316);
  --hover: var(--bitbasel-bar-hover, #e2dccd);
  --focus: var(--bitbasel-focus, #2f57ff);
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  grid-template-rows: minmax(0, auto) auto;
  font: 1rem / 1.4 var(--bitbasel-font, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif);
  color: var(--bar-ink);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host {
    --bar: var(--bitbasel-bar, #1d1c22);
    --bar-ink: var(--bitbasel-bar-ink, #f5f2ea);
    --hover: var(--bitbasel-bar-hover, #36353c);
    --focus: var(--bitbasel-focus, #8ea5ff);
  }
}
* { box-sizing: border-box; }
p { margin: 0; }
[hidden] { display: none !important; }
.screen {
  position: relative;
  display: grid;
  aspect-ratio: var(--bitbasel-aspect-ratio, 16 / 9);
  min-height: 0;
  overflow: hidden;
  background: var(--bitbasel-background, #0a0a0c);
  color: #f5f2ea;
}
.screen > * { grid-area: 1 / 1; z-index: 1; }
.screen:focus-visible { outline: 3px solid #8ea5ff; outline-offset: -3px; }
video { z-index: 0; width: 100%; height: 100%; min-height: 0; object-fit: contain; }
.message {
  display: grid;
  align-content: center;
  gap: 0.4em;
  padding: 2.75rem clamp(1rem, 5%, 3.5rem) 1.25rem;
  background: rgb(10 10 12 / 80%);
}
.title { font-size: clamp(1.25rem, 4vw, 2.25rem); font-weight: 700; line-height: 1.15; letter-spacing: -0.02em; }
.detail { max-width: 48ch; }
.spinner {
  width: 2rem; height: 2rem; margin-bottom: 0.25rem;
  border: 4px solid rgb(245 242 234 / 30%); border-top-color: var(--accent); border-radius: 50%;
  animation: turn 1s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation: none; } }
.status { display: flex; flex-wrap: wrap; gap: 0.375rem; align-self: start; justify-self: start; margin: 0.625rem; pointer-events: none; }
.status > * { padding: 0.125rem 0.5rem; background: rgb(10 10 12 / 80%); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.badge { font-weight: 700; }
.badge.live { background: var(--accent); color: var(--on-accent); }
.notice { place-self: end center; margin: 0.75rem; padding: 0.375rem 0.75rem; background: rgb(10 10 12 / 85%); }
.call {
  place-self: center; display: flex; align-items: center; gap: 0.5rem; padding: 0.75rem 1.25rem;
  border: 0; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 700; cursor: pointer;
}
.controls { display: flex; align-items: center; background: var(--bar); }
.controls button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.375rem; min-width: 2.75rem; min-height: 2.75rem;
  padding: 0.5rem; border: 0; background: none; color: inherit; font: inherit; font-weight: 700; white-space: nowrap; cursor: pointer;
}
.controls button:hover, .controls [role=menuitemradio]:focus { background: var(--hover); }
svg { width: 1.5rem; height: 1.5rem; fill: currentcolor; flex: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: -3px; }
.call:focus-visible { outline-color: #f5f2ea; }
.volume { flex: 0 1 7rem; width: 0; min-width: 3rem; height: 2.75rem; margin: 0 0.5rem 0 0; accent-color: var(--accent); }
@media (pointer: coarse) { .volume { display: none; } }
.space { flex: 1; }
.quality { position: relative; }
.menu {
  position: absolute; right: 0; bottom: 100%; z-index: 3; display: grid; min-width: 9rem; max-height: 15rem; overflow: auto;
  background: var(--bar); box-shadow: 0 0 0 2px var(--bar-ink);
}
.controls .menu button { justify-content: start; padding-inline: 0.875rem; font-weight: 400; }
.menu [aria-checked=true]::before { content: "\\2713"; width: 1.25rem; }
.menu [aria-checked=false]::before { content: ""; width: 1.25rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:host(:fullscreen) { grid-template-rows: minmax(0, 1fr) auto auto; width: 100%; height: 100%; background: #0a0a0c; }
:host(:fullscreen) .screen { aspect-ratio: auto; }
`;
