"""One turn of one conversation, whatever the channel; the sole client of the engine."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from bot import saying
from bot.engine import Engine, Reply
from bot.errors import EngineError, InvalidRequest, Unauthorised, Unavailable
from bot.events import DELETED, TYPING, Event, Events, state
from bot.hearing import Ear, Heard, Identifier, hear_button, offers_feedback
from bot.metrics import Metrics
from bot.saying import Said
from bot.store import Store
from bot.store.records import Button, Conversation, Draft, Message, now
from bot.texts import Texts

T = TypeVar("T")

KNOWN_CONVERSATIONS = 10_000
UNSAVED_TURNS = 1_000
WARM_UP = "διαβατήριο"

_log = logging.getLogger("ariadne.turn")


@dataclass(frozen=True)
class Opened:
    """A new conversation, and the token that only its citizen gets."""

    id: str
    token: str
    language: str
    messages: list[Message]


class Conversations:
    """All conversations of the assistant.

    Args:
        store: where they are kept.
        engine: what is asked for replies.
        texts: what is said when the engine cannot.
        identifier: tells the language of a message.
        deadline_s: seconds the engine has for one turn.
        characters: length of the longest message.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        texts: Texts,
        identifier: Identifier,
        *,
        deadline_s: float = 10,
        characters: int = 2000,
    ) -> None:
        self.texts = texts
        self.events = Events()
        self.metrics = Metrics()
        self._store = store
        self._engine = engine
        self._ear = Ear(texts, identifier, characters)
        self._deadline_s = deadline_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._unsaved: OrderedDict[str, Said] = OrderedDict()

    async def close(self) -> None:
        """Closes the engine and the store."""
        await self._engine.close()
        await self._in_thread(self._store.close)
        self._thread.shutdown()

    async def warm_up(self, timeout_s: float) -> None:
        """Has everything load that is loaded at its first use, so that no citizen waits for it.

        Args:
            timeout_s: seconds after which citizens come in nevertheless.
        """
        nobody = f"warm-up-{secrets.token_hex(8)}"
        self._ear.hear_text(WARM_UP, "el", pinned=False)
        try:
            await asyncio.wait_for(self._engine.turn(nobody, WARM_UP, "el", "web"), timeout_s)
            await self._engine.forget(nobody)
        except (EngineError, asyncio.TimeoutError) as error:
            _log.warning("no warm-up", extra={"fields": {"reason": str(error)}})

    async def open(self, channel: str, language: str, *, pinned: bool = False) -> Opened:
        """Begins a conversation with a welcome.

        Args:
            channel: `web`, `voice` or `phone`.
            language: one of `texts.spoken`.
            pinned: whether the citizen chose it.
        """
        token, time = secrets.token_urlsafe(32), now()
        conversation = Conversation(
            secrets.token_hex(16), _hash(token), language, pinned, channel, time, time
        )
        help_button = Button(self.texts.say("help_button", language), "/help")
        welcome = Draft("bot", self.texts.say("welcome", language), language, (help_button,))
        messages = await self._in_thread(self._store.create, conversation, [welcome])
        self._remember(conversation)
        self.metrics.conversations.labels(channel).inc()
        return Opened(conversation.id, token, language, messages)

    async def authenticate(self, conversation_id: str, token: str | None) -> str:
        """The language of the conversation, if the token is its.

        Raises:
            Unauthorised: it is not.
            NotFound: there is no such conversation.
        """
        if not token:
            raise Unauthorised()
        if conversation_id not in self._known:
            self._remember(await self._in_thread(self._store.conversation, conversation_id))
        token_hash, language = self._known[conversation_id]
        if not hmac.compare_digest(token_hash, _hash(token)):
            raise Unauthorised()
        return language

    async def turn(
        self,
        conversation_id: str,
        *,
        text: str | None = None,
        payload: str | None = None,
        message_id: str | None = None,
    ) -> list[Message]:
        """Takes what a citizen says and returns what is said in return, all of it stored.

        Args:
            text: the citizen's words; or
            payload: the payload of a button of this conversation, or feedback on a procedure.
            message_id: the sender's own name of the message, from then on its id; sent twice it is
                one message.

        Raises:
            InvalidRequest: empty, too long, or a payload that was not issued here.
            NotFound: there is no such conversation.
            Unavailable: it cannot be stored now; nothing is lost by sending it again.
        """
        started = perf_counter()
        words = None if text is None else self._ear.clean(text)
        async with self._alone(conversation_id):
            situation = await self._in_thread(
                self._store.look_up, conversation_id, message_id, payload
            )
            if situation.replies:
                return list(situation.replies)
            if situation.earlier and situation.earlier.author != "citizen":
                raise InvalidRequest("field_invalid", field="message_id")
            conversation = situation.conversation
            if words is not None:
                heard = self._ear.hear_text(words, conversation.language, conversation.pinned)
            else:
                title = situation.title
                if title is None and offers_feedback(payload):
                    title = self.texts.say("feedback_button", conversation.language)
                heard = hear_button(payload, title, conversation.language)
            asked = situation.earlier or await self._keep(conversation, heard, message_id)
            said = self._unsaved.get(asked.id) or await self._answer(conversation, heard, asked.id)
            replies = await self._keep_replies(conversation, said, asked.id)
        self._report(conversation, heard, said, asked.id, perf_counter() - started)
        return replies

    async def messages(self, conversation_id: str, after: str | None = None) -> list[Message]:
        """The messages of a conversation, in order; those after `after` where given.

        Raises:
            InvalidRequest: `after` is no message of this conversation.
            NotFound: there is no such conversation.
        """
        messages = await self._in_thread(self._store.messages, conversation_id, after)
        if messages is None:
            raise InvalidRequest("message_unknown")
        return messages

    async def speak(self, conversation_id: str, language: str) -> None:
        """Goes on in the language that the citizen chose.

        Raises:
            NotFound: there is no such conversation.
        """
        await self._in_thread(self._store.set_language, conversation_id, language)
        self._note_language(conversation_id, language)

    async def export(self, conversation_id: str) -> dict[str, Any]:
        """Everything stored of a conversation.

        Raises:
            NotFound: there is no such conversation.
        """
        return await self._in_thread(self._store.export, conversation_id)

    async def delete(self, conversation_id: str) -> None:
        """Deletes a conversation here and in the engine, after a turn that is under way.

        Raises:
            NotFound: there is no such conversation.
        """
        async with self._alone(conversation_id):
            await self._in_thread(self._store.delete, conversation_id)
            await self._forget(conversation_id)

    async def purge(self, days: int) -> int:
        """Deletes the conversations last seen more than `days` ago; returns how many."""
        old = await self._in_thread(self._store.purge, now() - timedelta(days=days))
        for conversation_id in old:
            await self._forget(conversation_id)
        return len(old)

    async def check_store(self) -> None:
        """Raises `Unavailable` where the store does not answer."""
        await self._in_thread(self._store.ping)

    async def check_engine(self) -> None:
        """Raises `EngineError` where the engine does not answer."""
        await self._engine.ping()

    async def _keep(
        self, conversation: Conversation, heard: Heard, message_id: str | None
    ) -> Message:
        draft = Draft("citizen", heard.text, heard.language, id=message_id or "")
        turned = heard.reply_in if heard.reply_in != conversation.language else None
        stored = await self._in_thread(self._store.append, conversation.id, [draft], turned)
        if turned:
            self._note_language(conversation.id, turned)
        self.events.publish(conversation.id, *map(Event.message, stored))
        return stored[0]

    async def _answer(self, conversation: Conversation, heard: Heard, turn_id: str) -> Said:
        if heard.danger is not None:
            return saying.crisis(heard.danger, heard.reply_in, turn_id)
        self.events.publish(conversation.id, TYPING)
        started = perf_counter()
        replies: list[Reply] = []
        try:
            replies = await asyncio.wait_for(
                self._engine.turn(
                    conversation.id, heard.to_engine, heard.reply_in, conversation.channel
                ),
                self._deadline_s,
            )
            trouble = "engine_down"
        except asyncio.TimeoutError:
            trouble = "engine_slow"
        except EngineError as error:
            _log.warning("engine failed", extra={"fields": {"reason": str(error)}})
            trouble = "engine_down"
        engine_s = perf_counter() - started
        if replies:
            return saying.from_engine(replies, heard.reply_in, turn_id, engine_s)
        self.metrics.errors.labels(trouble).inc()
        text = self.texts.say(trouble, heard.reply_in)
        return saying.trouble(trouble, text, heard.reply_in, turn_id, engine_s)

    async def _keep_replies(
        self, conversation: Conversation, said: Said, turn_id: str
    ) -> list[Message]:
        try:
            stored = await self._in_thread(
                self._store.append, conversation.id, said.drafts, said.turned_to
            )
        except Unavailable:
            self._unsaved[turn_id] = said
            if len(self._unsaved) > UNSAVED_TURNS:
                self._unsaved.popitem(last=False)
            raise
        self._unsaved.pop(turn_id, None)
        if said.turned_to:
            self._note_language(conversation.id, said.turned_to)
        self.events.publish(conversation.id, *map(Event.message, stored))
        return stored

    def _report(
        self, conversation: Conversation, heard: Heard, said: Said, turn_id: str, seconds: float
    ) -> None:
        self.metrics.turns.labels(said.outcome, conversation.channel, heard.reply_in).inc()
        self.metrics.turn_seconds.observe(seconds)
        if said.engine_s is not None:
            self.metrics.engine_seconds.observe(said.engine_s)
        answer = said.answer or {}
        fields = {
            "conversation": conversation.id,
            "turn": turn_id,
            "channel": conversation.channel,
            "language": heard.language,
            "intent": said.intent,
            "outcome": said.outcome,
            "procedure_id": answer.get("procedure_id"),
            "score": answer.get("score"),
            "ms": round(seconds * 1000, 1),
            "engine_ms": None if said.engine_s is None else round(said.engine_s * 1000, 1),
        }
        _log.info("turn", extra={"fields": fields})

    async def _forget(self, conversation_id: str) -> None:
        self._known.pop(conversation_id, None)
        self.events.publish(conversation_id, DELETED)
        try:
            await self._engine.forget(conversation_id)
        except (EngineError, asyncio.TimeoutError):
            _log.warning("not forgotten", extra={"fields": {"conversation": conversation_id}})

    def _remember(self, conversation: Conversation) -> None:
        self._known[conversation.id] = (conversation.token_hash, conversation.language)
        if len(self._known) > KNOWN_CONVERSATIONS:
            self._known.popitem(last=False)

    def _note_language(self, conversation_id: str, language: str) -> None:
        if conversation_id in self._known:
            self._known[conversation_id] = (self._known[conversation_id][0], language)
        self.events.publish(conversation_id, state(language))

    @asynccontextmanager
    async def _alone(self, conversation_id: str) -> AsyncIterator[None]:
        """One turn of a conversation at a time; a turn waits for at most one slow one."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        try:
            if lock.locked():
                await asyncio.wait_for(lock.acquire(), self._deadline_s * 1.5)
            else:
                await lock.acquire()
        except asyncio.TimeoutError:
            raise Unavailable() from None
        try:
            yield
        finally:
            lock.release()

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, function, *arguments)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
