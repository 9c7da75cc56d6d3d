// Emoji, for who presses the button beside the box where he writes: fetched then, and not before. No font,
// no picture, no request to anybody else: the reader's own system draws them.
//
// One an entry: the emoji, and what it is called in es, pt and en. Those he chose last come first; they are
// kept under `recado:emoji`, which "end and forget" removes.
(() => {
  const script = document.currentScript, button = script.parentElement, box = document.getElementById('text');
  const lang = Math.max(['es', 'pt', 'en'].indexOf(script.dataset.lang), 0);
  const all = `
😀|sonrisa feliz alegre|sorriso feliz alegre|smile happy grin
😃|sonrisa contento|sorriso contente|smile joy
😄|sonrisa risa|sorriso riso|smile laugh
😁|sonrisa dientes|sorriso dentes|grin teeth
😆|risa carcajada|risada gargalhada|laugh squint
😅|sudor alivio nervios|suor alivio nervoso|sweat relief nervous
😂|risa lagrimas|risada lagrimas|laugh tears joy
🤣|risa suelo carcajada|risada chao gargalhada|rofl laugh floor
🙂|sonrisa leve|sorriso leve|slight smile
🙃|cabeza abajo ironia|cabeca ironia|upside down irony
😉|guiño|piscada|wink
😊|sonrisa amable|sorriso gentil|blush kind
😇|angel inocente|anjo inocente|angel innocent
🥰|amor corazones cariño|amor coracoes carinho|love hearts affection
😍|amor ojos corazon|amor olhos coracao|love heart eyes
😘|beso|beijo|kiss
😋|rico sabroso|gostoso delicia|yum tasty
😜|broma lengua|brincadeira lingua|joke tongue
🤗|abrazo|abraco|hug
🤭|ups risa mano|ops riso mao|oops giggle
🤫|silencio secreto|silencio segredo|quiet secret
🤔|pensar duda|pensar duvida|think doubt
😐|neutral serio|neutro serio|neutral serious
😑|sin expresion|sem expressao|expressionless
😏|picaro|malicioso|smirk
😒|disgusto aburrido|desgosto tedio|unamused
🙄|ojos arriba fastidio|revirar olhos|eye roll
😬|incomodo mueca|careta incomodo|grimace awkward
😌|alivio calma|alivio calma|relieved calm
😔|triste pensativo|triste pensativo|sad pensive
😴|dormir sueño|dormir sono|sleep tired
🤒|enfermo fiebre|doente febre|sick fever
😎|gafas genial|oculos legal|cool sunglasses
🤓|gafas listo|nerd oculos|nerd glasses
😕|confundido|confuso|confused
😟|preocupado|preocupado|worried
🙁|triste|triste|sad frown
😮|sorpresa|surpresa|surprise wow
😳|verguenza sonrojo|vergonha corado|flushed embarrassed
🥺|ruego por favor|suplica por favor|please plead
😢|llorar lagrima|chorar lagrima|cry tear
😭|llorar mucho|chorar muito|sob cry
😱|susto grito|susto grito|scream fear
😤|enfado bufido|bravo bufar|huff frustrated
😡|enfado rabia rojo|raiva bravo|angry rage
🤯|cabeza explota|cabeca explode|mind blown
🥳|fiesta cumpleaños|festa aniversario|party birthday
👍|si bien vale pulgar|sim bom joinha|yes good thumb up ok
👎|no mal pulgar|nao ruim|no bad thumb down
👌|vale perfecto|ok perfeito|ok perfect
✌️|paz victoria|paz vitoria|peace victory
🤞|suerte dedos|sorte dedos|luck fingers
👋|hola adios mano|ola tchau mao|hello bye wave
🙏|gracias por favor rezar|obrigado por favor rezar|thanks please pray
👏|aplauso bravo|aplauso parabens|clap bravo
🙌|manos celebrar|maos celebrar|hands celebrate
🤝|acuerdo mano trato|acordo aperto mao|deal handshake
💪|fuerza animo|forca animo|strong strength
👀|ojos mirar|olhos olhar|eyes look
👉|señalar derecha|apontar direita|point right
👈|señalar izquierda|apontar esquerda|point left
☝️|uno atencion|um atencao|one attention
✍️|escribir firma|escrever assinar|write sign
🤷|no se duda hombros|nao sei ombros|shrug dont know
🤦|palma cara|palma rosto|facepalm
🙋|pregunta mano|pergunta mao|question raise hand
❤️|corazon amor rojo|coracao amor|heart love red
🧡|corazon naranja|coracao laranja|heart orange
💛|corazon amarillo|coracao amarelo|heart yellow
💚|corazon verde|coracao verde|heart green
💙|corazon azul|coracao azul|heart blue
💜|corazon morado|coracao roxo|heart purple
🖤|corazon negro|coracao preto|heart black
💔|corazon roto|coracao partido|broken heart
💯|cien perfecto|cem perfeito|hundred perfect
✨|brillo magia|brilho magia|sparkles magic
⭐|estrella|estrela|star
🔥|fuego|fogo|fire hot
🎉|fiesta celebrar|festa celebrar|party celebrate
🎁|regalo|presente|gift present
🎂|tarta cumpleaños|bolo aniversario|cake birthday
✅|si hecho listo|sim feito pronto|yes done check
❌|no error mal|nao erro|no wrong cross
❓|pregunta|pergunta|question
❗|atencion importante|atencao importante|attention important
⚠️|aviso cuidado|aviso cuidado|warning careful
🚫|prohibido no|proibido nao|forbidden no
ℹ️|informacion|informacao|information
⏰|hora alarma reloj|hora alarme relogio|time alarm clock
⏳|espera tiempo|espera tempo|wait time
📅|fecha calendario dia|data calendario dia|date calendar day
📦|paquete caja pedido envio|pacote caixa pedido envio|package box order parcel
🚚|envio camion reparto|entrega caminhao|delivery truck shipping
🛒|compra carrito|compra carrinho|cart shopping
🧾|factura recibo|nota fiscal recibo|receipt invoice bill
💳|tarjeta pago|cartao pagamento|card payment
💶|dinero euros|dinheiro euros|money euros
💰|dinero bolsa|dinheiro saco|money bag
🏷️|precio etiqueta|preco etiqueta|price label tag
📷|foto camara|foto camera|photo camera
📎|adjunto clip|anexo clipe|attachment clip
📄|documento papel|documento papel|document page
📝|nota escribir|nota escrever|note memo write
✏️|lapiz escribir|lapis escrever|pencil write
📧|correo email|email correio|email mail
📞|telefono llamar|telefone ligar|phone call
📱|movil telefono|celular telefone|mobile phone
💻|ordenador portatil|computador notebook|computer laptop
🖨️|impresora imprimir|impressora imprimir|printer print
🔑|llave clave|chave senha|key password
🔒|candado seguro|cadeado seguro|lock safe
🔧|reparar herramienta|consertar ferramenta|repair tool wrench
🔨|martillo herramienta|martelo ferramenta|hammer tool
💡|idea luz bombilla lampara|ideia luz lampada|idea light bulb lamp
🔌|enchufe luz|tomada luz|plug power
🏠|casa hogar|casa lar|house home
🏢|oficina edificio|escritorio predio|office building
🏪|tienda|loja|shop store
📍|lugar direccion|lugar endereco|place address pin
🗺️|mapa|mapa|map
🚗|coche|carro|car
🚌|autobus|onibus|bus
✈️|avion viaje|aviao viagem|plane travel
🚲|bicicleta|bicicleta|bike
🛋️|sofa mueble|sofa movel|sofa couch furniture
🪑|silla mueble|cadeira movel|chair furniture
🛏️|cama|cama|bed
🚿|ducha baño|chuveiro banho|shower bath
🧹|limpiar escoba|limpar vassoura|clean broom
☕|cafe|cafe|coffee
🍵|te|cha|tea
🍺|cerveza|cerveja|beer
🍷|vino|vinho|wine
🍕|pizza|pizza|pizza
🍔|hamburguesa|hamburguer|burger
🍎|manzana fruta|maca fruta|apple fruit
🍞|pan|pao|bread
🍰|tarta postre|bolo sobremesa|cake dessert
🐶|perro|cachorro|dog
🐱|gato|gato|cat
🐦|pajaro|passaro|bird
🌳|arbol madera|arvore madeira|tree wood
🌸|flor|flor|flower
🌹|rosa flor|rosa flor|rose flower
🌞|sol|sol|sun
🌧️|lluvia|chuva|rain
❄️|nieve frio|neve frio|snow cold
🌈|arcoiris|arco iris|rainbow
🌍|mundo tierra|mundo terra|world earth
⚽|futbol pelota|futebol bola|football ball
🎵|musica nota|musica nota|music note
🎬|cine video|cinema video|film video
🎮|juego videojuego|jogo videogame|game
📚|libros|livros|books
🎓|estudios graduado|estudos formatura|graduation study
👶|bebe|bebe|baby
👨‍👩‍👧|familia|familia|family
👩‍💻|trabajo ordenador|trabalho computador|work computer
🧑‍🔧|tecnico mecanico|tecnico mecanico|technician mechanic
🚀|cohete rapido|foguete rapido|rocket fast
🆗|vale|ok|ok
🆕|nuevo|novo|new
🔝|arriba mejor|topo melhor|top best
➡️|derecha flecha|direita seta|right arrow
⬅️|izquierda flecha|esquerda seta|left arrow
🔄|cambio devolver otra vez|troca devolver de novo|exchange return again
`.trim().split('\n').map(line => line.split('|'));
  const [label, find, none, keys] = [
    ['Emojis', 'Buscar', 'Ningún emoji se llama así.', 'Con el teclado: '],
    ['Emojis', 'Buscar', 'Nenhum emoji se chama assim.', 'Com o teclado: '],
    ['Emojis', 'Search', 'No emoji is called that.', 'From the keyboard: '],
  ][lang];

  // The keys of the system's own picker (R32). Where Brazilian keyboards have ç, others have the semicolon.
  const system = navigator.userAgentData?.platform || navigator.platform || '';
  const tip = /^win/i.test(system) ? (lang == 1 ? 'Windows + . (ABNT2: Windows + ç)' : 'Windows + .')
    : /^mac/i.test(system) ? 'Ctrl + Cmd + ' + ['Espacio', 'Espaço', 'Space'][lang] : '';

  const NAME = 'recado:emoji';
  let recent = [];
  try { recent = JSON.parse(localStorage.getItem(NAME)) || []; } catch {}

  const sheet = new CSSStyleSheet;
  sheet.replaceSync(`
.emoji { position: absolute; inset-inline: 0.75rem; inset-block-end: 4rem; z-index: var(--z-menu); display: grid; gap: 0.5rem; padding: 0.75rem; border: 1px solid var(--line); border-radius: var(--round-l); background: var(--raised); box-shadow: var(--shadow-m); }
.emoji__all { display: grid; grid-template-columns: repeat(auto-fill, minmax(2.25rem, 1fr)); block-size: 11.25rem; overflow-y: auto; overscroll-behavior: contain; align-content: start; }
.emoji__one { block-size: 2.25rem; border-radius: var(--round-m); font-size: 1.25rem; text-align: center; }
.emoji__one:focus-visible { outline-offset: -2px; }
@media (any-hover: hover) { .emoji__one:hover { background: var(--quiet); } }
.emoji__says { color: var(--ink-soft); font-size: var(--text-xs); }
.emoji__says:empty { display: none; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  const make = (tag, about) => Object.assign(document.createElement(tag), about);
  const picker = make('div', { className: 'emoji', hidden: true, role: 'dialog', ariaLabel: label });
  const search = make('input', { className: 'field__box', type: 'search', placeholder: find, ariaLabel: find, autocomplete: 'off', name: 'emoji' });
  const list = make('div', { className: 'emoji__all', role: 'group', ariaLabel: label });
  const says = make('p', { className: 'emoji__says', role: 'status' });
  const how = make('p', { className: 'emoji__says', textContent: tip && keys + tip });
  picker.append(search, list, says, how);
  document.getElementById('widget').append(picker);

  const plain = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  const draw = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const fits = one => words.every(word => plain(one[lang + 1]).split(' ').some(name => name.startsWith(word)));
    const known = recent.map(emoji => all.find(one => one[0] == emoji)).filter(Boolean);
    const shown = [...known, ...all.filter(one => !known.includes(one))].filter(fits);
    list.replaceChildren(...shown.map((one, i) => make('button', {
      className: 'emoji__one', type: 'button', textContent: one[0], title: one[lang + 1].split(' ')[0],
      ariaLabel: one[lang + 1].split(' ').slice(0, 2).join(', '), tabIndex: i ? -1 : 0,
    })));
    list.scrollTop = 0;
    says.textContent = shown.length ? '' : none;
  };

  const open = yes => {
    picker.hidden = !yes;
    button.ariaExpanded = yes;
    if (!yes) return box.focus();
    search.value = '';
    draw();
    search.focus();
  };

  const put = emoji => {
    // As if typed: where he writes, undone like the rest, and heard like the rest.
    box.focus();
    if (!document.execCommand('insertText', false, emoji)) {
      box.setRangeText(emoji, box.selectionStart, box.selectionEnd, 'end');
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
    recent = [emoji, ...recent.filter(one => one != emoji)].slice(0, 16);
    try { localStorage.setItem(NAME, JSON.stringify(recent)); } catch {}
  };

  button.addEventListener('click', event => { event.stopPropagation(); open(picker.hidden); });
  list.addEventListener('click', event => {
    const one = event.target.closest('button');
    if (one) { put(one.textContent); open(false); }
  });
  search.addEventListener('input', event => { event.stopPropagation(); draw(); });
  picker.addEventListener('keydown', event => {
    event.stopPropagation();
    const ones = [...list.children], at = ones.indexOf(document.activeElement);
    const row = ones.filter(one => one.offsetTop == ones[0].offsetTop).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : row, ArrowUp: -row }[event.key];
    if (event.key == 'Escape') open(false);
    else if (event.key == 'Enter' && at < 0 && ones[0]) { put(ones[0].textContent); open(false); }
    else if (step && (at >= 0 || event.key == 'ArrowDown')) {
      const next = ones[Math.min(at + step, ones.length - 1)] || search;
      if (at >= 0 && next != search) ones[at].tabIndex = -1;
      if (next != search) next.tabIndex = 0;
      next.focus();
    } else return;
    event.preventDefault();
  });
  // Elsewhere pressed, or gone on to something else: he has changed his mind.
  document.addEventListener('pointerdown', event => {
    if (!picker.hidden && !picker.contains(event.target) && !button.contains(event.target)) open(false);
  });
  // Where he could write there may be nothing to write in any more.
  new MutationObserver(() => { if (box.closest('[hidden]')) picker.hidden = true; })
    .observe(document.getElementById('composer'), { attributes: true });

  open(true);
})();
