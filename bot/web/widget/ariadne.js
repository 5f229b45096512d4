/**
 * Embeds Ariadne in any page: <script src="https://host/widget.js" defer></script>
 *
 * data-language  "el" or "en": the language to begin with; without it, the page's own.
 * data-open      opens the panel on load, where the window is wide.
 */
(() => {
  'use strict';
  const script = document.currentScript ?? document.querySelector('script[src$="/widget.js"]');
  const base = new URL('.', script.src);

  const embed = async () => {
    const { AriadneAssistant } = await import(new URL('widget/element.js', base));
    AriadneAssistant.base = base;
    if (!customElements.get('ariadne-assistant')) {
      customElements.define('ariadne-assistant', AriadneAssistant);
    }
    const assistant =
      document.querySelector('ariadne-assistant') ?? document.createElement('ariadne-assistant');
    for (const name of ['language', 'open']) {
      const value = script.dataset[name];
      if (value !== undefined && !assistant.hasAttribute(name)) assistant.setAttribute(name, value);
    }
    if (!assistant.isConnected) document.body.append(assistant);
    assistant.begin();
  };

  if (document.body) embed();
  else document.addEventListener('DOMContentLoaded', embed, { once: true });
})();
