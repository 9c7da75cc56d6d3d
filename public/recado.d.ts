// What a page may say to Recado, and hear from it. Copy this file into your project, or refer to it:
//   /// <reference types="./recado" />
// Calls made before the script has loaded are kept, when the page defines the stub of the snippet first:
//   window.Recado ||= function () { (Recado.q ||= []).push(arguments) }

declare namespace Recado {
  type Value = string | number | boolean;

  /** Answers by the key of the form's field, as `{ name: 'Ana', email: 'ana@mail.com' }`. */
  type Answers = Record<string, Value>;

  /** At most 20 names of 40 characters with values of 200. Agents see them marked as unverified. */
  type Attributes = Record<string, Value>;

  interface Start {
    /** A subject, by its name or id; without it the customer chooses. */
    subject?: string;
    /** Put where he writes; he sends it. */
    message?: string;
  }

  interface InChat {
    chat: string;
  }

  interface Events {
    /** The window has been loaded, by the first intent to use it. */
    ready: undefined;
    open: undefined;
    close: undefined;
    /** How many messages nobody has seen. */
    unread: number;
    'chat-started': InChat;
    /** An agent wrote; `by` is his name. */
    message: InChat & { by: string };
    'chat-ended': InChat;
    /** From one star to five, or whether he was satisfied. */
    rated: InChat & { score: number | boolean };
    'offline-sent': InChat;
    /** The token was believed. */
    identified: InChat;
    /** The token holds no longer: sign anew, and identify again. A conversation that runs goes on. */
    'identity-expired': InChat;
    /** The token was not believed; why is in the server's log. */
    'identity-refused': InChat;
  }

  interface Call {
    (act: 'show' | 'hide' | 'open' | 'close' | 'toggle'): void;
    /** A JWT that your own server has signed; see docs/identity.md. */
    (act: 'identify', jwt: string): void;
    /** Nothing of this person may be left: in this tab, in his others, for the next one. */
    (act: 'logout'): void;
    (act: 'set', attributes: Attributes): void;
    /** Fills what is empty in the form; the customer sees it, and may change it. */
    (act: 'prefill', answers: Answers): void;
    (act: 'startChat', start?: Start): void;
    <E extends keyof Events>(act: 'on' | 'off', event: E, ear: (detail: Events[E]) => void): void;
    /** Calls made before the script has loaded. */
    q?: ArrayLike<unknown>[];
  }
}

declare const Recado: Recado.Call;

interface Window {
  Recado: Recado.Call;
}
