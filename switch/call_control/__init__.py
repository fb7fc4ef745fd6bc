"""What people and programs do with a live call: verbs, whatever phones can do besides."""
