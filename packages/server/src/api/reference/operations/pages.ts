import type { Resource } from '../operation.ts';

const html = { 200: { description: 'The page', type: 'text/html' } };
const file = { 200: { description: 'The file', type: '*/*' } };

export const pageOperations: Resource = {
  tag: 'Pages',
  description: 'What browsers load.',
  operations: {
    'GET /': { id: 'homePage', summary: 'Who is live', answers: html },
    'GET /live': { id: 'livePage', summary: 'Go live', answers: html },
    'GET /watch/{room_id}': { id: 'watchPage', summary: 'Watch a room', answers: html },
    'GET /dashboard': { id: 'dashboardPage', summary: 'Look after rooms and sessions', answers: html },
    'GET /dashboard/charts/{file}': {
      id: 'chartFile',
      summary: 'The chart library of the dashboard',
      answers: file,
      errors: ['not_found'],
    },
    'GET /assets/{file}': {
      id: 'asset',
      summary: 'Scripts and styles of the pages',
      answers: file,
      errors: ['not_found'],
    },
    'GET /sdk/{file}': { id: 'sdk', summary: 'The browser SDK', answers: file, errors: ['not_found'] },
  },
};
