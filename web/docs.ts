type SwaggerUi = (options: { url: string; dom_id: string; deepLinking: boolean; validatorUrl: null }) => unknown;

declare global {
  interface Window {
    SwaggerUIBundle: SwaggerUi;
  }
}

// No validator: it would send the document to somebody else's server.
window.SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#calls', deepLinking: true, validatorUrl: null });
