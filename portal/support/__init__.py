"""Tickets, complaints, service requests and chat: one queue, whoever asks and however."""
