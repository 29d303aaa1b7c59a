"""The long film: chapters, the joints between them, and one script for all that is spoken."""
