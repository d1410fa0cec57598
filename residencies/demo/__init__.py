"""The deployment of the demonstration: 2026-2027 on its real dates, with invented people. See docs/demo.md."""
