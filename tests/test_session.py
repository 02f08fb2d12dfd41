"""What one open page of the chat shows of its conversation, without a browser."""

from __future__ import annotations

import asyncio
import re

import gradio as gr

from assistant import Assistant
from assistant.ui.blocks import build_blocks
from assistant.ui.chosen import Chosen
from assistant.ui.desk import followed
from assistant.ui.session import Page, Session
from tests.helpers import make_report


def numbers(html: str, kind: str) -> list[str]:
    """The numbers of all turns ("t") or cards ("c") in it."""
    return re.findall(rf' id="{kind}([\d-]+)"', html)


async def built(assistant: Assistant) -> gr.Blocks:
    """The page; in a running loop, because Gradio would make one and not close it."""
    return build_blocks(assistant, "en")


def test_two_questions_that_wait_at_once_have_numbers_of_their_own(tiny: Assistant) -> None:
    tiny.ingest([make_report("The garrison of Quxburg fled.")])
    session = Session(tiny, "en")
    first, second = (session.ask(question, Chosen()) for question in ("Who fled?", "Which garrison fled?"))
    assert numbers(next(first)[0], "t") == ["1"]
    assert numbers(next(second)[0], "t") == ["1", "2"]
    *_, (transcript, cards, _) = second
    assert numbers(transcript, "t") == ["1", "2"]
    assert numbers(cards, "c") == ["2-1"]
    *_, (transcript, cards, _) = first
    assert numbers(transcript, "t") == ["1", "2"]
    assert sorted(numbers(cards, "c")) == ["1-1", "2-1"]


def test_a_question_that_is_given_up_is_shown_no_longer(tiny: Assistant) -> None:
    session = Session(tiny, "en")
    asked = session.ask("Who fled?", Chosen())
    next(asked)
    asked.close()
    assert numbers(session.html()[0], "t") == []


def test_a_conversation_that_the_server_no_longer_remembers_goes_on_under_its_id(tiny: Assistant) -> None:
    tiny.ingest([make_report("The garrison of Quxburg fled.")])
    before = tiny.conversation()
    before.ask("Who fled?")
    reply = next(one.fn for one in asyncio.run(built(tiny)).fns.values() if one.name == "reply")
    assert reply is not None
    *_, (transcript, _, page, _, kept, _) = reply("Which garrison?", Page(), before.id, "")
    assert numbers(transcript, "t") == ["1", "2"]
    assert page.session.kept == kept == before.id
    *_, (transcript, *_) = reply("Who fled?", Page(), None, "")
    assert numbers(transcript, "t") == ["1"]


def test_a_question_without_an_answer_is_given_back_whole(tiny: Assistant) -> None:
    tiny.ingest([make_report("The garrison of Quxburg fled.")])
    session = Session(tiny, "en")
    long = "Who fled? " * 500
    assert [lost for _, _, lost in session.ask(long, Chosen())] == ["", long]
    assert [lost for _, _, lost in session.ask("Who fled?", Chosen())] == ["", ""]


def test_a_picture_that_was_on_its_way_is_not_what_stays_for_who_has_gone_elsewhere(tiny: Assistant) -> None:
    """It is the server that draws, and it may have sent a draft before, and have it arrive after, what one went to."""
    tiny.ingest([make_report("The garrison of Quxburg fled.")])
    page = Page()
    session = page.turn_to(Session(tiny, "en"))
    drawn = iter([("draft", "", "")] * 4 + [("answer", "", "")])
    shown = followed(page, session, drawn, "")
    assert next(shown)[0] == "draft"
    elsewhere = page.turn_to(Session(tiny, "en"))
    assert next(shown)[0] == elsewhere.html()[0]  # with the next piece of the draft, and not with the answer alone
    page.turn_to(session)
    assert next(shown)[0] == "draft"
    page.turn_to(elsewhere)
    assert [picture for picture, *_ in shown] == [elsewhere.html()[0]] * 2
