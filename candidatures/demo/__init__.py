"""The demonstration: invented people around the real 2026-2027 call. See docs/demo.md."""
