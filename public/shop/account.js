// The shop's own script: it tells the chat who has signed in, as the shop's server has signed it.
window.Recado ||= function () { (Recado.q ||= []).push(arguments); };
const account = document.getElementById('account'), { jwt } = account.dataset;
if (jwt) Recado('identify', jwt);
account.addEventListener('submit', () => jwt && Recado('logout'));
