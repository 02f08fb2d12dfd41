"""Trains the reader that ships in assistant/data: data, model, training, measurement. See README.md here."""
