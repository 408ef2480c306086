import { openCamera, StreamError, stopStream } from '@bitbasel/client/devices';
import { useEffect, useState } from 'react';
import { usePublish } from './use-publish.ts';

export function PublishRoom({ room }: { room: string }) {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState('');
  const { session, state, viewerCount, muted, warnings } = usePublish(room, stream);

  // The camera's light goes out with the stream that is shown no more.
  useEffect(() => () => (stream ? stopStream(stream) : undefined), [stream]);

  async function start() {
    try {
      setProblem('');
      setStream(await openCamera());
    } catch (error) {
      setProblem(error instanceof StreamError ? `${error.message} ${error.advice}` : String(error));
    }
  }

  return (
    <section aria-label={`Publishing in ${room}`}>
      <video
        ref={(video) => {
          if (video) video.srcObject = stream;
        }}
        autoPlay
        muted
        playsInline
        width={640}
        height={360}
      />
      <p role="status">{stream ? `${state}, ${viewerCount} watching` : 'Off air'}</p>
      <p role="alert">{problem}</p>
      {stream === null ? (
        <button type="button" onClick={start}>
          Go live
        </button>
      ) : (
        <>
          <button type="button" onClick={() => setStream(null)}>
            Stop
          </button>
          <button type="button" aria-pressed={muted} onClick={() => session?.setMuted('audio', !muted)}>
            Mute
          </button>
        </>
      )}
      <ul>
        {warnings.map(({ code, kind, rid, detail, advice }) => (
          <li key={`${code} ${kind} ${rid}`}>
            {detail} {advice}
          </li>
        ))}
      </ul>
    </section>
  );
}
