"""The page: what an analyst sees and works in. `app` serves it.

Pure functions make the HTML from `pieces` and `labels`: `answers`, `cards`, `transcript`, `understood`, `feedback` and
`conversations` for the conversation, `report`, `reports` for the library, `views` for timeline and map, `facets` for
the limits, `first`, `masthead` and `login`. `session` is what one open page knows, `chosen` what questions are limited
to, `examples` what a first visit is offered, `spelling` what places are called. `blocks`, `desk`, `beside`, `limits`
and `library` put these into Gradio, which nothing else here knows; `parts` serves the pieces that the page asks for by
itself.
"""
