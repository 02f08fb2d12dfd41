"""The page: what an analyst sees and works in. `app` serves it.

Pure functions make the HTML (`answers`, `cards`, `transcript`, `masthead`, `reports`) from `pieces` and `labels`;
`session` is what one open page knows. `blocks`, `desk`, `limits` and `library` put both into Gradio, which nothing
else here knows.
"""
