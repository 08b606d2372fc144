"""Loans: schedules, applications, decisions, repayments, arrears."""
