import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PublishRoom } from './publish-room.tsx';
import { WatchRoom } from './watch-room.tsx';

const query = new URLSearchParams(location.search);
const room = query.get('room') ?? 'react';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <main>
        <h1>{room}</h1>
        {query.has('host') ? <PublishRoom room={room} /> : <WatchRoom room={room} />}
      </main>
    </StrictMode>,
  );
