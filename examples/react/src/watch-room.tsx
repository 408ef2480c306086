import { useWatch } from './use-watch.ts';

export function WatchRoom({ room }: { room: string }) {
  const { ref, state, error, viewerCount, qualities, quality, soundBlocked, unmute, setQuality } = useWatch(room);
  return (
    <section aria-label={`Watching ${room}`}>
      {/* biome-ignore lint/a11y/useMediaCaption: what is live has no captions */}
      <video ref={ref} playsInline width={640} height={360} />
      <p role="status">
        {state}, {viewerCount} watching {error?.message}
      </p>
      {soundBlocked && (
        <button type="button" onClick={unmute}>
          Tap to unmute
        </button>
      )}
      <label>
        Quality{' '}
        <select value={quality} onChange={({ target }) => setQuality(target.value)}>
          {qualities.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
