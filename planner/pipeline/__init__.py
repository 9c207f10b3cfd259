"""The one path every interface takes: problem, plan, check, projection, and the reasons."""
