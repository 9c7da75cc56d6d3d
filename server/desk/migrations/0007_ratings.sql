-- What follows a conversation: how far each side has read it, and the mail that takes it to its
-- customer. What he says of it is in the state of the chat and of its ticket.

-- A hint, kept now and then: no write a message.
create table reads (
  chat_id text primary key,
  customer bigint not null,
  agents bigint not null
);

-- Mail is kept before it is sent, and its text until it has been.
create table mails (
  id text primary key,
  chat_id text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at bigint not null,
  tries bigint not null,
  -- When it is tried next; null: it was sent, or given up.
  due_at bigint,
  sent_at bigint
);
create index mails_due on mails (due_at) where due_at is not null;
create index mails_of_chat on mails (chat_id);
