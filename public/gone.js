// All that the frame of a retired application says to the page around it: what was pasted there shows nothing.
parent.postMessage({ recado: 1, type: 'hide' }, '*');
