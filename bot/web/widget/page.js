/** The product's own page: its examples ask the widget, its texts follow the widget's language. */
(() => {
  'use strict';

  const say = async (language) => {
    const response = await fetch(`/widget/texts/${language}.json`);
    if (!response.ok) return;
    const texts = await response.json();
    document.documentElement.lang = language;
    for (const node of document.querySelectorAll('[data-text]')) {
      node.textContent = texts[node.dataset.text];
    }
  };

  const assistant = async () => {
    await customElements.whenDefined('ariadne-assistant');
    return document.querySelector('ariadne-assistant');
  };

  document.querySelector('[data-embed]').textContent =
    `<script src="${location.origin}/widget.js" defer></script>`;

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-start], [data-ask]');
    if (!button) return;
    if (button.matches('[data-ask]')) (await assistant()).ask(button.textContent);
    else (await assistant()).show();
  });

  assistant().then(async (widget) => {
    widget.addEventListener('ariadne-language', ({ detail }) => say(detail));
    const language = await widget.language();
    if (language !== document.documentElement.lang) say(language);
  });
})();
