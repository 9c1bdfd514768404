// The filters: every choice is in the address, so a list can be kept, sent and come back to.

/** Starts the form: whatever is chosen is applied at once, ticked boxes of a set are joined to one value. */
export function filters() {
  const form = document.getElementById('filters');
  const apply = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (query.has(name)) query.set(name, `${query.get(name)},${value}`);
      else if (value !== '' || name === 'state') query.set(name, value);
    }
    location.assign(`/groups?${query}`);
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); apply(); });
  form.addEventListener('change', (event) => {
    // Typed texts and days wait for Enter: they pass through values that nobody means.
    if (!event.target.matches('input[type=text], input[type=date]')) apply();
  });
}
