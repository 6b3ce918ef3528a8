// The page is complete as it is served. This keeps it so: each section comes again when it has changed, and the header says whether it does.
'use strict';

const themes = ['system', 'light', 'dark'];
const themeOf = () => localStorage.getItem('orleanspool-theme') ?? 'system';
const applyTheme = () => { document.documentElement.dataset.theme = themeOf(); };
applyTheme(); // before the first paint

document.addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme');
  const nameTheme = () => { button.textContent = `Theme: ${themeOf()}`; };
  button.addEventListener('click', () => {
    localStorage.setItem('orleanspool-theme', themes[(themes.indexOf(themeOf()) + 1) % themes.length]);
    applyTheme();
    nameTheme();
  });
  nameTheme();
  connect();
});

const words = { live: 'Live', connecting: 'Connecting', lost: 'Disconnected, trying again' };

function say(state) {
  document.body.dataset.state = state;
  document.getElementById('state').textContent = words[state];
}

function connect() {
  const source = new EventSource('/pool/events');
  for (const section of document.querySelectorAll('[data-live]')) {
    source.addEventListener(section.id, event => show(section, event.data));
  }
  source.addEventListener('open', () => say('live'));
  source.addEventListener('error', () => {
    say('lost');
    // The browser tries again by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  addEventListener('pagehide', () => source.close(), { once: true });
}

// What the reader has scrolled or marked in a section stays.
function show(section, html) {
  const selection = getSelection();
  if (!selection.isCollapsed && section.contains(selection.anchorNode)) return;
  const left = section.querySelector('.scroll')?.scrollLeft ?? 0;
  section.innerHTML = html;
  const scroll = section.querySelector('.scroll');
  if (scroll) scroll.scrollLeft = left;
}
