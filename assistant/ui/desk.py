"""The desk in Gradio: where one asks, reads the answer, and checks its sources beside it.

Knows Gradio; what is shown is made by `session`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.ui.beside import build_beside
from assistant.ui.feedback import note_html
from assistant.ui.labels import label
from assistant.ui.library import build_conversations, build_first
from assistant.ui.limits import build_limits
from assistant.ui.masthead import fold_html
from assistant.ui.session import Page, Session

__all__ = ["Desk", "build_desk"]

# The conversation that the address names, before the one that the browser had open.
_WANTED = "(known, page) => [new URLSearchParams(location.search).get('c') || known, page]"
# The one that the page shows, whatever the server remembers of it, and whatever another page of this browser opened.
# What was asked is asked again only once it was written again (page.js): Enter and a click may come at once.
_ASKED = """(asked, page, known, chosen) => {
    const { dataset } = document.getElementById('question');
    const again = 'asked' in dataset;
    dataset.asked = '';
    return [again ? '' : asked, page, document.querySelector('.transcript')?.dataset.conversation, chosen];
}"""
# What did not get through stands in the line still, to be asked again.
_NOT_ASKED = "() => { delete document.getElementById('question').dataset.asked; }"
# A question that has no answer is given back, unless another one is being written; once. The list of conversations is
# renewed, also where the answer is one of another conversation than the page shows (library.js).
_GIVE_BACK = """(lost, line) => {
    document.dispatchEvent(new Event('lagebild-answered'));
    if (lost) delete document.getElementById('question').dataset.asked;
    return ['', line || lost];
}"""
# The one whose title was clicked (library.js).
_CLICKED = "(known, page) => [document.getElementById('wanted').dataset.conversation, page]"
# Whether anything is said that a new conversation would take from sight.
_BEGUN = "(known, page) => [document.querySelector('.turn') ? 'begun' : '', page]"
FORGET_AFTER = 24 * 3600  # seconds after which an idle conversation leaves the memory


@dataclass(frozen=True, slots=True)
class Desk:
    """The components of a desk that other parts of the page speak to.

    `page` is a `Page`; `known` the id of the conversation that this browser had open.
    """

    transcript: gr.HTML
    cards: gr.HTML
    page: gr.State
    question: gr.Textbox
    known: gr.BrowserState

    @property
    def shown(self) -> list[gr.components.Component]:
        """What an event gives that changes the conversation, as `show` makes it."""
        return [self.transcript, self.cards, self.page, self.question, self.known]


Shown = tuple[str, str, Page, str, str]
Said = tuple[str, str, Page, str, str, str]
"""As `Shown`, and the question where it has no answer."""


def show(page: Page, session: Session) -> Shown:
    """A conversation, for `Desk.shown`: an empty line to write in, and all that was said."""
    session = page.turn_to(session)
    return *session.html(), page, "", session.kept


def followed(page: Page, session: Session, drawn: Iterator[tuple[str, str, str]], line: Any) -> Iterator[Said]:
    """What is to be shown of a question that is asked in `session`, for as long as the page shows that one.

    The line is emptied once, by who asked in it: what is written in it while the answer is on its way stays.
    """
    lost, last = "", session
    for transcript, cards, lost in drawn:
        shown = page.session or session
        if shown is session:
            yield transcript, cards, page, line, session.kept, lost
        elif shown is not last:  # the picture before was on its way, and may lie over what is shown since
            yield *shown.html(), page, line, shown.kept, lost
        last, line = shown, gr.skip()
    shown = page.session or session
    if shown is not session:  # who has gone elsewhere stays there
        yield *shown.html(), page, line, shown.kept, lost


def build_desk(assistant: Assistant, language: str, blocks: gr.Blocks) -> Desk:
    """The desk, within `blocks`, which are open."""

    def session_of(conversation: object) -> Session:
        """The conversation with this id, as far as conversations are kept; else a new one."""
        known = conversation if isinstance(conversation, str) and conversation and assistant.settings.keep else None
        return Session(assistant, language, known)

    def reply(question: str, page: Page, conversation: object, chosen: str) -> Iterator[Said]:
        yield from answer(question, page, conversation, chosen)

    def ask_again(question: str, page: Page, conversation: object, chosen: str) -> Iterator[Said]:
        yield from answer(question, page, conversation, chosen, alone=True)

    def answer(question: str, page: Page, conversation: object, chosen: str, alone: bool = False) -> Iterator[Said]:
        if not question.strip():
            yield gr.skip()
            return
        session = page.session or page.turn_to(session_of(conversation))
        drawn = session.ask(question, limits.read(chosen), alone)
        yield from followed(page, session, drawn, gr.skip() if alone else "")

    def reopen(conversation: object, page: Page) -> Any:
        if page.session is not None:  # something was asked before the page was ready
            return gr.skip()
        session = session_of(conversation)
        if not session.kept:  # what is asked meanwhile stays
            return gr.skip()
        return *page.turn_to(session).html(), page

    def open_(conversation: object, page: Page) -> Shown:
        return show(page, session_of(conversation))

    def begin(begun: object, page: Page) -> Any:
        # What is asked after the click may overtake it, and stays.
        return show(page, Session(assistant, language)) if begun or page.session is None else gr.skip()

    # gr.HTML and not gr.Chatbot, whose text is Markdown: a quote has to stand here as it stands in its report.
    transcript, sources = Session(assistant, language).html()
    page = gr.State(Page(), time_to_live=FORGET_AFTER)  # each page has a copy
    # Which conversation the browser had open, so that a reload or a restart of the server goes on with it.
    known = gr.BrowserState("", storage_key="lagebild-conversation", secret="lagebild")  # noqa: S106  # it hides nothing but a random id
    with gr.Row(elem_id="columns"):
        gr.HTML(fold_html(language), js_on_load=None, apply_default_css=False, elem_id="fold")
        with gr.Column(elem_id="side"):
            new = gr.Button(label(language, "new_conversation"), elem_id="new")
            wanted = build_conversations()
            limits = build_limits(assistant, language, blocks)
        with gr.Column(elem_id="chat"):
            chat = gr.HTML(transcript, js_on_load=None, apply_default_css=False, elem_id="transcript")
            gr.HTML(note_html(language), js_on_load=None, apply_default_css=False, elem_id="note")
            build_first()
            with gr.Row(elem_id="composer"):
                question = gr.Textbox(
                    placeholder=label(language, "placeholder"),
                    label=label(language, "send"),
                    show_label=False,
                    container=False,
                    max_lines=1,
                    elem_id="question",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                send = gr.Button(label(language, "send"), variant="primary", elem_id="send")
            # page.js asks by it.
            again = gr.Textbox(visible="hidden", elem_id="again", label=label(language, "send"), show_label=False)
            lost = gr.Textbox(visible="hidden", elem_id="lost", label=label(language, "send"), show_label=False)
            limits.chips.render()  # type: ignore[no-untyped-call]
        with gr.Column(elem_id="sources"):
            cards = build_beside(assistant, language, sources, page)
    desk = Desk(chat, cards, page, question, known)
    outputs = desk.shown
    # Private: the page calls these, and there is no API besides it.
    asking: dict[str, Any] = {"js": _ASKED, "show_progress": "hidden", "api_visibility": "private"}
    for trigger, ask, field in (
        (question.submit, reply, question),
        (send.click, reply, question),
        (again.submit, ask_again, again),
    ):
        asked = trigger(ask, [field, page, known, limits.chosen], [*outputs, lost], **asking)
        asked.then(None, [lost, question], [lost, question], js=_GIVE_BACK)
        asked.failure(None, js=_NOT_ASKED)
    new.click(begin, [known, page], outputs, js=_BEGUN, show_progress="hidden", api_visibility="private")
    wanted.click(open_, [known, page], outputs, js=_CLICKED, show_progress="hidden", api_visibility="private")
    blocks.load(reopen, [known, page], outputs[:3], js=_WANTED, show_progress="hidden", api_visibility="private")
    return desk
